using Microsoft.ML.Transforms;
using TopicModel.Corpus;

namespace TopicModel.Pipeline;

/// <summary>A topic as a reader sees it.</summary>
/// <param name="Number">From 1, in order of size.</param>
/// <param name="Share">The part of all words that it accounts for, 0 to 1.</param>
/// <param name="TopWords">Its most frequent words.</param>
/// <param name="Keywords">The words that tell it from the other topics: those with the largest lift.</param>
/// <param name="TypicalDocuments">Documents that stand for it and differ from each other.</param>
/// <param name="Label">A phrase of its texts, or null where none is frequent enough.</param>
internal sealed record Topic(
    int Number, double Share, IReadOnlyList<string> TopWords, IReadOnlyList<string> Keywords,
    IReadOnlyList<Document> TypicalDocuments, string? Label)
{
    /// <summary>What to call it: its label, or three words.</summary>
    public string Title
        => Label ?? (TopWords.Count == 0 ? "(empty)" : string.Join(", ", TopWords.Take(3)));

    /// <summary>The topics of a fitted model.</summary>
    /// <param name="model">The factorisation.</param>
    /// <param name="readings">Its labels and texts.</param>
    public static IReadOnlyList<Topic> Describe(NmfModelParameters model, TopicReadings readings)
        => [.. Enumerable.Range(0, model.Rank).Select(k => new Topic(
            k + 1,
            model.Contributions[k],
            Names(model.GetTopFeatures(k, 10)),
            Distinctive(model, k),
            readings.Representatives[k],
            readings.Labels[k] is [var best, ..] ? best.Phrase : null))];

    /// <summary>The weight of a text as an example: a short one is easily about one thing only; a long one
    /// that is says more.</summary>
    public static double Substance(Document document) => Math.Log(1 + document.Text.Length);

    /// <summary>Lift alone prefers rare words, so only those with a visible part of the topic
    /// are ranked by it.</summary>
    private static List<string> Distinctive(NmfModelParameters model, int topic)
    {
        const double visible = 0.002;
        double total = 0;
        foreach (var weight in model.GetComponent(topic))
            total += weight;
        return Names(model.GetTopFeatures(topic, model.FeatureCount, NmfFeatureRanking.Lift)
            .Where(f => f.Weight > visible * total).Take(8));
    }

    private static List<string> Names(IEnumerable<NmfFeature> features) => [.. features.Select(f => f.Name)];
}
