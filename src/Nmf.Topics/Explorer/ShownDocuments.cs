namespace Nmf.Topics;

/// <summary>The best documents of every topic among all that pass by.</summary>
/// <param name="topics">Number of topics.</param>
/// <param name="count">Most documents of a topic that are kept: those that are shown, and others among which to look
/// for some that differ.</param>
internal sealed class ShownDocuments(int topics, int count)
{
    // What of a document is a topic of it.
    private const double LeastShare = 0.05;

    private readonly PriorityQueue<ShownDocument, double>[] _best =
        [.. Enumerable.Range(0, topics).Select(_ => new PriorityQueue<ShownDocument, double>())];

    private readonly HashSet<string>[] _texts = [.. Enumerable.Range(0, topics).Select(_ => new HashSet<string>())];

    /// <summary>Takes a document where it is among the best.</summary>
    /// <param name="shares">The shares of the topics in it, which add up to one.</param>
    /// <param name="amount">How much of all topics it has.</param>
    /// <param name="create">Makes what is kept of it, called at most once.</param>
    public void Offer(ReadOnlySpan<double> shares, double amount, Func<ShownDocument> create)
    {
        ShownDocument? document = null;
        for (var t = 0; t < topics && count > 0; t++)
        {
            // Of two documents that are pure the longer is first, and a pure one before a long mixed one.
            var score = amount * shares[t] * shares[t] * shares[t];
            var best = _best[t];
            if (shares[t] < LeastShare
                || (best.Count == count && best.TryPeek(out _, out var least) && score <= least))
            {
                continue;
            }

            document ??= create();
            if (!_texts[t].Add(document.Key))
                continue;
            best.Enqueue(document, score);
            if (best.Count > count)
                _texts[t].Remove(best.Dequeue().Key);
        }
    }

    /// <summary>For every topic its documents, best first.</summary>
    public ShownDocument[][] ToArrays() =>
    [
        .. _best.Select(best => (ShownDocument[])[
            .. best.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Number)
                .Select(item => item.Element)]),
    ];
}

/// <summary>What is kept of a document.</summary>
/// <param name="Number">Its place in the order in which documents were added, from 0.</param>
/// <param name="Title">Its title, cut, or null.</param>
/// <param name="Text">The passage that is shown.</param>
/// <param name="Length">Number of characters of its text.</param>
/// <param name="Date">Its date, or null.</param>
/// <param name="Class">Its class, cut, or null.</param>
/// <param name="Topics">Its largest topics and their shares, largest first.</param>
/// <param name="Amount">How much of all topics it has.</param>
/// <param name="Words">The terms that are in it with their numbers, of norm one.</param>
internal sealed record ShownDocument(
    int Number, string? Title, string Text, int Length, DateTime? Date, string? Class,
    (int Topic, double Share)[] Topics, double Amount, Dictionary<int, double> Words)
{
    /// <summary>Share of a topic, 0 for one that is not among the largest.</summary>
    public double Share(int topic) => Array.Find(Topics, share => share.Topic == topic).Share;

    /// <summary>What makes two documents the same to a reader.</summary>
    public string Key => Text.Length > 0 ? Text : Title ?? "";
}
