namespace Nmf;

/// <summary>
/// How often two samples had the same dominant component in several runs of a factorisation, 0 to 1 (Brunet,
/// Tamayo, Golub and Mesirov 2004). A rank that the data support gives the same groups from every start, and a
/// matrix of zeros and ones.
/// </summary>
/// <remarks>Immutable and thread-safe. Holds 4 bytes per pair of samples; making it takes O(N²) time per run
/// and for the tree.</remarks>
public sealed class ConsensusMatrix
{
    // One count per pair i > j.
    private readonly int[] _together;
    private readonly int[] _samples;
    private readonly AverageLinkage _tree;

    private ConsensusMatrix(int[] together, int[] samples, int runs)
    {
        (_together, _samples, Runs) = (together, samples, runs);
        _tree = AverageLinkage.Cluster(Count, Distance);
        CopheneticCorrelation = Cophenetic();
        Dispersion = MeanSquaredDistanceFromHalf();
    }

    /// <summary>Number of runs, at least 2.</summary>
    public int Runs { get; }

    /// <summary>Number of samples compared.</summary>
    public int Count => _samples.Length;

    /// <summary>Which samples of the data were compared, increasing: all, or a part of large data.</summary>
    public IReadOnlyList<int> Samples => _samples;

    /// <summary>
    /// Correlation between the distances 1 - consensus and the heights at which the tree of average linkage joins the
    /// samples (Brunet et al. 2004): 1 when the groups are the same in every run. Null when all distances are equal, as
    /// for rank 1: then there is nothing to correlate.
    /// </summary>
    public double? CopheneticCorrelation { get; }

    /// <summary>Mean of 4 (c - ½)² over all entries c of the matrix, its diagonal included (Kim and Park 2007): 1 when
    /// all are 0 or 1, 0 when all are ½.</summary>
    public double Dispersion { get; }

    /// <summary>The consensus of two of the compared samples.</summary>
    /// <param name="i">0 to <see cref="Count"/> - 1.</param>
    /// <param name="j">0 to <see cref="Count"/> - 1.</param>
    public double this[int i, int j]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)Count, nameof(i));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)j, (uint)Count, nameof(j));
            return i == j ? 1 : _together[Pair(i, j)] / (double)Runs;
        }
    }

    /// <summary>Makes the matrix of the groups that runs have found.</summary>
    /// <param name="labels">For every run the group of every sample; a negative one belongs to no group and is
    /// together with nothing.</param>
    /// <param name="samples">Which samples of the data these are, or null for 0, 1, 2, …</param>
    /// <exception cref="ArgumentException">There are fewer than two runs or samples, or lengths differ. With one run
    /// the matrix would be all zeros and ones, whatever the data.</exception>
    internal static ConsensusMatrix FromGroups(IReadOnlyList<int[]> labels, IReadOnlyList<int>? samples = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count < 2)
            throw new ArgumentException(
                $"A consensus needs at least two runs, but there are {labels.Count}: "
                + "one run always agrees with itself.", nameof(labels));
        var count = labels[0].Length;
        if (count < 2)
            throw new ArgumentException(
                $"A consensus needs at least two samples, but there are {count}.", nameof(labels));
        for (var run = 0; run < labels.Count; run++)
        {
            if (labels[run].Length != count)
                throw new ArgumentException(
                    $"Run {run} has {labels[run].Length} samples, but run 0 has {count}.", nameof(labels));
        }

        if (samples is not null && samples.Count != count)
            throw new ArgumentException(
                $"There are {samples.Count} indices of samples for {count} samples.", nameof(samples));
        var together = new int[checked(count * (count - 1L) / 2)];
        foreach (var run in labels)
        {
            var pair = 0;
            for (var i = 1; i < count; i++)
            {
                for (var j = 0; j < i; j++, pair++)
                {
                    if (run[i] == run[j] && run[i] >= 0)
                        together[pair]++;
                }
            }
        }

        return new ConsensusMatrix(
            together, samples is null ? [.. Enumerable.Range(0, count)] : [.. samples], labels.Count);
    }

    /// <summary>The compared samples in the order of the tree's leaves, in which groups are blocks on the
    /// diagonal: for pictures.</summary>
    /// <returns>Indices from 0 to <see cref="Count"/> - 1.</returns>
    internal int[] LeafOrder() => _tree.LeafOrder();

    /// <summary>The groups that the tree has when it is cut.</summary>
    /// <param name="groups">1 to <see cref="Count"/>.</param>
    /// <returns>For every compared sample its group, numbered in order of first appearance.</returns>
    public int[] Groups(int groups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups, Count);
        return _tree.Cut(groups);
    }

    /// <summary>Mean silhouette (Rousseeuw 1987) of the samples in the groups of the tree, with the distance 1 -
    /// consensus; NaN for one group.</summary>
    /// <param name="groups">1 to <see cref="Count"/>: the rank.</param>
    public double Silhouette(int groups)
        => Nmf.Silhouette.Values(Groups(groups), Distance).DefaultIfEmpty(double.NaN).Average();

    private static int Pair(int i, int j)
    {
        var (low, high) = i < j ? (i, j) : (j, i);
        return checked((int)((high * (high - 1L) / 2) + low));
    }

    private double Distance(int i, int j) => 1 - (_together[Pair(i, j)] / (double)Runs);

    private double? Cophenetic()
    {
        double pairs = _together.Length;
        var heights = new double[_together.Length];
        _tree.CopheneticDistances((i, j, height) => heights[Pair(i, j)] = height);
        double meanDistance = 0, meanHeight = 0;
        for (var p = 0; p < heights.Length; p++)
        {
            meanDistance += (1 - (_together[p] / (double)Runs)) / pairs;
            meanHeight += heights[p] / pairs;
        }

        double covariance = 0, distances = 0, tree = 0;
        for (var p = 0; p < heights.Length; p++)
        {
            var (d, h) = (1 - (_together[p] / (double)Runs) - meanDistance, heights[p] - meanHeight);
            covariance += d * h;
            distances += d * d;
            tree += h * h;
        }

        // What is left of equal numbers after the mean is taken off is rounding, not variance.
        var rounding = 1e-20 * pairs;
        return distances > rounding && tree > rounding ? Math.Min(1, covariance / Math.Sqrt(distances * tree)) : null;
    }

    private double MeanSquaredDistanceFromHalf()
    {
        double sum = Count;
        foreach (var count in _together)
        {
            var fromHalf = (count / (double)Runs) - 0.5;
            sum += 2 * 4 * fromHalf * fromHalf;
        }

        return sum / ((double)Count * Count);
    }
}
