using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How similar two components, columns of a dictionary, are: from 0 to 1, whatever their scales.</summary>
public enum ComponentSimilarity
{
    /// <summary>The cosine of the angle between them.</summary>
    Cosine,

    /// <summary>1 minus the Jensen-Shannon divergence in bits of the two as distributions over the features (Lin
    /// 1991).</summary>
    JensenShannon,
}

/// <summary>Two components of one model.</summary>
/// <param name="First">Number of the first.</param>
/// <param name="Second">Number of the second, larger than that of the first.</param>
/// <param name="Similarity">How similar they are, 0 to 1.</param>
public sealed record ComponentPair(int First, int Second, double Similarity);

/// <summary>Components that are nearly the same.</summary>
internal static class ComponentSimilarities
{
    /// <summary>Pairs of columns from a similarity on, the most similar first. A column of zeros is similar to
    /// none.</summary>
    public static IReadOnlyList<ComponentPair> Above<T>(
        double threshold, Matrix<T> dictionary, ComponentSimilarity similarity)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!(threshold is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(threshold), threshold, "The threshold must be above 0 and at most 1.");
        if (!Enum.IsDefined(similarity))
            throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "There is no such similarity.");
        var columns = ComponentDistances.Directions(dictionary);
        if (similarity == ComponentSimilarity.JensenShannon)
        {
            foreach (var column in columns)
            {
                var sum = TensorPrimitives.Sum<double>(column);
                if (sum > 0)
                    TensorPrimitives.Divide(column, sum, column);
            }
        }

        var pairs = new List<ComponentPair>();
        for (var k = 0; k < columns.Length; k++)
        {
            for (var l = k + 1; l < columns.Length; l++)
            {
                if (!columns[k].AsSpan().ContainsAnyExcept(0.0) || !columns[l].AsSpan().ContainsAnyExcept(0.0))
                    continue;
                var value = similarity == ComponentSimilarity.Cosine
                    ? TensorPrimitives.Dot<double>(columns[k], columns[l])
                    : 1 - JensenShannon(columns[k], columns[l]);

                // Rounding leaves equal columns a little below one.
                value = Math.Clamp(Math.Round(value, 12), 0, 1);
                if (value >= threshold)
                    pairs.Add(new ComponentPair(k, l, value));
            }
        }

        return [.. pairs.OrderByDescending(pair => pair.Similarity).ThenBy(pair => pair.First)];
    }

    /// <summary>The Jensen-Shannon divergence of two distributions in bits.</summary>
    internal static double JensenShannon(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        double sum = 0;
        for (var f = 0; f < p.Length; f++)
        {
            var mean = (p[f] + q[f]) / 2;
            if (p[f] > 0)
                sum += p[f] * Math.Log2(p[f] / mean);
            if (q[f] > 0)
                sum += q[f] * Math.Log2(q[f] / mean);
        }

        return Math.Max(0, sum / 2);
    }
}
