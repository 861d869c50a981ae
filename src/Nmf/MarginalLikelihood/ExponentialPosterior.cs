using System.Numerics.Tensors;
using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// The distribution of the activations of one sample under exponential noise, for a dictionary that is known, in
/// double: the step of <see cref="VariationalExponentialSolver{T}"/> for ρ and τ alone, from the prior means at the
/// level of the sample until no mean moves.
/// </summary>
/// <remarks>Immutable; scratch is the caller's. An iteration costs 8 F K operations and K ratios of Bessel
/// functions. Missing entries are in none of the sums.</remarks>
internal sealed class ExponentialPosterior : RowPosterior
{
    // A step this much smaller than the tolerance tells that what is left is, too: convergence is linear.
    private const double StepOfTolerance = 0.1;

    // Sums below these are as good as none: their inverses stay in range, that of the first squared too.
    private const double HarmonicFloor = 1e-130;
    private const double MeanFloor = 1e-280;

    private readonly double[] _dictionary;
    private readonly double[] _shape;
    private readonly double[] _rate;
    private readonly InverseGaussian[] _distributions;
    private readonly double[] _ofFeature;
    private readonly double _prior;
    private readonly InferenceOptions _options;

    /// <param name="dictionary">W, features x rank, row-major; kept.</param>
    /// <param name="shape">α_k; kept.</param>
    /// <param name="rate">β_k; kept.</param>
    /// <param name="options">When a row is solved.</param>
    public ExponentialPosterior(double[] dictionary, double[] shape, double[] rate, InferenceOptions options)
        : base(shape.Length)
    {
        (_dictionary, _shape, _rate, _options) = (dictionary, shape, rate, options);
        _distributions = Array.ConvertAll(shape, alpha => new InverseGaussian(alpha));
        _ofFeature = new double[dictionary.Length / Rank];
        for (var i = 0; i < dictionary.Length; i++)
            _ofFeature[i / Rank] += dictionary[i] * shape[i % Rank] / rate[i % Rank];
        for (var k = 0; k < Rank; k++)
            _prior += (shape[k] * Math.Log(rate[k])) - SpecialFunctions.GammaLn(shape[k]);
    }

    public override int ScratchLength => 4 * Rank;

    public override double Solve(
        ReadOnlySpan<int> features, ReadOnlySpan<double> values, Span<double> mean, Span<double> deviation,
        Span<double> scratch)
    {
        var harmonic = scratch[..Rank];
        var rho = scratch.Slice(Rank, Rank);
        var tau = scratch.Slice(2 * Rank, Rank);
        double level = 0, expected = 0, likelihood = 0;
        for (var f = 0; f < values.Length; f++)
        {
            if (double.IsNaN(values[f]))
                continue;
            level += values[f];
            expected += _ofFeature[f];
        }

        level = expected > 0 ? level / expected : 1;
        for (var k = 0; k < Rank; k++)
            mean[k] = harmonic[k] = level * _shape[k] / _rate[k];
        for (var iteration = 0; iteration < _options.MaximumIterations; iteration++)
        {
            _rate.CopyTo(rho);
            tau.Clear();
            for (var f = 0; f < values.Length; f++)
            {
                if (double.IsNaN(values[f]))
                    continue;
                var w = _dictionary.AsSpan(f * Rank, Rank);
                var b = Math.Max(Dot(w, harmonic), HarmonicFloor);
                TensorPrimitives.MultiplyAdd(w, 1 / Math.Max(Dot(w, mean), MeanFloor), rho, rho);
                TensorPrimitives.MultiplyAdd(w, values[f] / b / b, tau, tau);
            }

            double step = 0, largest = 0;
            likelihood = _prior;
            for (var k = 0; k < Rank; k++)
            {
                var before = mean[k];
                tau[k] *= harmonic[k] * harmonic[k];
                var normaliser = _distributions[k].Moments(
                    rho[k], tau[k], out mean[k], out harmonic[k], out var variance);
                deviation[k] = Math.Sqrt(variance);
                likelihood += normaliser + ((rho[k] - _rate[k]) * mean[k])
                    + (harmonic[k] > 0 ? tau[k] / harmonic[k] : 0);
                step = Math.Max(step, Math.Abs(mean[k] - before));
                largest = Math.Max(largest, mean[k]);
            }

            if (step <= StepOfTolerance * _options.Tolerance * largest)
                break;
        }

        for (var f = 0; f < values.Length; f++)
        {
            if (double.IsNaN(values[f]))
                continue;
            var w = _dictionary.AsSpan(f * Rank, Rank);
            likelihood -= Math.Log(Math.Max(Dot(w, mean), MeanFloor))
                + (values[f] / Math.Max(Dot(w, harmonic), HarmonicFloor));
        }

        return likelihood;
    }
}
