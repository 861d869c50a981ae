namespace Nmf;

/// <summary>
/// The silhouette (Rousseeuw 1987) of an item: <c>(b - a) / max(a, b)</c> with a its mean distance to the other members
/// of its cluster and b the least mean distance to another cluster. 1 is a clear member, 0 one between two clusters,
/// negative one that belongs elsewhere; the only member of a cluster has 0.
/// </summary>
internal static class Silhouette
{
    /// <summary>The silhouettes of all items; empty when there are fewer than two clusters.</summary>
    /// <param name="labels">For every item its cluster, from 0.</param>
    /// <param name="distance">Symmetric distance of two different items.</param>
    public static double[] Values(int[] labels, Func<int, int, double> distance)
    {
        var clusters = labels.Length == 0 ? 0 : labels.Max() + 1;
        if (clusters < 2)
            return [];
        var sizes = new int[clusters];
        foreach (var label in labels)
            sizes[label]++;
        var values = new double[labels.Length];
        var sums = new double[clusters];
        for (var i = 0; i < labels.Length; i++)
        {
            Array.Clear(sums);
            for (var j = 0; j < labels.Length; j++)
            {
                if (j != i)
                    sums[labels[j]] += distance(i, j);
            }

            values[i] = Value(labels[i], sums, sizes);
        }

        return values;
    }

    /// <summary>The silhouette of one item, of the sums of its distances to the members of every cluster.</summary>
    internal static double Value(int own, ReadOnlySpan<double> sums, ReadOnlySpan<int> sizes)
    {
        if (sizes[own] < 2)
            return 0;
        var inside = sums[own] / (sizes[own] - 1);
        var outside = double.PositiveInfinity;
        for (var c = 0; c < sums.Length; c++)
        {
            if (c != own && sizes[c] > 0)
                outside = Math.Min(outside, sums[c] / sizes[c]);
        }

        var larger = Math.Max(inside, outside);
        return larger > 0 && !double.IsInfinity(outside) ? (outside - inside) / larger : 0;
    }
}
