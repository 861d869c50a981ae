using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Sound in the catalog of transforms.</summary>
public static class AudioCatalog
{
    /// <summary>
    /// Creates an <see cref="AudioNmfEstimator"/>, which learns magnitude spectra of frames of 32 ms from clips of
    /// sound with the Kullback-Leibler divergence and describes every clip by the mean and the maximum of their
    /// activations over its frames.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of pooled activations, a vector of 2 ·
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column of clips: waveforms (vectors of Single) or paths of WAV files
    /// (text); null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="seed">Seed of the random start, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.AudioNmf("Code", "WavPath", rank: 20)
    ///     .Append(mlContext.Transforms.NormalizeLogMeanVariance("Code"))
    ///     .Append(mlContext.Transforms.Conversion.MapValueToKey("Label"))
    ///     .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy(featureColumnName: "Code"));
    /// </code>
    /// </example>
    public static AudioNmfEstimator AudioNmf(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, int rank = 20,
        int? seed = null)
        => AudioNmf(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="AudioNmfEstimator"/> with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static AudioNmfEstimator AudioNmf(this TransformsCatalog catalog, AudioNmfEstimator.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
