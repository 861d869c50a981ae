using Microsoft.ML.Transforms;
using TopicModel.Corpus;

namespace TopicModel.Pipeline;

/// <summary>A topic as a reader sees it.</summary>
/// <param name="Number">From 1, in order of size.</param>
/// <param name="Share">The part of all words that it accounts for, 0 to 1.</param>
/// <param name="TopWords">Its most frequent words.</param>
/// <param name="Keywords">The words that tell it from the other topics: those with the largest lift.</param>
/// <param name="TypicalDocuments">Documents that are about little else.</param>
internal sealed record Topic(
    int Number, double Share, IReadOnlyList<string> TopWords, IReadOnlyList<string> Keywords,
    IReadOnlyList<Document> TypicalDocuments)
{
    /// <summary>Three words to call it by.</summary>
    public string Title => TopWords.Count == 0 ? "(empty)" : string.Join(", ", TopWords.Take(3));

    /// <summary>The topics of a fitted model.</summary>
    /// <param name="model">The factorisation.</param>
    /// <param name="documents">The documents of the fit.</param>
    /// <param name="shares">Their topic shares.</param>
    public static IReadOnlyList<Topic> Describe(
        NmfModelParameters model, IReadOnlyList<Document> documents, IReadOnlyList<float[]> shares)
        => [.. Enumerable.Range(0, model.Rank).Select(k => new Topic(
            k + 1,
            model.Contributions[k],
            Names(model.GetTopFeatures(k, 10)),
            Distinctive(model, k),
            Typical(documents, shares, k)))];

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

    private static List<Document> Typical(IReadOnlyList<Document> documents, IReadOnlyList<float[]> shares, int topic)
        => [.. Enumerable.Range(0, documents.Count)
            .Where(n => shares[n][topic] > 0)
            .OrderByDescending(n => shares[n][topic] * Substance(documents[n]))
            .ThenBy(n => documents[n].Name, StringComparer.Ordinal)
            .Take(4).Select(n => documents[n])];

    private static List<string> Names(IEnumerable<NmfFeature> features) => [.. features.Select(f => f.Name)];
}
