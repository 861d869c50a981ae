using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> of topics of which some are wanted: each has a name and a few words, and
    /// is found around them; the others find what is left. KL divergence, for counts.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations; the wanted topics come first, with their names
    /// as slot names.</param>
    /// <param name="inputColumnName">Name of the column of word counts, with the words as slot names; null for
    /// <paramref name="outputColumnName"/>.</param>
    /// <param name="topics">The topics that are wanted; five words each are plenty.</param>
    /// <param name="rank">Number of all topics; null for those that are wanted alone.</param>
    /// <param name="seed">Seed of the start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <remarks>More options: <see cref="NmfEstimator.Options.Guidance"/>.</remarks>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var estimator = mlContext.Transforms.GuidedTopics(
    ///     "Topics", "Counts",
    ///     [new("soil", "crop", "water", "irrigation"), new("finance", "market", "stock", "option")], rank: 10);
    /// </code>
    /// </example>
    public static NmfEstimator GuidedTopics(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        IReadOnlyList<GuidedTopic> topics,
        int? rank = null,
        int? seed = null)
        => NonnegativeMatrixFactorization(catalog, new NmfEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank ?? Math.Max(1, topics?.Count ?? 0),
            Problem = BetaDivergence.KullbackLeibler,
            Guidance = new(topics!),
            Seed = seed,
        });
}
