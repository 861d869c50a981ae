using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace TopicService;

/// <summary>A row for the model.</summary>
internal sealed class TextDocument
{
    public string Text { get; set; } = "";
}

/// <summary>What the model makes of it: a weight for every topic.</summary>
internal sealed class TextTopics
{
    public float[] Topics { get; set; } = [];
}

/// <summary>A topic as a reader sees it.</summary>
/// <param name="Number">From 1, in order of size.</param>
/// <param name="Share">The part of the training texts that it accounts for, 0 to 1.</param>
/// <param name="Words">Its most frequent words.</param>
internal sealed record Topic(int Number, double Share, IReadOnlyList<string> Words);

/// <summary>The topics of a model. They are read from it once and forgotten with it.</summary>
internal static class TopicCatalog
{
    private const int WordsPerTopic = 10;
    private static readonly ConditionalWeakTable<ITransformer, IReadOnlyList<Topic>> Read = [];

    public static IReadOnlyList<Topic> Of(ITransformer model)
        => Read.GetValue(model, m => [.. Topics(Factorisation(m))]);

    /// <summary>Refuses a pipeline that has no factorisation, or puts its activations elsewhere.</summary>
    public static void Check(ITransformer model)
    {
        var output = Factorisation(model).OutputColumnName;
        if (output != nameof(TextTopics.Topics))
            throw new InvalidOperationException(
                $"The factorisation writes the column {output}, not {nameof(TextTopics.Topics)}.");
    }

    private static NmfTransformer Factorisation(ITransformer model) =>
        Steps(model).OfType<NmfTransformer>().LastOrDefault()
        ?? throw new InvalidOperationException("There is no nonnegative matrix factorisation in the pipeline.");

    // Chains may stand within chains.
    private static IEnumerable<ITransformer> Steps(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];

    private static IEnumerable<Topic> Topics(NmfTransformer transformer) =>
        Enumerable.Range(0, transformer.Model.Rank).Select(k => new Topic(
            k + 1,
            transformer.Model.Contributions[k],
            [.. transformer.Model.GetTopFeatures(k, WordsPerTopic).Select(feature => feature.Name)]));
}
