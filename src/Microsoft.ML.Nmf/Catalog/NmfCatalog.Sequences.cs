using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates a <see cref="SequenceNmfEstimator"/> for smooth Itakura-Saito NMF,
    /// <c>D_IS(V | WH) + λ Σ d_IS(h_{n-1} | h_n)</c>: activations that change slowly from row to row (Févotte 2011).
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of positive numbers of known size; null
    /// for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="smoothness">Weight λ, at least 0.</param>
    /// <param name="sequenceColumnName">Name of the column that tells sequences apart (Key, Text or an integer); null
    /// when all rows are one sequence.</param>
    /// <param name="maximumIterations">Most iterations of the fit.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.SmoothNmf(
    ///     "Activations", "Spectrum", rank: 10, smoothness: 10, sequenceColumnName: "Recording");
    /// </code>
    /// </example>
    public static SequenceNmfEstimator SmoothNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 10,
        double smoothness = 1,
        string? sequenceColumnName = null,
        int maximumIterations = 200,
        int? seed = null)
        => SmoothNmf(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Smoothness = smoothness,
            SequenceColumnName = sequenceColumnName,
            Iterations = new() { MaximumIterations = maximumIterations },
            Seed = seed,
        });

    /// <summary>Creates a <see cref="SequenceNmfEstimator"/> for smooth IS-NMF with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static SequenceNmfEstimator SmoothNmf(
        this TransformsCatalog catalog, SequenceNmfEstimator.SmoothOptions options)
        => new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Creates a <see cref="SequenceNmfEstimator"/> for the nonnegative dynamical system,
    /// <c>D_IS(V | WH) + Σ α d_IS(h_n | A h_{n-1})</c> (Févotte, Le Roux and Hershey 2013).
    /// </summary>
    /// <remarks>A patent application exists on transforming signals with this model (WO 2014/065342): take advice on
    /// its status before you use it commercially.</remarks>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of positive numbers of known size; null
    /// for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="shape">Shape α of the innovations, at least 0: the larger, the closer
    /// activations follow A h.</param>
    /// <param name="sequenceColumnName">Name of the column that tells sequences apart (Key, Text or an integer); null
    /// when all rows are one sequence.</param>
    /// <param name="maximumIterations">Most iterations of the fit.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    public static SequenceNmfEstimator DynamicalSystemNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 10,
        double shape = 1,
        string? sequenceColumnName = null,
        int maximumIterations = 200,
        int? seed = null)
        => DynamicalSystemNmf(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Shape = shape,
            SequenceColumnName = sequenceColumnName,
            Iterations = new() { MaximumIterations = maximumIterations },
            Seed = seed,
        });

    /// <summary>Creates a <see cref="SequenceNmfEstimator"/> for the nonnegative dynamical system
    /// with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static SequenceNmfEstimator DynamicalSystemNmf(
        this TransformsCatalog catalog, SequenceNmfEstimator.DynamicalSystemOptions options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
