namespace Nmf.Topics;

/// <summary>Sums of the shares of topics over groups of documents.</summary>
/// <typeparam name="TKey">What tells the groups apart.</typeparam>
/// <param name="topics">Number of topics.</param>
internal sealed class Totals<TKey>(int topics)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (int Documents, double[] Sums)> _groups = [];

    public int Groups => _groups.Count;

    public IEnumerable<TKey> Keys => _groups.Keys;

    public bool Has(TKey key) => _groups.ContainsKey(key);

    public void Add(TKey key, ReadOnlySpan<double> shares, int documents = 1)
    {
        var (before, sums) = _groups.TryGetValue(key, out var group) ? group : (0, new double[topics]);
        for (var t = 0; t < topics; t++)
            sums[t] += shares[t];
        _groups[key] = (before + documents, sums);
    }

    public int Documents(TKey key) => _groups.TryGetValue(key, out var group) ? group.Documents : 0;

    /// <summary>The mean share of a topic, or NaN where the group has no document.</summary>
    public double Mean(TKey key, int topic)
        => _groups.TryGetValue(key, out var group) && group.Documents > 0 ? group.Sums[topic] / group.Documents
            : double.NaN;

    /// <summary>Groups of the groups.</summary>
    public Totals<TCoarse> By<TCoarse>(Func<TKey, TCoarse> coarser)
        where TCoarse : notnull
    {
        var totals = new Totals<TCoarse>(topics);
        foreach (var (key, (documents, sums)) in _groups)
            totals.Add(coarser(key), sums, documents);
        return totals;
    }
}
