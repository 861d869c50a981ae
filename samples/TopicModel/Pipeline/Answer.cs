using Microsoft.ML;
using TopicModel.Corpus;

namespace TopicModel.Pipeline;

/// <summary>What a saved model says about one sentence.</summary>
/// <param name="Sentence">The sentence.</param>
/// <param name="Topics">Its topics and their shares, largest first; empty where the model knows
/// none of its words.</param>
/// <param name="ClosestDocuments">The documents with the most similar topics, closest first.</param>
internal sealed record Answer(
    string Sentence, IReadOnlyList<(Topic Topic, double Share)> Topics, IReadOnlyList<Document> ClosestDocuments)
{
    private const double SmallestShare = 0.03;

    /// <summary>Loads a model as a program that did not train it would, and asks it.</summary>
    /// <param name="modelFile">A file that <see cref="TopicFit.Save"/> wrote.</param>
    /// <param name="sentence">The sentence; identifiers in it are split as those of the corpus are.</param>
    /// <param name="topics">What the topics are called.</param>
    /// <param name="documents">Where to look for similar texts.</param>
    public static Answer FromSavedModel(
        string modelFile, string sentence, IReadOnlyList<Topic> topics, IReadOnlyList<Document> documents)
    {
        var ml = new MLContext();
        var model = ml.Model.Load(modelFile, out _);
        using var engine = ml.Model.CreatePredictionEngine<TextRow, TopicsRow>(model);
        var shares = engine.Predict(new TextRow { Text = IdentifierWords.Split(sentence) }).Topics;
        if (!shares.AsSpan().ContainsAnyExcept(0f))
            return new Answer(sentence, [], []);

        var rows = model.Transform(ml.Data.LoadFromEnumerable(documents.Select(d => new TextRow { Text = d.Text })));
        var closest = ml.Data.CreateEnumerable<TopicsRow>(rows, reuseRowObject: false)
            .Select((row, n) => (Document: documents[n],
                Similarity: Cosine(shares, row.Topics) * Topic.Substance(documents[n])))
            .OrderByDescending(d => d.Similarity).ThenBy(d => d.Document.Name, StringComparer.Ordinal)
            .Take(5).Select(d => d.Document);
        return new Answer(
            sentence,
            [.. topics.Select((t, k) => (t, (double)shares[k]))
                .Where(t => t.Item2 >= SmallestShare).OrderByDescending(t => t.Item2)],
            [.. closest]);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, squareOfA = 0, squareOfB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += a[i] * b[i];
            squareOfA += a[i] * a[i];
            squareOfB += b[i] * b[i];
        }

        return squareOfB == 0 ? 0 : product / Math.Sqrt(squareOfA * squareOfB);
    }
}
