using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="OnlineNmfEstimator"/>, which fits the same factorisation batch by batch without holding
    /// the data: for data larger than the memory and for bringing a model up to date.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of numbers of known size, dense or
    /// sparse; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">Divergence parameter β: see <see cref="BetaDivergence"/>.</param>
    /// <param name="normalizeOutput">Whether the activations of a row are divided by their sum, so that
    /// they are shares.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="passes">Most passes over the data.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var shuffled = mlContext.Data.ShuffleRows(data, seed: 1);
    /// var model = mlContext.Transforms.OnlineNmf("Topics", "Words", rank: 50, beta: BetaDivergence.KullbackLeibler)
    ///     .Fit(shuffled);
    /// </code>
    /// </example>
    public static OnlineNmfEstimator OnlineNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 10,
        double beta = BetaDivergence.Euclidean,
        bool normalizeOutput = false,
        int batchSize = 1024,
        int passes = 10,
        int? seed = null)
        => OnlineNmf(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Beta = beta,
            BatchSize = batchSize,
            Passes = passes,
            NormalizeOutput = normalizeOutput,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="OnlineNmfEstimator"/> with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static OnlineNmfEstimator OnlineNmf(this TransformsCatalog catalog, OnlineNmfEstimator.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
