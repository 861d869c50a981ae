using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Multiplicative updates of the activations of a batch, and the parts of the gradient of W for
/// <see cref="OnlineMajorizationStep{T}"/>: for β = 1 the negative one alone, because the positive one is the sums of
/// the activations.</summary>
internal sealed class OnlineMajorizationWorker<T>(OnlineNmfOptions options, int part, WorkTeam team)
    : OnlineWorker<T>(options, part, team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent = BetaDivergence.FastExponent(options.Beta);
    private Matrix<T> _previous = new(0, options.Rank);
    private Matrix<T>? _positive;

    private protected override void Resize()
    {
        _previous = new Matrix<T>(H.Rows, H.Columns);
    }

    private protected override double ImproveActivations(
        NmfData<T> batch, DivergencePass<T> pass, Matrix<T> w, int iterations, double tolerance,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            H.CopyTo(_previous);
            pass.UpdateActivations(w, H, _exponent);
            if (HasSettled(tolerance))
                break;
        }

        return pass.Objective(w, H);
    }

    private protected override void Take(DivergencePass<T> pass, Matrix<T> w, ShardSums<T> sums)
        => pass.DictionaryGradient(
            w, H, sums.Matrices[0],
            sums.Matrices.Length > 1 ? sums.Matrices[1] : _positive ??= new Matrix<T>(w.Rows, w.Columns));

    private bool HasSettled(double tolerance)
    {
        if (tolerance == 0)
            return false;
        double change = 0, size = 0;
        for (var n = 0; n < H.Rows; n++)
        {
            var row = H.Row(n);
            var before = _previous.Row(n);
            double rowChange = 0, rowSize = 0;
            for (var k = 0; k < row.Length; k++)
            {
                var (now, difference) = (
                    double.CreateTruncating(row[k]), double.CreateTruncating(row[k] - before[k]));
                rowChange += difference * difference;
                rowSize += now * now;
            }

            change += rowChange;
            size += rowSize;
        }

        return change <= tolerance * tolerance * size;
    }
}
