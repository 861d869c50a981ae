using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

/// <summary>Nonnegative matrix factorisation in the catalog of transforms.</summary>
public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="NmfEstimator"/>, which approximates every row v of a vector column by W h with a
    /// nonnegative dictionary W, learnt from all rows, and puts the nonnegative activations h into a new column.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a known-size vector of Singles, dense or sparse;
    /// null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">
    /// Divergence parameter β: 2 is the Euclidean distance, 1 Kullback-Leibler (counts), 0 Itakura-Saito (power
    /// spectra, strictly positive). <see cref="BetaDivergence"/> names them.
    /// </param>
    /// <param name="normalizeOutput">
    /// Whether the activations of a row are divided by their sum, so that they are shares; a row of zeros stays zero.
    /// </param>
    /// <param name="maximumNumberOfIterations">Most iterations of the fit.</param>
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
        int maximumNumberOfIterations = 200,
        int? seed = null)
        => new(CatalogUtils.GetEnvironment(catalog), new NmfEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Beta = beta,
            NormalizeOutput = normalizeOutput,
            MaximumNumberOfIterations = maximumNumberOfIterations,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="NmfEstimator"/> with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfEstimator NonnegativeMatrixFactorization(
        this TransformsCatalog catalog, NmfEstimator.Options options)
    {
        var environment = CatalogUtils.GetEnvironment(catalog);
        Contracts.CheckValue(options, nameof(options));
        return new NmfEstimator(environment, options);
    }

    /// <summary>
    /// Creates an <see cref="AutomaticRelevanceNmfEstimator"/>, which fits a nonnegative matrix factorisation and
    /// finds its rank: it starts from more components than the data need, and those that do not pay for themselves die
    /// out (Tan and Févotte 2013).
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations; its width is the rank found.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a known-size vector of Singles, dense or sparse;
    /// null for <paramref name="outputColumnName"/>.</param>
    /// <param name="maximumRank">Number of components to start from: more than are expected.</param>
    /// <param name="beta">Divergence parameter β: see <see cref="BetaDivergence"/>.</param>
    /// <param name="prior">Prior of the entries: exponential (ℓ1) or half-normal (ℓ2).</param>
    /// <param name="dispersion">Dispersion φ of the noise: the noise variance for β = 2, 1 for counts with β = 1 and
    /// for power spectrograms with β = 0.</param>
    /// <param name="numberOfStarts">Number of random starts; the fit with the lowest objective is kept.</param>
    /// <param name="seed">Seed of the random starts, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var estimator = mlContext.Transforms.AutomaticRelevanceNmf(
    ///     "Parts", "Pixels", maximumRank: 32, beta: BetaDivergence.KullbackLeibler);
    /// var model = estimator.Fit(data);
    /// Console.WriteLine($"{model.Model.Rank} components");
    /// </code>
    /// </example>
    public static AutomaticRelevanceNmfEstimator AutomaticRelevanceNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int maximumRank = 20,
        double beta = BetaDivergence.Euclidean,
        RelevancePrior prior = RelevancePrior.Exponential,
        double dispersion = 1,
        int numberOfStarts = 1,
        int? seed = null)
        => new(CatalogUtils.GetEnvironment(catalog), new AutomaticRelevanceNmfEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            MaximumRank = maximumRank,
            Beta = beta,
            Prior = prior,
            Dispersion = dispersion,
            NumberOfStarts = numberOfStarts,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="AutomaticRelevanceNmfEstimator"/> with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static AutomaticRelevanceNmfEstimator AutomaticRelevanceNmf(
        this TransformsCatalog catalog, AutomaticRelevanceNmfEstimator.Options options)
    {
        var environment = CatalogUtils.GetEnvironment(catalog);
        Contracts.CheckValue(options, nameof(options));
        return new AutomaticRelevanceNmfEstimator(environment, options);
    }

    /// <summary>
    /// Creates an <see cref="Trainers.NmfRatingTrainer"/>, which learns to predict ratings from triplets of user, item
    /// and rating. The arguments are those of ML.NET's matrix factorization trainer.
    /// </summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="labelColumnName">Column of ratings, Single, at least 0.</param>
    /// <param name="matrixColumnIndexColumnName">Key column of the users.</param>
    /// <param name="matrixRowIndexColumnName">Key column of the items.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">Measure of fit: 2 (Euclidean) or 1 (Kullback-Leibler).</param>
    /// <param name="seed">Seed of the start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    public static Trainers.NmfRatingTrainer NonnegativeMatrixFactorization(
        this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName,
        string matrixColumnIndexColumnName,
        string matrixRowIndexColumnName,
        int rank = 8,
        double beta = BetaDivergence.Euclidean,
        int? seed = null)
        => new(CatalogUtils.GetEnvironment(catalog), new Trainers.NmfRatingTrainer.Options
        {
            LabelColumnName = labelColumnName,
            MatrixColumnIndexColumnName = matrixColumnIndexColumnName,
            MatrixRowIndexColumnName = matrixRowIndexColumnName,
            Rank = rank,
            Beta = beta,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="Trainers.NmfRatingTrainer"/> with every option.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static Trainers.NmfRatingTrainer NonnegativeMatrixFactorization(
        this RegressionCatalog.RegressionTrainers catalog, Trainers.NmfRatingTrainer.Options options)
    {
        var environment = CatalogUtils.GetEnvironment(catalog);
        Contracts.CheckValue(options, nameof(options));
        return new Trainers.NmfRatingTrainer(environment, options);
    }
}
