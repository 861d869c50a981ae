using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms.Text;
using TopicModel.Pipeline;

namespace TopicModel.Evaluation;

/// <summary>ML.NET's own topic model, latent Dirichlet allocation by Gibbs sampling, on the same word counts.</summary>
internal static class LdaTopics
{
    /// <summary>What differs from ML.NET's defaults, for the reader of the table.</summary>
    public const string Settings =
        "ML.NET's defaults (200 iterations), but a prior of 1 per topic and no limit on the length of a text";

    private const string Name = "LDA topics";
    private const string Column = "LdaTopics";

    /// <summary>Fits it to the training part.</summary>
    public static FeatureSet Fit(MLContext ml, CountedCorpus corpus, int topics)
    {
        using var silence = NativeOutput.Silence();
        var start = Stopwatch.GetTimestamp();
        var transformer = ml.Transforms.Text.LatentDirichletAllocation(
            Column, WordCounts.Column,
            numberOfTopics: topics,
            // The default of 100 over all topics blurs short texts.
            alphaSum: topics,
            // A text whose first word alone is over the limit makes the transformer throw.
            maximumTokenCountPerDocument: 1 << 18,
            // The likelihood is only printed, and computing it takes time.
            likelihoodInterval: int.MaxValue,
            numberOfSummaryTermsPerTopic: TopicJudgement.Words,
            resetRandomGenerator: true).Fit(corpus.Training);
        return new FeatureSet(Name, Column, transformer, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>How coherent its topics are.</summary>
    public static TopicJudgement Judge(MLContext ml, CountedCorpus corpus, FeatureSet topics)
    {
        // Words have names here, so that the details come with them.
        var words = ((LatentDirichletAllocationTransformer)topics.Transformer!).GetLdaDetails(0).WordScoresPerTopic;
        return TopicJudgement.Of(
            ml, corpus, Name, [.. words.Select(topic => (IReadOnlyList<int>)[.. topic.Select(word => word.Item)])]);
    }
}
