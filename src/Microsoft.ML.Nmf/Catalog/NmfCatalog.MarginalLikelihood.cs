using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates a <see cref="MarginalLikelihoodNmfEstimator"/>: a dictionary by maximum marginal likelihood, of which
    /// components vanish that the data do not need, and activations with their uncertainty (Dikmen and Févotte 2011,
    /// 2012).
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, posterior means: a vector of as many Singles
    /// as components are left.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of nonnegative numbers of known size;
    /// null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components that the fit starts from: more than the data need.</param>
    /// <param name="noise">The distribution of the data: counts, or spectra.</param>
    /// <param name="deviationColumnName">Name of a column for the standard deviations of the activations, or
    /// null.</param>
    /// <param name="logLikelihoodColumnName">Name of a column for the logarithm of the likelihood of the row, or
    /// null.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.MarginalLikelihoodNmf(
    ///     "Topics", "Counts", rank: 30, deviationColumnName: "Uncertainty");
    /// </code>
    /// </example>
    public static MarginalLikelihoodNmfEstimator MarginalLikelihoodNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 20,
        MarginalNoise noise = MarginalNoise.Poisson,
        string? deviationColumnName = null,
        string? logLikelihoodColumnName = null,
        int? seed = null)
        => MarginalLikelihoodNmf(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Noise = noise,
            DeviationColumnName = deviationColumnName,
            LogLikelihoodColumnName = logLikelihoodColumnName,
            Seed = seed,
        });

    /// <summary>Creates a <see cref="MarginalLikelihoodNmfEstimator"/> with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static MarginalLikelihoodNmfEstimator MarginalLikelihoodNmf(
        this TransformsCatalog catalog, MarginalLikelihoodNmfEstimator.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
