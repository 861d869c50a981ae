using MathNet.Numerics;

namespace Nmf.Topics;

/// <summary>Sums of the shares of topics over groups of documents, and of their squares.</summary>
/// <typeparam name="TKey">What tells the groups apart.</typeparam>
/// <param name="topics">Number of topics.</param>
internal sealed class Totals<TKey>(int topics)
    where TKey : notnull
{
    // Probability of each end of an interval of 95 %.
    private const double Tail = 0.025;

    // From here on a beta distribution is a normal one, to what a page shows.
    private const double Normal = 100;
    private const double NormalQuantile = 1.959964;

    // Steps of bisection: a quarter of the unit in which shares are written.
    private const int Steps = 16;

    private readonly Dictionary<TKey, (int Documents, double[] Sums, double[] Squares)> _groups = [];

    public int Groups => _groups.Count;

    public IEnumerable<TKey> Keys => _groups.Keys;

    public bool Has(TKey key) => _groups.ContainsKey(key);

    /// <summary>Adds a document.</summary>
    public void Add(TKey key, ReadOnlySpan<double> shares)
    {
        var (documents, sums, squares) = Group(key);
        for (var t = 0; t < topics; t++)
        {
            sums[t] += shares[t];
            squares[t] += shares[t] * shares[t];
        }

        _groups[key] = (documents + 1, sums, squares);
    }

    public int Documents(TKey key) => _groups.TryGetValue(key, out var group) ? group.Documents : 0;

    /// <summary>The mean share of a topic and its interval, or NaN where the group has no document.</summary>
    /// <remarks>The interval is that of <see cref="TopicShares"/>, of percentiles of means of resampled documents,
    /// without the resampling: of a beta distribution with their mean and variance, which is that of the documents over
    /// their number. So sums suffice.</remarks>
    public TopicShare Share(TKey key, int topic)
    {
        if (!_groups.TryGetValue(key, out var group) || group.Documents == 0)
            return new TopicShare(double.NaN, double.NaN, double.NaN);
        var mean = Math.Min(1, group.Sums[topic] / group.Documents);
        if (group.Documents == 1)
            return new TopicShare(mean, 0, 1);
        var variance = Math.Max(0, (group.Squares[topic] / group.Documents) - (mean * mean)) / group.Documents;
        // What is left of equal shares is rounding.
        if (variance <= 1e-18 || mean is 0 or 1)
            return new TopicShare(mean, mean, mean);
        var size = (mean * (1 - mean) / variance) - 1;
        var (a, b) = (mean * size, (1 - mean) * size);
        if (Math.Min(a, b) > Normal)
        {
            var half = NormalQuantile * Math.Sqrt(variance);
            return new TopicShare(mean, mean - half, mean + half);
        }

        // Of very skewed distributions the mean may be above the percentile.
        return new TopicShare(
            mean, Math.Min(mean, Quantile(a, b, Tail)), Math.Max(mean, Quantile(a, b, 1 - Tail)));
    }

    /// <summary>Groups of the groups.</summary>
    public Totals<TCoarse> By<TCoarse>(Func<TKey, TCoarse> coarser)
        where TCoarse : notnull
    {
        var totals = new Totals<TCoarse>(topics);
        foreach (var (key, group) in _groups)
            totals.Add(coarser(key), group.Documents, group.Sums, group.Squares);
        return totals;
    }

    private static double Quantile(double a, double b, double probability)
    {
        var (low, high) = (0.0, 1.0);
        for (var step = 0; step < Steps; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = SpecialFunctions.BetaRegularized(a, b, middle) < probability ? (middle, high)
                : (low, middle);
        }

        return (low + high) / 2;
    }

    private void Add(TKey key, int documents, double[] addedSums, double[] addedSquares)
    {
        var (before, sums, squares) = Group(key);
        for (var t = 0; t < topics; t++)
        {
            sums[t] += addedSums[t];
            squares[t] += addedSquares[t];
        }

        _groups[key] = (before + documents, sums, squares);
    }

    private (int Documents, double[] Sums, double[] Squares) Group(TKey key)
        => _groups.TryGetValue(key, out var group) ? group : (0, new double[topics], new double[topics]);
}
