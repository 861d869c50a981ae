using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The dictionaries that a time-frequency synthesis learnt: of every layer its frame and its spectra, and the variance
/// of the noise. With it another recording of the same sounds is taken apart.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class SynthesisModel
{
    private readonly (StftOptions Stft, Matrix<double> Dictionary)[] _layers;

    internal SynthesisModel(
        int sampleRate, SynthesisLikelihood likelihood, double noiseVariance,
        (StftOptions Stft, Matrix<double> Dictionary)[] layers)
        => (SampleRate, Likelihood, NoiseVariance, _layers) = (sampleRate, likelihood, noiseVariance, layers);

    /// <summary>Sample rate, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>What was maximised.</summary>
    public SynthesisLikelihood Likelihood { get; }

    /// <summary>Variance λ of the noise, full scale being 1.</summary>
    public double NoiseVariance { get; }

    /// <summary>Number of layers.</summary>
    public int Layers => _layers.Length;

    /// <summary>The frame of a layer.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public StftOptions Stft(int layer) => _layers[Require(layer)].Stft;

    /// <summary>The spectra of a layer: W, frequencies x K, whose columns sum to 1.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public Matrix<double> Dictionary(int layer) => _layers[Require(layer)].Dictionary;

    /// <summary>Takes another recording apart: activations and coefficients are found, dictionaries and noise stay.
    /// </summary>
    /// <param name="signal">Samples of one channel, at the same sample rate.</param>
    /// <param name="iterations">When to stop; null for 80 iterations.</param>
    /// <param name="seed">Seed of the start of the activations.</param>
    /// <param name="threads">Number of threads; null for one per processor. The result does not depend on it.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="AudioDataException">The signal is empty or has a sample that is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SynthesisDecomposition Decompose(
        ReadOnlySpan<float> signal, IterationOptions? iterations = null, int seed = 0, int? threads = null,
        CancellationToken cancellationToken = default)
    {
        var options = new SynthesisOptions
        {
            Layers = [.. _layers.Select(layer => new SynthesisLayer
            {
                Stft = layer.Stft, Rank = layer.Dictionary.Columns,
            })],
            Noise = SynthesisNoise.Fixed(NoiseVariance), Likelihood = Likelihood, Seed = seed, Threads = threads,
        };
        options = iterations is null ? options : options with { Iterations = iterations };
        options.Validate();
        return TimeFrequencySynthesis.Run(signal, SampleRate, options, this, null, null, cancellationToken);
    }

    /// <summary>Writes the model to a file, over an older one.</summary>
    /// <param name="path">Path of the file.</param>
    public void Save(string path)
    {
        using var stream = File.Create(AudioPath.RequireNoFolder(path));
        Save(stream);
    }

    /// <summary>Writes the model.</summary>
    /// <param name="stream">A stream to write to; left open.</param>
    public void Save(Stream stream) => SynthesisModelFile.Write(this, stream);

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static SynthesisModel Load(string path)
    {
        using var stream = File.OpenRead(AudioPath.RequireNoFolder(path));
        return Load(stream);
    }

    /// <summary>Reads a model that <see cref="Save(Stream)"/> wrote.</summary>
    /// <param name="stream">A stream to read from, up to the end of the model; left open.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static SynthesisModel Load(Stream stream) => SynthesisModelFile.Read(stream);

    private int Require(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)_layers.Length, nameof(layer));
        return layer;
    }
}
