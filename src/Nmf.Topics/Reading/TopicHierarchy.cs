using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>A node of a hierarchy of topics.</summary>
public sealed class TopicNode
{
    internal TopicNode(int number, int depth, int[] texts, double[] weights)
        => (Number, Depth, Texts, WeightArray) = (number, depth, texts, weights);

    /// <summary>Number, in the order in which nodes were made; the root is 0.</summary>
    public int Number { get; private set; }

    /// <summary>Steps from the root.</summary>
    public int Depth { get; }

    /// <summary>Numbers of its texts.</summary>
    public IReadOnlyList<int> Texts { get; }

    /// <summary>Weight of every word, adding up to one.</summary>
    public IReadOnlyList<double> Weights => WeightArray;

    internal double[] WeightArray { get; }

    /// <summary>Its two parts, or none.</summary>
    public IReadOnlyList<TopicNode> Children { get; private set; } = [];

    /// <summary>How well its two parts are topics of their own, from 0 to 1; the next node to be split is that with the
    /// largest. 0 where it has no two parts.</summary>
    public double Score { get; private set; }

    /// <summary>What its children would be, or null where it cannot be split.</summary>
    internal TopicNode[]? Parts { get; private set; }

    /// <summary>The words with the largest weights, largest first; none of weight zero.</summary>
    /// <param name="count">Most to return.</param>
    public IReadOnlyList<int> TopWords(int count = 10) =>
    [
        .. Enumerable.Range(0, Weights.Count).Where(f => Weights[f] > 0).OrderByDescending(f => Weights[f])
            .Take(count),
    ];

    internal void Offer(TopicNode[] parts, double score) => (Parts, Score) = (parts, score);

    // Returns the number of the next node.
    internal int Split(int number)
    {
        Children = Parts!;
        foreach (var child in Children)
            child.Number = number++;
        return number;
    }
}

/// <summary>What a hierarchy is made by.</summary>
public sealed record TopicHierarchyOptions
{
    /// <summary>Number of topics at the ends of the hierarchy, at least 2.</summary>
    public int Leaves { get; init; } = 10;

    /// <summary>A node with fewer texts is not split, and no part is smaller than half of that.</summary>
    public int SmallestNode { get; init; } = 20;

    /// <summary>Divergence parameter β of the splits; 1 for counts, 2 for weighted words.</summary>
    public double Beta { get; init; } = BetaDivergence.KullbackLeibler;

    /// <summary>When a split ends.</summary>
    public IterationOptions Iterations { get; init; } = new() { MaximumIterations = 100, Tolerance = 1e-4 };

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    internal void Validate()
    {
        if (Leaves < 2)
            throw new ArgumentException("A hierarchy has at least two leaves.", nameof(Leaves));
        if (SmallestNode < 2)
            throw new ArgumentException(
                "The smallest node that is split has at least two texts.", nameof(SmallestNode));
        if (!double.IsFinite(Beta))
            throw new ArgumentException("The divergence parameter β must be finite.", nameof(Beta));
        if (Iterations is null)
            throw new ArgumentException($"{nameof(Iterations)} is missing.", nameof(Iterations));
        if (Threads < 1)
            throw new ArgumentException("The number of threads must be greater than zero.", nameof(Threads));
    }
}

/// <summary>
/// Topics of topics: all texts are split into two by a factorisation of rank two, then the node whose parts are most
/// clearly topics of their own, and so on (Kuang and Park, "Fast rank-2 nonnegative matrix factorization for
/// hierarchical document clustering", 2013). A text belongs to the part that has more of it.
/// </summary>
/// <remarks>
/// <para>The score of a split is the product of the modified discounted cumulative gains of its parts, as the authors
/// define it: words gain by their place in the node, over a discount by the worse of their places in the two parts, so
/// that words count that are late in one of them; a part scores high whose first words are such words.</para>
/// <para>Deterministic: splits start from singular vectors. Where a split puts only a few texts aside
/// (<see cref="TopicHierarchyOptions.SmallestNode"/>), the node is split without these, at most three times; they stay
/// in the node and are in no part.</para>
/// </remarks>
public static class TopicHierarchy
{
    private const int Trials = 3;

    /// <summary>Makes a hierarchy.</summary>
    /// <param name="counts">Word counts, or weights, texts x words.</param>
    /// <param name="options">How many leaves, and how they are made.</param>
    /// <param name="progress">Told the number of leaves after every split.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>The root. Fewer leaves than asked for where no node can be split any more; texts without words are in
    /// no node but the root.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static TopicNode Fit<T>(
        NmfData<T> counts, TopicHierarchyOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(counts);
        options ??= new();
        options.Validate();
        int[] all = [.. Enumerable.Range(0, counts.Samples)];
        var root = new TopicNode(0, 0, all, Sums(counts, all));
        var (leaves, nodes) = (new List<TopicNode> { root }, 1);
        Try(root);
        while (leaves.Count < options.Leaves)
        {
            var next = leaves.MaxBy(leaf => leaf.Parts is null ? double.NegativeInfinity : leaf.Score)!;
            if (next.Parts is null)
                break;
            nodes = next.Split(nodes);
            leaves.Remove(next);
            leaves.AddRange(next.Children);
            progress?.Report(leaves.Count);
            if (leaves.Count < options.Leaves)
            {
                foreach (var child in next.Children)
                    Try(child);
            }
        }

        return root;

        void Try(TopicNode node)
        {
            if (Parts(counts, node, options, cancellationToken) is { } parts)
                node.Offer(parts, Score(node.WeightArray, parts[0].WeightArray, parts[1].WeightArray));
        }
    }

    /// <summary>The product of the gains of two parts.</summary>
    /// <param name="node">Weights of the words in the node.</param>
    /// <param name="first">Weights in the first part.</param>
    /// <param name="second">Weights in the second part.</param>
    internal static double Score(double[] node, double[] first, double[] second)
    {
        var n = node.Length;
        var (ofNode, ofFirst, ofSecond) = (Ranking(node), Ranking(first), Ranking(second));
        var (inFirst, inSecond) = (Places(ofFirst), Places(ofSecond));
        var present = node.Count(weight => weight > 0);
        if (present <= 1)
            return 0;
        var (ideal, gain) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var word = ofNode[i];
            var discount = Math.Log(n - Math.Max(inFirst[word], inSecond[word]));
            if (discount == 0)
                discount = Math.Log(2);
            ideal[i] = (i < present ? Math.Log(n - i) : 1) / discount;
            gain[word] = i < present ? Math.Log(present - i) / discount : 0;
        }

        Array.Sort(ideal, (x, y) => y.CompareTo(x));
        var most = Discounted(ideal);
        return Discounted([.. ofFirst.Select(word => gain[word])]) / most
            * (Discounted([.. ofSecond.Select(word => gain[word])]) / most);

        static double Discounted(double[] gains)
        {
            var sum = gains[0];
            for (var i = 1; i < gains.Length; i++)
                sum += gains[i] / Math.Log2(i + 1);
            return sum;
        }
    }

    private static int[] Ranking(double[] weights)
        => [.. Enumerable.Range(0, weights.Length).OrderByDescending(word => weights[word])];

    private static int[] Places(int[] ranking)
    {
        var places = new int[ranking.Length];
        for (var i = 0; i < ranking.Length; i++)
            places[ranking[i]] = i;
        return places;
    }

    private static TopicNode[]? Parts<T>(
        NmfData<T> counts, TopicNode node, TopicHierarchyOptions options, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[] texts = [.. node.Texts];
        for (var trial = 0; trial < Trials && texts.Length >= options.SmallestNode; trial++)
        {
            var data = LitPixels.Select(counts, texts, !counts.IsSparse);
            if (data.Sum == 0)
                return null;
            var model = NmfFactorizer.Fit(
                data,
                new NmfOptions
                {
                    Rank = 2, Problem = options.Beta, Iterations = options.Iterations, Threads = options.Threads,
                },
                cancellationToken: cancellationToken);
            var parts = new List<int>[] { [], [] };
            for (var n = 0; n < texts.Length; n++)
            {
                var (first, second) = (model.Activations[n, 0], model.Activations[n, 1]);
                if (first > T.Zero || second > T.Zero)
                    parts[first >= second ? 0 : 1].Add(texts[n]);
            }

            var small = parts[0].Count < parts[1].Count ? 0 : 1;
            if (parts[small].Count >= options.SmallestNode / 2)
            {
                return
                [
                    .. parts.Select((part, k) => new TopicNode(
                        -1, node.Depth + 1, [.. part], Column(model.Dictionary, k))),
                ];
            }

            if (parts[small].Count == 0)
                return null;
            texts = [.. parts[1 - small]];
        }

        return null;
    }

    private static double[] Column<T>(Matrix<T> dictionary, int k)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var column = new double[dictionary.Rows];
        for (var f = 0; f < column.Length; f++)
            column[f] = double.CreateTruncating(dictionary[f, k]);
        return column;
    }

    private static double[] Sums<T>(NmfData<T> counts, int[] texts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sums, row) = (new double[counts.Features], new double[counts.Features]);
        foreach (var n in texts)
        {
            counts.CopySample(n, row);
            for (var f = 0; f < row.Length; f++)
                sums[f] += double.IsNaN(row[f]) ? 0 : row[f];
        }

        var total = sums.Sum();
        return total > 0 ? Array.ConvertAll(sums, sum => sum / total) : sums;
    }
}
