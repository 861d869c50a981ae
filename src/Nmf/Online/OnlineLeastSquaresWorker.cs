using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Sweeps over the activations of a batch with one product of the batch, and VᵀH and HᵀH for
/// <see cref="OnlineLeastSquaresStep{T}"/>.</summary>
internal sealed class OnlineLeastSquaresWorker<T>(OnlineNmfOptions options, int part, WorkTeam team)
    : OnlineWorker<T>(options, part, team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _gramW = new(options.Rank, options.Rank);
    private readonly Matrix<T> _gramH = new(options.Rank, options.Rank);
    private Matrix<T> _productH = new(0, options.Rank);

    private protected override void Resize()
    {
        _productH = new Matrix<T>(H.Rows, H.Columns);
    }

    private protected override double ImproveActivations(
        NmfData<T> batch, DivergencePass<T> pass, Matrix<T> w, int iterations, double tolerance,
        CancellationToken cancellationToken)
    {
        pass.ActivationProduct(w, _productH);
        FactorKernels.Gram(w, _gramW, Team);
        double limit = 0;
        for (var i = 0; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = FactorKernels.HalsSweep(H, _productH, _gramW, Team);

            // The first sweep brings the activations near the size that they keep: one look at it will do.
            if (i == 0 && tolerance > 0)
                limit = tolerance * tolerance * FactorKernels.InnerProduct(H, H, Team);
            if (tolerance > 0 && change <= limit)
                break;
        }

        FactorKernels.Gram(H, _gramH, Team);
        return GramObjective<T>.Evaluate(batch, pass, w, H, _productH, _gramW, _gramH);
    }

    private protected override void Take(DivergencePass<T> pass, Matrix<T> w, ShardSums<T> sums)
    {
        pass.DictionaryProduct(H, sums.Matrices[0]);
        _gramH.CopyTo(sums.Matrices[1]);
    }
}
