using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="NmfRatingTrainer"/>, which learns to predict ratings from triplets of user, item and
    /// rating. The arguments are those of ML.NET's matrix factorization trainer.
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
    public static NmfRatingTrainer NonnegativeMatrixFactorization(
        this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName,
        string matrixColumnIndexColumnName,
        string matrixRowIndexColumnName,
        int rank = 8,
        double beta = BetaDivergence.Euclidean,
        int? seed = null)
        => NonnegativeMatrixFactorization(catalog, new()
        {
            LabelColumnName = labelColumnName,
            MatrixColumnIndexColumnName = matrixColumnIndexColumnName,
            MatrixRowIndexColumnName = matrixRowIndexColumnName,
            Rank = rank,
            Beta = beta,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="NmfRatingTrainer"/> with every option.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfRatingTrainer NonnegativeMatrixFactorization(
        this RegressionCatalog.RegressionTrainers catalog, NmfRatingTrainer.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
