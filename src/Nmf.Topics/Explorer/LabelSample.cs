using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>The texts in which labels are looked for: all, or of many a sample in which each is as likely as any other
/// (algorithm R of Waterman), so that memory does not grow with their number. Deterministic.</summary>
/// <param name="topics">Number of topics.</param>
internal sealed class LabelSample(int topics)
{
    private const int MostTexts = 20_000;

    // What comes later in a long text says the same.
    private const int MostCharacters = 2000;

    // Phrases have to be in so many texts, of few texts in a twentieth of them.
    private const int LeastTexts = 5;
    private const int Twentieth = 20;

    private readonly List<(string Text, float[] Shares)> _texts = [];
    private readonly Random _random = new(1);
    private long _seen;

    /// <summary>Shows it a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="shares">The shares of the topics in it.</param>
    public void Offer(string text, ReadOnlySpan<double> shares)
    {
        var place = _seen++ < MostTexts ? _texts.Count : _random.NextInt64(_seen);
        if (place >= MostTexts)
            return;
        var values = new float[topics];
        for (var t = 0; t < topics; t++)
            values[t] = (float)shares[t];
        // Not within a word.
        var end = text.Length <= MostCharacters ? text.Length : text.LastIndexOf(' ', MostCharacters);
        var entry = (end < 0 ? "" : text[..end], values);
        if (place == _texts.Count)
            _texts.Add(entry);
        else
            _texts[(int)place] = entry;
    }

    /// <summary>Finds the labels.</summary>
    /// <param name="isWord">Whether the model counts a word, in lower case. A phrase begins and ends with such
    /// words.</param>
    /// <param name="cancellationToken">Looked at between texts.</param>
    public IReadOnlyList<IReadOnlyList<TopicLabel>> Find(Func<string, bool> isWord, CancellationToken cancellationToken)
    {
        var activations = new Matrix<float>(_texts.Count, topics);
        for (var n = 0; n < _texts.Count; n++)
            _texts[n].Shares.CopyTo(activations.Row(n));
        string[] texts = [.. _texts.Select(entry => entry.Text)];
        var others = texts.SelectMany(TopicLabels.Words).Distinct(StringComparer.Ordinal)
            .Where(word => !word.Split('-').All(isWord)).ToHashSet(StringComparer.Ordinal);
        return TopicLabels.Find(
            texts, activations,
            new() { StopWords = others, LeastTexts = Math.Clamp(texts.Length / Twentieth, 2, LeastTexts) },
            cancellationToken);
    }
}
