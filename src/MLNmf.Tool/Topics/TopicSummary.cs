using Microsoft.ML.Transforms;

namespace MLNmf.Tool.Topics;

/// <summary>A component as a reader sees it.</summary>
/// <param name="Number">From 1, in order of size.</param>
/// <param name="Share">The part of all words, or of the data, that it accounts for, 0 to 1.</param>
/// <param name="Words">What it consists of, largest first.</param>
internal sealed record TopicSummary(int Number, double Share, IReadOnlyList<TopicWord> Words)
{
    public static TopicSummary[] Of(NmfModelParameters model, int words) =>
        [.. Enumerable.Range(0, model.Rank).Select(k => new TopicSummary(
            k + 1, model.Contributions[k],
            [.. model.GetTopFeatures(k, words).Select(
                feature => new TopicWord(Readable(feature.Name), feature.Weight, feature.Lift))]))];

    /// <summary>The rows of a table, as many words as fit.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<TopicSummary> topics, string what = "topic")
        => Texts.Table(
        [
            ["", what, "share", "largest weights"],
            .. topics.Select(topic => new[]
            {
                "", $"{topic.Number}", Texts.Percent(topic.Share),
                topic.Words.Count == 0 ? "(empty)" : string.Join(", ", topic.Words.Select(word => word.Word)),
            }),
        ]);

    /// <summary>A run of words as people write it.</summary>
    public static string Readable(string word) => word.Replace('|', ' ');
}

/// <param name="Word">The word.</param>
/// <param name="Weight">Its share of the topic.</param>
/// <param name="Lift">Its share of the topic over its share of all.</param>
internal sealed record TopicWord(string Word, float Weight, double Lift);
