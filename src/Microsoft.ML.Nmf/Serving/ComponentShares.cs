using System.Numerics.Tensors;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>How rows are divided among components, and how far that is from the training.</summary>
internal static class ComponentShares
{
    /// <summary>The sum of each component: a unit of its activation is so much of a row.</summary>
    public static double[] Sizes(NmfModelParameters model)
        => [.. Enumerable.Range(0, model.Rank).Select(k => (double)TensorPrimitives.Sum<float>(model.GetComponent(k)))];

    /// <summary>How much of a row each component has.</summary>
    /// <param name="activations">K activations, up to a factor.</param>
    /// <param name="sizes">Sums of the components.</param>
    /// <param name="amount">The sum of the row, which is divided.</param>
    public static double[] Of(ReadOnlySpan<float> activations, double[] sizes, double amount)
    {
        var parts = new double[sizes.Length];
        for (var k = 0; k < parts.Length; k++)
            parts[k] = activations[k] * sizes[k];
        var sum = TensorPrimitives.Sum<double>(parts);
        TensorPrimitives.Multiply(parts, sum > 0 && double.IsFinite(sum) ? amount / sum : 0, parts);
        return parts;
    }

    /// <summary>
    /// The square root of the Jensen-Shannon divergence, in bits, of the components' shares in rows from those in the
    /// training, less what the divergence would be by the chance of which rows there are: for shares p of rows and
    /// means m of both it is near Σ (p - q)² / m / (8 ln 2), so that chance adds Σ var(p) / m / (8 ln 2), with the
    /// variance of a ratio of sums over rows. 0 for the same shares, 1 where no component is in both; null where there
    /// is nothing to compare.
    /// </summary>
    public static double? Shift(IReadOnlyCollection<double[]> rows, IReadOnlyList<double> training)
    {
        var sums = new double[training.Count];
        foreach (var row in rows)
            TensorPrimitives.Add(sums, row, sums);
        var (recent, before) = (TensorPrimitives.Sum<double>(sums), training.Sum());
        if (!(recent > 0 && before > 0))
            return null;
        TensorPrimitives.Divide(sums, recent, sums);
        var (shares, squares) = (sums, new double[sums.Length]);
        foreach (var row in rows)
        {
            var amount = TensorPrimitives.Sum<double>(row);
            for (var k = 0; k < squares.Length; k++)
                squares[k] += (row[k] - (amount * shares[k])) * (row[k] - (amount * shares[k]));
        }

        double divergence = 0, chance = 0;
        for (var k = 0; k < shares.Length; k++)
        {
            var (p, q) = (shares[k], training[k] / before);
            var mean = (p + q) / 2;
            divergence += (Term(p, mean) + Term(q, mean)) / 2;
            chance += mean > 0 ? squares[k] / (recent * recent) / mean / (8 * Math.Log(2)) : 0;
        }

        return Math.Sqrt(Math.Clamp(divergence - chance, 0, 1));

        static double Term(double share, double mean) => share > 0 ? share * Math.Log2(share / mean) : 0;
    }
}
