namespace Nmf;

/// <summary>
/// Hierarchical clustering with average linkage (Sokal and Michener 1958) by the nearest-neighbour chain:
/// O(n²) time, and n² distances.
/// </summary>
internal sealed class AverageLinkage
{
    private readonly int _items;
    private readonly Merge[] _merges;

    private AverageLinkage(int items, Merge[] merges) => (_items, _merges) = (items, merges);

    /// <summary>Clusters items.</summary>
    /// <param name="items">Number of items, at least 1.</param>
    /// <param name="distance">Symmetric distance of two different items.</param>
    public static AverageLinkage Cluster(int items, Func<int, int, double> distance)
    {
        var distances = new double[items, items];
        for (var i = 0; i < items; i++)
        {
            for (var j = 0; j < i; j++)
                distances[i, j] = distances[j, i] = distance(i, j);
        }

        // A chain of nearest neighbours ends in a pair that are each other's nearest; with a reducible linkage such a
        // pair may be merged at once, whatever is still to come. The merged cluster takes the place of the later item.
        var sizes = new int[items];
        Array.Fill(sizes, 1);
        var merges = new List<Merge>(Math.Max(0, items - 1));
        var chain = new List<int>();
        while (merges.Count < items - 1)
        {
            if (chain.Count == 0)
                chain.Add(Array.FindIndex(sizes, s => s > 0));
            var (nearest, least) = Nearest(distances, sizes, chain);
            if (chain.Count < 2 || nearest != chain[^2])
            {
                chain.Add(nearest);
                continue;
            }

            var (a, b) = (Math.Min(chain[^1], nearest), Math.Max(chain[^1], nearest));
            chain.RemoveRange(chain.Count - 2, 2);
            merges.Add(new Merge(a, b, least));
            for (var i = 0; i < items; i++)
            {
                if (sizes[i] == 0 || i == a || i == b)
                    continue;
                distances[b, i] = distances[i, b] =
                    ((sizes[a] * distances[a, i]) + (sizes[b] * distances[b, i])) / (sizes[a] + sizes[b]);
            }

            sizes[b] += sizes[a];
            sizes[a] = 0;
        }

        return new AverageLinkage(items, [.. merges.OrderBy(m => m.Height)]);
    }

    /// <summary>The height at which two items first are in one cluster, for every pair i &gt; j.</summary>
    /// <param name="visit">Called once for every pair with its height.</param>
    public void CopheneticDistances(Action<int, int, double> visit)
    {
        var clusters = new Clusters(_items);
        foreach (var merge in _merges)
        {
            foreach (var i in clusters.Of(merge.First))
            {
                foreach (var j in clusters.Of(merge.Second))
                    visit(Math.Max(i, j), Math.Min(i, j), merge.Height);
            }

            clusters.Join(merge.First, merge.Second);
        }
    }

    /// <summary>The items in an order in which every cluster is contiguous: that of a dendrogram's leaves.</summary>
    public int[] LeafOrder() => [.. After(_merges.Length).Of(0)];

    /// <summary>Cuts the tree into a number of clusters.</summary>
    /// <param name="clusters">1 to the number of items.</param>
    /// <returns>For every item its cluster, numbered in order of first appearance.</returns>
    public int[] Cut(int clusters)
    {
        var groups = After(_items - clusters);
        var labels = new int[_items];
        Array.Fill(labels, -1);
        var next = 0;
        for (var i = 0; i < _items; i++)
        {
            if (labels[i] >= 0)
                continue;
            foreach (var member in groups.Of(i))
                labels[member] = next;
            next++;
        }

        return labels;
    }

    /// <summary>The tree. Nodes 0 to n - 1 are the n items; node n + i joins the two nodes of entry i, which come
    /// before it; the last one is the root.</summary>
    public (int First, int Second, double Height)[] Tree()
    {
        var nodeOf = Enumerable.Range(0, _items).ToArray();
        var clusters = new Clusters(_items);
        var tree = new (int, int, double)[_merges.Length];
        for (var i = 0; i < tree.Length; i++)
        {
            var (first, second, height) = _merges[i];
            tree[i] = (nodeOf[first], nodeOf[second], height);
            clusters.Join(first, second);
            foreach (var item in clusters.Of(first))
                nodeOf[item] = _items + i;
        }

        return tree;
    }

    private Clusters After(int merges)
    {
        var clusters = new Clusters(_items);
        foreach (var merge in _merges.AsSpan(0, merges))
            clusters.Join(merge.First, merge.Second);
        return clusters;
    }

    private static (int Nearest, double Distance) Nearest(double[,] distances, int[] sizes, List<int> chain)
    {
        // On ties the item before in the chain wins, so that the chain ends.
        var from = chain[^1];
        var nearest = chain.Count > 1 ? chain[^2] : -1;
        var least = nearest >= 0 ? distances[from, nearest] : double.PositiveInfinity;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] > 0 && i != from && (nearest < 0 || distances[from, i] < least))
                (nearest, least) = (i, distances[from, i]);
        }

        return (nearest, least);
    }

    private readonly record struct Merge(int First, int Second, double Height);

    /// <summary>A partition of the items that gets coarser.</summary>
    private sealed class Clusters(int items)
    {
        private readonly List<int>[] _clusterOf = [.. Enumerable.Range(0, items).Select(i => new List<int> { i })];

        /// <summary>The members of an item's cluster.</summary>
        public List<int> Of(int item) => _clusterOf[item];

        public void Join(int first, int second)
        {
            var (kept, moved) = (_clusterOf[first], _clusterOf[second]);
            kept.AddRange(moved);
            foreach (var item in moved)
                _clusterOf[item] = kept;
        }
    }
}
