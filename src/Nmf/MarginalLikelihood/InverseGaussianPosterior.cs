using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Generalised inverse Gaussian distributions of all activations, <c>q(h_nk) = GIG(α_k, ρ_nk, τ_nk)</c>: their means
/// and harmonic means, and what the bound says of them. Matrices are samples x rank; every number is computed in
/// double.
/// </summary>
/// <remarks>Work is cut into blocks of samples by the shape of the matrices alone. Allocates nothing.</remarks>
internal sealed class InverseGaussianPosterior<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 32;

    private readonly Matrix<T> _mean;
    private readonly Matrix<T> _harmonic;
    private readonly InverseGaussian[] _distributions;
    private readonly double[] _partial;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;
    private double[] _rates = [];

    /// <param name="mean">E[h]; kept and changed in place.</param>
    /// <param name="harmonic">1 / E[1/h]; kept and changed in place.</param>
    /// <param name="shape">α_k.</param>
    public InverseGaussianPosterior(Matrix<T> mean, Matrix<T> harmonic, double[] shape)
    {
        (_mean, _harmonic) = (mean, harmonic);
        _distributions = Array.ConvertAll(shape, alpha => new InverseGaussian(alpha));
        _partial = new double[Blocks * shape.Length];
        Entropy = new double[shape.Length];
    }

    /// <summary>Σ_n log of the normaliser + ρ E[h] + τ E[1/h] of each component.</summary>
    public double[] Entropy { get; }

    private int Blocks => (_mean.Rows + RowsOfBlock - 1) / RowsOfBlock;

    /// <summary><c>ρ = β + pos</c>, <c>τ = (1 / E[1/h])² neg</c>, then the means.</summary>
    /// <param name="negative">neg of the Itakura-Saito divergence at 1 / E[1/h].</param>
    /// <param name="positive">pos of it at E[h].</param>
    /// <param name="rates">β_k.</param>
    /// <param name="team">Threads to use.</param>
    public void Update(Matrix<T> negative, Matrix<T> positive, double[] rates, WorkTeam team)
    {
        (_negative, _positive, _rates) = (negative, positive, rates);
        team.Run(this, Blocks);
        Array.Clear(Entropy);
        for (var i = 0; i < _partial.Length; i++)
            Entropy[i % Entropy.Length] += _partial[i];
    }

    void IBlockWork.Run(int block, int worker)
    {
        var sums = _partial.AsSpan(block * Entropy.Length, Entropy.Length);
        sums.Clear();
        var end = int.Min(_mean.Rows, (block + 1) * RowsOfBlock);
        for (var n = block * RowsOfBlock; n < end; n++)
        {
            Span<T> mean = _mean.Row(n), harmonic = _harmonic.Row(n), neg = _negative!.Row(n), pos = _positive!.Row(n);
            for (var k = 0; k < mean.Length; k++)
            {
                var t = double.CreateTruncating(harmonic[k]);
                var (rho, tau) = (_rates[k] + double.CreateTruncating(pos[k]),
                    t * t * double.CreateTruncating(neg[k]));
                var normaliser = _distributions[k].Moments(rho, tau, out var e, out t, out _);
                sums[k] += normaliser + (rho * e) + (t > 0 ? tau / t : 0);
                (mean[k], harmonic[k]) = (T.CreateSaturating(e), T.CreateSaturating(t));
            }
        }
    }
}
