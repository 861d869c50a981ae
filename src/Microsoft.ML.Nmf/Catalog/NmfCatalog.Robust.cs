using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> that fits v ≈ W h + r with a sparse outlier part r ≥ 0, so that
    /// outliers do not bend the dictionary, and puts the size of r, an anomaly score, into a second column
    /// (Févotte and Dobigeon 2015).
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of numbers of known size, dense or
    /// sparse; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">Divergence parameter β, between 0 and 2.</param>
    /// <param name="lambda">
    /// Penalty λ of the outlier part, greater than zero; null for one from the data, a multiple of the median of what a
    /// plain fit leaves, which the model tells. With β = 2 a row has an outlier part once the positive part of
    /// its residual is longer than λ; with β = 1 an entry is an outlier once it exceeds 1 + λ times the model.
    /// </param>
    /// <param name="kind">Whether whole samples are outliers or single entries.</param>
    /// <param name="scoreColumnName">Name of the column with the size of each row's outlier part, a Single: ‖r‖₂ for
    /// outlying samples, Σ r for entries.</param>
    /// <param name="outlierColumnName">Name of a third column, the outlier part itself, a vector like the
    /// input; null for none.</param>
    /// <param name="maximumIterations">Most iterations of the fit.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.RobustNmf(
    ///     "Parts", "Spectrum", rank: 5, scoreColumnName: "Anomaly");
    /// </code>
    /// </example>
    public static NmfEstimator RobustNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 10,
        double beta = BetaDivergence.Euclidean,
        double? lambda = null,
        OutlierKind kind = OutlierKind.Samples,
        string scoreColumnName = "OutlierScore",
        string? outlierColumnName = null,
        int maximumIterations = 200,
        int? seed = null)
        => NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Problem = new RobustNmf(beta, lambda, kind),
            OutlierScoreColumnName = scoreColumnName,
            OutlierColumnName = outlierColumnName,
            Iterations = new() { MaximumIterations = maximumIterations },
            Seed = seed,
        });

    /// <summary>Creates an <see cref="NmfEstimator"/> with an outlier term and every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied. The problem must be a
    /// <see cref="global::Nmf.RobustNmf"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfEstimator RobustNmf(this TransformsCatalog catalog, NmfEstimator.Options options)
        => Create<RobustNmf>(catalog, options);
}
