using Microsoft.ML.Transforms;
using Nmf.Topics;

namespace MLNmf.Tool.Topics;

/// <summary>A component as a reader sees it.</summary>
/// <param name="Number">From 1, in order of size.</param>
/// <param name="Share">The part of all words, or of the data, that it accounts for, 0 to 1.</param>
/// <param name="Words">What it consists of, largest first.</param>
/// <param name="Name">The name that is stored with it, or null.</param>
/// <param name="Labels">Phrases of the texts that could name it, best first; null where there were no texts.</param>
internal sealed record TopicSummary(
    int Number, double Share, IReadOnlyList<TopicWord> Words, string? Name, IReadOnlyList<string>? Labels)
{
    private const int LongestName = 32;

    public static TopicSummary[] Of(
        NmfModelParameters model, int words, IReadOnlyList<IReadOnlyList<TopicLabel>>? labels = null) =>
        [.. Enumerable.Range(0, model.Rank).Select(k => new TopicSummary(
            k + 1, model.Contributions[k],
            [.. model.GetTopFeatures(k, words).Select(
                feature => new TopicWord(Readable(feature.Name), feature.Weight, feature.Lift))],
            NameOf(model, k), labels?[k].Select(label => label.Phrase).ToArray()))];

    /// <summary>The name of a component where it has one: the user's, or that of a spectrum in a library.</summary>
    public static string? NameOf(NmfModelParameters model, int component)
        => model.ComponentNames is null && model.LibrarySpectra is null ? null : model.ComponentName(component);

    /// <summary>The rows of a table.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<TopicSummary> topics, string what = "topic")
    {
        var hasNames = topics.Any(topic => topic.Name is not null || topic.Labels is { Count: > 0 });
        return Texts.Table(
        [
            Row(what, "share", topics.Any(topic => topic.Name is not null) ? "name" : "label", "largest weights"),
            .. topics.Select(topic => Row(
                $"{topic.Number}", Texts.Percent(topic.Share),
                Texts.Beginning(topic.Name ?? (topic.Labels is [var best, ..] ? best : ""), LongestName),
                topic.Words.Count == 0 ? "(empty)" : string.Join(", ", topic.Words.Select(word => word.Word)))),
        ]);

        // A column of names only where there are some.
        string[] Row(string number, string share, string name, string words)
            => hasNames ? ["", number, share, name, words] : ["", number, share, words];
    }

    /// <summary>A run of words as people write it.</summary>
    public static string Readable(string word) => word.Replace('|', ' ');
}

/// <param name="Word">The word.</param>
/// <param name="Weight">Its share of the topic.</param>
/// <param name="Lift">Its share of the topic over its share of all.</param>
internal sealed record TopicWord(string Word, float Weight, double Lift);
