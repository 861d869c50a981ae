using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates a <see cref="TensorNmfTrainer"/>, which learns a nonnegative tensor from rows of keys and a value, and
    /// predicts the value of other combinations of keys.
    /// </summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="labelColumnName">Column of values, Single, at least 0.</param>
    /// <param name="keyColumnNames">Key columns, one for each mode, two or more.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">Divergence parameter β.</param>
    /// <param name="absent">What a place means that has no row.</param>
    /// <param name="seed">Seed of the starts, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    public static TensorNmfTrainer TensorNmf(
        this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName,
        string[] keyColumnNames,
        int rank = 8,
        double beta = BetaDivergence.Euclidean,
        AbsentEntries absent = AbsentEntries.Missing,
        int? seed = null)
        => TensorNmf(catalog, new()
        {
            LabelColumnName = labelColumnName,
            KeyColumnNames = keyColumnNames,
            Rank = rank,
            Beta = beta,
            AbsentEntries = absent,
            Seed = seed,
        });

    /// <summary>Creates a <see cref="TensorNmfTrainer"/> with every option.</summary>
    /// <param name="catalog">The catalog of regression trainers.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static TensorNmfTrainer TensorNmf(
        this RegressionCatalog.RegressionTrainers catalog, TensorNmfTrainer.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
