using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra.Double;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Whether a factor is sufficiently scattered.</summary>
public enum ScatterCondition
{
    /// <summary>It is.</summary>
    Holds,

    /// <summary>It is not.</summary>
    Fails,

    /// <summary>Too many rays to tell: deciding it takes exponential time in the worst case.</summary>
    Undecided,
}

/// <summary>
/// How the rows of a nonnegative factor (samples of H, features of W) fill the orthant. They are sufficiently
/// scattered (Huang, Sidiropoulos and Swami 2014) when every y with m_n·y ≥ 0 for all rows m_n has ‖y‖ ≤ Σ_k y_k, with
/// equality for the unit vectors only; where each component has a row of its own (separability) they are.
/// </summary>
/// <remarks>The largest ‖y‖ / Σ y is taken over the extreme rays of the dual cone, all of them, so that the answer is
/// exact to rounding for the factor in which small entries count as zero.</remarks>
public sealed class FactorScatter
{
    private const double Rounding = 1e-7;
    private const double Dependent = 1e-10;

    private FactorScatter(
        ScatterCondition condition, int[] purestRow, double[] purity, int rank, double[]? witness, double? largest)
        => (Condition, PurestRow, Purity, Rank, Witness, LargestRatio)
            = (condition, purestRow, purity, rank, witness, largest);

    /// <summary>Whether the condition holds.</summary>
    public ScatterCondition Condition { get; }

    /// <summary>For every component the row in which its share is largest: the purest sample or feature.</summary>
    public IReadOnlyList<int> PurestRow { get; }

    /// <summary>For every component its share of that row, at most 1; a row with 1 has nothing else.</summary>
    public IReadOnlyList<double> Purity { get; }

    /// <summary>Whether each component has a row of its own, small entries counted as zero.</summary>
    public bool IsSeparable => Purity.All(share => share >= 1);

    /// <summary>Number of linearly independent columns.</summary>
    public int Rank { get; }

    /// <summary>A y that violates the condition, K numbers of length one; null unless it fails.</summary>
    public IReadOnlyList<double>? Witness { get; }

    /// <summary>The largest ‖y‖ / Σ y of the dual cone beside the unit vectors, below 1 where the condition holds
    /// (how far below says how safely), infinite where a sum is not positive; null where it is not known, and where
    /// there are no other rays.</summary>
    public double? LargestRatio { get; }

    /// <summary>Looks at one factor.</summary>
    /// <param name="factor">rows x K, small entries set to zero; rows of zeros do not count.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static FactorScatter Of(Matrix<double> factor, CancellationToken cancellationToken)
    {
        var components = factor.Columns;
        var (purest, purity) = (new int[components], new double[components]);
        var rows = new List<double[]>();
        for (var n = 0; n < factor.Rows; n++)
        {
            var row = factor.Row(n).ToArray();
            var sum = TensorPrimitives.Sum<double>(row);
            if (!(sum > 0))
                continue;
            for (var k = 0; k < components; k++)
            {
                if (row[k] / sum > purity[k])
                    (purest[k], purity[k]) = (n, row[k] / sum);
            }

            TensorPrimitives.Divide(row, TensorPrimitives.Norm<double>(row), row);
            rows.Add(row);
        }

        var rank = RankOf(rows, components);
        FactorScatter Result(ScatterCondition condition, double[]? witness = null, double? largest = null)
            => new(condition, purest, purity, rank, witness, largest);
        if (rank < components)
            return Result(ScatterCondition.Fails);
        if (purity.All(share => share >= 1))
            return Result(ScatterCondition.Holds);
        if (NotExtreme(rows, components) is { } between)
            return Result(ScatterCondition.Fails, between);
        if (DualCone.Rays(rows, cancellationToken) is not { } rays)
            return Result(ScatterCondition.Undecided);

        double? largest = null;
        double[]? worst = null;
        foreach (var ray in rays)
        {
            // Rays are of length one: a unit vector is one with an entry of 1.
            if (TensorPrimitives.Max<double>(ray) >= 1 - (Rounding * Rounding))
                continue;
            var sum = TensorPrimitives.Sum<double>(ray);
            var ratio = sum > 0 ? 1 / sum : double.PositiveInfinity;
            if (largest is null || ratio > largest)
                (largest, worst) = (ratio, ray);
        }

        return largest >= 1 - Rounding
            ? Result(ScatterCondition.Fails, worst, largest)
            : Result(ScatterCondition.Holds, null, largest);
    }

    private static int RankOf(List<double[]> rows, int components)
        => rows.Count == 0
            ? 0
            : Gram(rows, components).Correlations.Svd(computeVectors: false).S.Count(s => s > Dependent * components);

    // A unit vector that is no extreme ray of the dual cone lies between two others, one of which is longer than its
    // sum: e_k ± εd, where d is orthogonal to all rows without component k. Cheap, and the usual reason for large K.
    private static double[]? NotExtreme(List<double[]> rows, int components)
    {
        for (var k = 0; k < components; k++)
        {
            var without = rows.FindAll(row => row[k] == 0);
            var (correlations, norms) = Gram(without, components);
            correlations[k, k] = 1;
            var svd = correlations.Svd();
            if (svd.S[^1] > Dependent * components)
                continue;
            var direction = svd.U.Column(components - 1).PointwiseDivide(norms);
            direction /= direction.L2Norm();
            direction[k] -= direction.Sum();
            if (direction[k] < 0)
                direction *= -1;

            // As far along d as all rows with component k allow.
            var step = double.PositiveInfinity;
            foreach (var row in rows)
            {
                var slope = -TensorPrimitives.Dot<double>(row, direction.AsArray());
                if (row[k] > 0 && slope > 0)
                    step = Math.Min(step, row[k] / slope);
            }

            var witness = (direction * (double.IsFinite(step) ? step : 1)).ToArray();
            witness[k] += 1;
            TensorPrimitives.Divide(witness, TensorPrimitives.Norm<double>(witness), witness);
            return witness;
        }

        return null;
    }

    // Products of the columns, each divided by its norm, so that the scale of a component says nothing of its rank.
    private static (DenseMatrix Correlations, DenseVector Norms) Gram(List<double[]> rows, int components)
    {
        var gram = new DenseMatrix(components);
        foreach (var row in rows)
        {
            for (var i = 0; i < components; i++)
            {
                for (var j = 0; row[i] != 0 && j < components; j++)
                    gram[i, j] += row[i] * row[j];
            }
        }

        var norms = DenseVector.Create(components, k => gram[k, k] > 0 ? Math.Sqrt(gram[k, k]) : 1);
        for (var i = 0; i < components; i++)
        {
            for (var j = 0; j < components; j++)
                gram[i, j] /= norms[i] * norms[j];
        }

        return (gram, norms);
    }
}
