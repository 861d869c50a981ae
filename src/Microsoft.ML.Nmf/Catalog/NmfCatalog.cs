using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

/// <summary>
/// Nonnegative matrix factorisation in ML.NET's catalogs. The relatives of <c>NonnegativeMatrixFactorization</c> end in
/// <c>Nmf</c>, so that typing these letters lists them all; in the catalog of model operations stands what to know
/// before a fit (the rank, the number of endmembers) and after it (the quality of topics).
/// </summary>
public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="NmfEstimator"/>, which approximates every row v of a vector column by W h with a
    /// nonnegative dictionary W, learnt from all rows, and puts the nonnegative activations h into a new column.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of numbers of known size, dense or
    /// sparse; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">
    /// Divergence parameter β: 2 is the Euclidean distance, 1 Kullback-Leibler (counts), 0 Itakura-Saito (power
    /// spectra, strictly positive). <see cref="BetaDivergence"/> names them. Not the prior that LDA calls so.
    /// </param>
    /// <param name="normalizeOutput">
    /// Whether the activations of a row are divided by their sum, so that they are shares; a row of zeros stays zero.
    /// </param>
    /// <param name="maximumIterations">Most iterations of the fit.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.Text.ProduceWordBags("Words", "Text")
    ///     .Append(mlContext.Transforms.NonnegativeMatrixFactorization(
    ///         "Topics", "Words", rank: 20, beta: BetaDivergence.KullbackLeibler));
    /// </code>
    /// </example>
    public static NmfEstimator NonnegativeMatrixFactorization(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 10,
        double beta = BetaDivergence.Euclidean,
        bool normalizeOutput = false,
        int maximumIterations = 200,
        int? seed = null)
        => NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Problem = beta,
            NormalizeOutput = normalizeOutput,
            Iterations = new() { MaximumIterations = maximumIterations },
            Seed = seed,
        });

    /// <summary>Creates an <see cref="NmfEstimator"/> with every option, for every problem.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfEstimator NonnegativeMatrixFactorization(
        this TransformsCatalog catalog, NmfEstimator.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> that finds the rank: it starts from more components than the data need,
    /// and those that do not pay for themselves die out (Tan and Févotte 2013).
    /// <see cref="NmfModelParameters.Relevance"/> of the model has what was found.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations; its width is the rank found.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of numbers of known size, dense or
    /// sparse; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components to start from: more than are expected.</param>
    /// <param name="beta">Divergence parameter β: see <see cref="BetaDivergence"/>.</param>
    /// <param name="prior">Prior of the entries: exponential (ℓ1), half-normal (ℓ2), or the former for W and the latter
    /// for H.</param>
    /// <param name="dispersion">Dispersion φ of the noise: the noise variance for β = 2, 1 for counts with β = 1 and
    /// for power spectrograms with β = 0.</param>
    /// <param name="starts">Number of random starts; the fit with the lowest objective is kept.</param>
    /// <param name="maximumIterations">Most iterations of a start: relevances settle slowly, with the half-normal
    /// prior very slowly.</param>
    /// <param name="seed">Seed of the random starts, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var estimator = mlContext.Transforms.AutomaticRelevanceNmf(
    ///     "Parts", "Pixels", rank: 32, beta: BetaDivergence.KullbackLeibler);
    /// var model = estimator.Fit(data);
    /// Console.WriteLine($"{model.Model.Rank} components");
    /// </code>
    /// </example>
    public static NmfEstimator AutomaticRelevanceNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 20,
        double beta = BetaDivergence.Euclidean,
        RelevancePrior prior = RelevancePrior.Exponential,
        double dispersion = 1,
        int starts = 1,
        int maximumIterations = 2000,
        int? seed = null)
        => NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Problem = new AutomaticRelevance(beta) { Prior = prior, Dispersion = dispersion },
            Starts = starts,
            Iterations = new() { MaximumIterations = maximumIterations, Tolerance = 1e-6 },
            Seed = seed,
        });

    /// <summary>Creates an <see cref="NmfEstimator"/> that finds the rank, with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied. The problem must be an <see cref="AutomaticRelevance"/>; 2000
    /// iterations and a tolerance of 1e-6 are usual.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfEstimator AutomaticRelevanceNmf(this TransformsCatalog catalog, NmfEstimator.Options options)
        => Create<AutomaticRelevance>(catalog, options);

    // The method of one problem takes the options of that problem.
    private static NmfEstimator Create<TProblem>(TransformsCatalog catalog, NmfEstimator.Options options)
        where TProblem : NmfProblem
    {
        var environment = CatalogUtils.GetEnvironment(catalog);
        Contracts.CheckValue(options, nameof(options));
        Contracts.CheckUserArg(
            options.Problem?.GetType() == typeof(TProblem), nameof(options.Problem),
            $"The problem must be of type {typeof(TProblem).Name} here. "
            + "For others there is NonnegativeMatrixFactorization.");
        return new NmfEstimator(environment, options);
    }
}
