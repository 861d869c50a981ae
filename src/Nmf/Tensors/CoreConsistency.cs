using System.Numerics;
using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra.Double;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The core consistency diagnostic (Bro and Kiers, "A new efficient method for determining the number of components in
/// PARAFAC models", 2003): how far the core that fits the data best with these factors is from that of a CP model,
/// whose entries are 1 where all indices agree and 0 elsewhere.
/// </summary>
/// <remarks>The core is the data times the pseudo-inverses of all factors. Entries come in the order of their indices,
/// so that every mode but the first is contracted over runs: K for each entry, K² for each run of the last mode, and so
/// on.</remarks>
internal sealed class CoreConsistency<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double MostEntries = 1 << 24;

    private readonly double[][][] _inverses;
    private readonly double[][] _sums;
    private readonly int[] _current;
    private bool _isBegun;

    private CoreConsistency(TensorNmfModel<T> model)
    {
        var order = model.Order;
        _inverses = [.. model.Factors.Select((factor, n) => Inverse(factor, n == 0 ? model.Weights : null))];

        // The sums of level n run over the modes n, n + 1, … and have K^(N - n) entries.
        _sums = [.. Enumerable.Range(0, order).Select(n => new double[(int)Math.Pow(model.Rank, order - n)])];
        _current = new int[order];
    }

    /// <summary>100 for a core of a CP model, less, and below zero, for others.</summary>
    /// <exception cref="ArgumentException">The core would have more than 2^24 entries.</exception>
    public static double Of(TensorNmfModel<T> model, NmfTensor<T> data)
    {
        Option.Require(
            Math.Pow(model.Rank, model.Order) <= MostEntries, nameof(model),
            $"The core of {model.Order} modes and {model.Rank} components is too large to be computed.");
        var core = new CoreConsistency<T>(model);

        // What is missing has no residual: the core of the residuals is what the best one has beside the model's.
        var ofResiduals = data.IsWeighted;
        data.ForEachObserved((indices, value, _) => core.Add(
            indices, double.CreateTruncating(value) - (ofResiduals ? model.Predict(indices) : 0)));
        core.Flush(0);
        var best = core._sums[0];
        var step = 0L;
        for (var n = 0; n < model.Order; n++)
            step = (step * model.Rank) + 1;
        double sum = 0;
        for (long at = 0; at < best.Length; at++)
        {
            var rest = best[at] - (!ofResiduals && at % step == 0 ? 1 : 0);
            sum += rest * rest;
        }

        return 100 * (1 - (sum / model.Rank));
    }

    private void Add(int[] indices, double value)
    {
        var order = indices.Length;
        var changed = 0;
        while (changed < order - 1 && indices[changed] == _current[changed])
            changed++;
        if (_isBegun && changed < order - 1)
            Flush(changed + 1);
        indices.CopyTo(_current, 0);
        _isBegun = true;
        var last = _sums[order - 1];
        TensorPrimitives.MultiplyAdd(_inverses[order - 1][indices[order - 1]], value, last, last);
    }

    // Ends the runs of the modes from one on: their sums times the rows of the mode before go to its sums.
    private void Flush(int from)
    {
        for (var n = _current.Length - 1; n > from - 1 && n > 0; n--)
        {
            var (run, row) = (_sums[n], _inverses[n - 1][_current[n - 1]]);
            for (var k = 0; k < row.Length; k++)
            {
                var target = _sums[n - 1].AsSpan(k * run.Length, run.Length);
                TensorPrimitives.MultiplyAdd<double>(run, row[k], target, target);
            }

            Array.Clear(run);
        }
    }

    // Rows of the transposed pseudo-inverse: one for each index.
    private static double[][] Inverse(Matrix<T> factor, IReadOnlyList<double>? weights)
    {
        var matrix = new DenseMatrix(factor.Rows, factor.Columns);
        for (var i = 0; i < factor.Rows; i++)
        {
            for (var k = 0; k < factor.Columns; k++)
                matrix[i, k] = double.CreateTruncating(factor[i, k]) * (weights?[k] ?? 1);
        }

        var inverse = matrix.PseudoInverse();
        return [.. Enumerable.Range(0, factor.Rows).Select(
            i => Enumerable.Range(0, factor.Columns).Select(k => inverse[k, i]).ToArray())];
    }
}
