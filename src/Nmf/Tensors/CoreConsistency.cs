using System.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The core consistency diagnostic (Bro and Kiers, "A new efficient method for determining the number of components in
/// PARAFAC models", 2003): how far the core that fits the observed data best with these factors is from that of a CP
/// model, whose entries are 1 where all indices agree and 0 elsewhere.
/// </summary>
/// <remarks>
/// Factors are U R with orthonormal U. For complete data the best core of the U is the data times all of them. With
/// missing entries or weights it solves normal equations whose matrix is the identity without these: conjugate
/// gradients, two passes over the data for each.
/// </remarks>
internal static class CoreConsistency<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double MostEntries = 1 << 24;
    private const double Tolerance = 1e-10;

    /// <summary>100 for a core of a CP model, less, and below zero, for others.</summary>
    /// <exception cref="ArgumentException">The core would have more than 2^24 entries, or the observed entries do not
    /// determine it.</exception>
    public static double Of(TensorNmfModel<T> model, NmfTensor<T> data)
    {
        Option.Require(
            Math.Pow(model.Rank, model.Order) <= MostEntries, nameof(model),
            $"The core of {model.Order} modes and {model.Rank} components is too large to be computed.");
        var bases = model.Factors.Select(factor => new Basis(factor)).ToArray();
        var core = new CoreContraction(Array.ConvertAll(bases, basis => basis.Rows));
        var best = data.IsWeighted ? OfObserved(core, data) : core.Sum(add => data.ForEachObserved(
            (indices, value, _) => add(indices, double.CreateTruncating(value))));
        for (var n = 0; n < bases.Length; n++)
            best = bases[n].OfFactor(best, n, bases);

        // Columns have norm one; a component that vanished has no weight.
        var slice = best.Length / model.Rank;
        for (var at = 0; at < best.Length; at++)
            best[at] = model.Weights[at / slice] is var weight && weight > 0 ? best[at] / weight : 0;

        var step = 0L;
        for (var n = 0; n < model.Order; n++)
            step = (step * model.Rank) + 1;
        double sum = 0;
        for (long at = 0; at < best.Length; at++)
        {
            var rest = best[at] - (at % step == 0 ? 1 : 0);
            sum += rest * rest;
        }

        return 100 * (1 - (sum / model.Rank));
    }

    // argmin over cores of the weighted squares of what they leave of the observed entries.
    private static double[] OfObserved(CoreContraction core, NmfTensor<T> data)
    {
        var (most, observed) = (0.0, 0L);
        data.ForEachObserved((_, _, weight) => (most, observed) = (Math.Max(most, weight), observed + 1));
        var rest = core.Sum(add => data.ForEachObserved(
            (indices, value, weight) => add(indices, weight / most * double.CreateTruncating(value))));
        if (observed < rest.Length)
            throw Undetermined(data, rest.Length);
        var (best, direction) = (new double[rest.Length], (double[])rest.Clone());
        var (square, first) = (Dot(rest, rest), Dot(rest, rest));
        for (var i = 0; square > Tolerance * Tolerance * first; i++)
        {
            var image = core.Sum(add =>
            {
                var predict = core.Predictor(direction);
                data.ForEachObserved((indices, _, weight) => add(indices, weight / most * predict(indices)));
            });
            var curvature = Dot(direction, image);
            if (i > 2 * rest.Length || !(curvature > 1e-12 * Dot(direction, direction)))
                throw Undetermined(data, rest.Length);
            var step = square / curvature;
            for (var at = 0; at < best.Length; at++)
            {
                best[at] += step * direction[at];
                rest[at] -= step * image[at];
            }

            var before = square;
            square = Dot(rest, rest);
            for (var at = 0; at < best.Length; at++)
                direction[at] = rest[at] + (square / before * direction[at]);
        }

        return best;
    }

    private static ArgumentException Undetermined(NmfTensor<T> data, int entries)
        => new($"The observed entries do not determine the {entries} entries of a core.", nameof(data));

    private static double Dot(double[] a, double[] b)
        => System.Numerics.Tensors.TensorPrimitives.Dot<double>(a, b);

    // F = U R of a factor, by singular values, those of rounding left out.
    private sealed class Basis
    {
        private readonly DenseMatrix _inverse;

        public Basis(Matrix<T> factor)
        {
            var svd = DenseMatrix.Create(
                factor.Rows, factor.Columns,
                (i, k) => double.CreateTruncating(factor[i, k])).Svd();
            var least = svd.S[0] * Math.Max(factor.Rows, factor.Columns) * 2.2e-16;
            var kept = Math.Max(1, svd.S.Count(s => s > least));
            Rows = [.. Enumerable.Range(0, factor.Rows).Select(
                i => Enumerable.Range(0, kept).Select(k => svd.U[i, k]).ToArray())];
            _inverse = DenseMatrix.Create(
                factor.Columns, kept, (k, r) => svd.S[r] > least ? svd.VT[r, k] / svd.S[r] : 0);
        }

        // Rows of U.
        public double[][] Rows { get; }

        // The core in components of the factor along mode n, whose later modes are still in those of their bases.
        public double[] OfFactor(double[] core, int n, Basis[] bases)
        {
            var kept = _inverse.ColumnCount;
            var after = bases[(n + 1)..].Aggregate(1, (size, basis) => size * basis._inverse.ColumnCount);
            var result = new double[core.Length / kept * _inverse.RowCount];
            for (var at = 0; at < core.Length; at++)
            {
                var (before, r, rest) = (at / after / kept, at / after % kept, at % after);
                for (var k = 0; k < _inverse.RowCount; k++)
                    result[(((before * _inverse.RowCount) + k) * after) + rest] += _inverse[k, r] * core[at];
            }

            return result;
        }
    }
}
