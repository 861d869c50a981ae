using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;
using TopicModel.Pipeline;

namespace TopicModel.Evaluation;

/// <summary>How coherent and how different the topics of a model are, judged by the training documents.</summary>
/// <param name="Name">The model.</param>
/// <param name="Quality">The figures.</param>
internal sealed record TopicJudgement(string Name, TopicQuality Quality)
{
    /// <summary>Number of words by which a topic is judged.</summary>
    public const int Words = 10;

    /// <summary>What the figures mean, for the reader of the table.</summary>
    public const string Meaning = "NPMI: do the ten leading words of a topic occur in the same texts (1 always, "
        + "0 by chance, -1 never)? Diversity: the part of all leading words that lead one topic only.";

    public static TopicJudgement Of(MLContext ml, CountedCorpus corpus, NmfModelParameters model)
        => new("NMF topics", ml.Model.EvaluateTopics(corpus.Training, WordCounts.Column, model, Words));

    public static TopicJudgement Of(
        MLContext ml, CountedCorpus corpus, string name, IReadOnlyList<IReadOnlyList<int>> topics)
        => new(name, ml.Model.EvaluateTopics(corpus.Training, WordCounts.Column, topics));
}
