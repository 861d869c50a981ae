using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Sources that were found in a recording of several channels: how each of them is mixed into the channels, its spectra
/// and their activations. With it the recording, or another of the same sources in the same places, is taken apart
/// (multichannel Wiener filter).
/// </summary>
/// <remarks>Immutable and thread-safe. Mixing vectors have length 1, their first entry no phase, and the entries of a
/// spectrum the sum 1: the activations carry the power, that of all channels together. The mixing of a source whose
/// spectra were known may have another length at each frequency: it filters them.</remarks>
public sealed class MultichannelModel
{
    private const int InferenceIterations = 100;

    internal MultichannelModel(
        int sampleRate, StftOptions stft, MultichannelMethod method, MixingFactors factors, double floor,
        FitReport? report)
    {
        (SampleRate, Stft, Method) = (sampleRate, new Stft(stft), method);
        (Factors, Floor, Report) = (factors, floor, report);
        Activations = Transposed(factors.Activations);
    }

    /// <summary>Sample rate of the recording, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The transform of the recording.</summary>
    public Stft Stft { get; }

    /// <summary>What was minimised.</summary>
    public MultichannelMethod Method { get; }

    /// <summary>How the best of the starts went, or null for a model that was loaded.</summary>
    public FitReport? Report { get; }

    /// <summary>Number of channels I.</summary>
    public int Channels => Factors.Channels;

    /// <summary>Number of sources J.</summary>
    public int Sources => Factors.Sources;

    /// <summary>Spectra of all sources, frequencies x K.</summary>
    public Matrix<double> Dictionary => Factors.Dictionary;

    /// <summary>Activations in the recording that was fitted, frames x K.</summary>
    public Matrix<double> Activations { get; }

    internal MixingFactors Factors { get; }

    internal double Floor { get; }

    /// <summary>The components of a source.</summary>
    /// <param name="source">Which source, from 0.</param>
    public Range Components(int source) => Factors.Offsets[source]..Factors.Offsets[source + 1];

    /// <summary>Gain and phase with which a channel hears a source; phases are zero in a model of
    /// <see cref="MultiplicativeUpdates"/>. In a model of <see cref="FullRankCovariance"/>, whose sources are heard
    /// from many directions, that of most of the power.</summary>
    /// <param name="bin">Which frequency; all are the same where the mixing is instantaneous.</param>
    /// <param name="channel">Which channel.</param>
    /// <param name="source">Which source.</param>
    public Complex Mixing(int bin, int channel, int source)
    {
        if (!Factors.IsFullRank)
            return Factors.Mixing(bin, channel, source);
        var principal = SourceDirection.Principal(Factors.Covariance(bin, source), Channels);
        var head = principal is null ? 0 : principal[0];
        return principal is null ? 0 : head == 0 ? principal[channel]
            : principal[channel] * Complex.Conjugate(head) / head.Magnitude;
    }

    /// <summary>Power of the noise of a channel; 0 in a model of <see cref="MultiplicativeUpdates"/>.</summary>
    /// <param name="bin">Which frequency.</param>
    /// <param name="channel">Which channel.</param>
    public double NoisePower(int bin, int channel) => Factors.Noise[(bin * Channels) + channel];

    /// <summary>Activations in another recording; mixing, spectra and noise stay.</summary>
    /// <remarks>The noise has the level of the recording that was fitted, so that one that is much softer drowns in it:
    /// scale it to the level of the other. Frames are inferred independently of each other, so that a long recording,
    /// or a stream, may be given in pieces: without a tolerance, the default, they have the same activations as
    /// together.</remarks>
    /// <param name="mixture">Channels, frequencies and sample rate are those of the fit.</param>
    /// <param name="iterations">When to stop; null for 100 iterations.</param>
    /// <param name="activity">When each source is heard; null where nothing is known.</param>
    /// <param name="threads">Number of threads; null for one per processor.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>frames x K.</returns>
    /// <exception cref="ArgumentException">The mixture does not fit the model.</exception>
    /// <exception cref="AudioDataException">A coefficient is not finite.</exception>
    public Matrix<double> Infer(
        MultichannelSpectrogram mixture, IterationOptions? iterations = null, ActivityTable? activity = null,
        int? threads = null, CancellationToken cancellationToken = default)
    {
        RequireFit(mixture);
        iterations ??= new() { MaximumIterations = InferenceIterations, Tolerance = 0 };
        iterations.Validate();
        activity?.RequireFit(Sources, mixture);
        var masks = activity?.Frames(Sources, mixture);
        var data = MixtureData.From(mixture, 0);
        var start = Factors.Empty(mixture.Frames);
        Factors.CopyParametersTo(start);
        for (var n = 0; n < mixture.Frames; n++)
        {
            // Flat, with the power of the frame: entries of a spectrum sum to 1.
            double power = 0;
            foreach (var channel in mixture.Channels)
                power += TensorPrimitives.SumOfSquares<float>(channel.Frame(n));
            for (var k = 0; k < start.Rank; k++)
                start.Activations[k, n] = masks is null || masks[start.SourceOf(k)][n]
                    ? Math.Max(power, Floor * mixture.Bins) / start.Rank : 0;
        }

        if (!Method.HasPhases)
            start.SquareMixing();
        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        var solver = Method.CreateInference(data, start, Floor, team);
        FitLoop.Run(solver, iterations, null, cancellationToken);
        return Transposed(solver.Current.Activations);
    }

    /// <summary>The image of a source: what every channel hears of it.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="activations">frames x K, of <see cref="Activations"/> or <see cref="Infer"/>.</param>
    /// <param name="source">Which source.</param>
    /// <param name="withNoise">Whether the noise is shared out among the sources, by their power: then the images of
    /// all of them add up to the mixture, to rounding. Without it the rest is <see cref="NoiseImage"/>.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <exception cref="ArgumentException">Shapes do not match, or there is no such source.</exception>
    public MultichannelSpectrogram SourceImage(
        MultichannelSpectrogram mixture, Matrix<double> activations, int source, bool withNoise = true,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)source, (uint)Sources, nameof(source));
        var gains = new double[Factors.Rank];
        gains.AsSpan()[Components(source)].Fill(1);
        return Image(mixture, activations, gains, withNoise, cancellationToken);
    }

    /// <summary>The image of one component.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="activations">frames x K.</param>
    /// <param name="component">Which component.</param>
    /// <param name="withNoise">Whether the noise is shared out among the components.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <exception cref="ArgumentException">Shapes do not match, or there is no such component.</exception>
    public MultichannelSpectrogram ComponentImage(
        MultichannelSpectrogram mixture, Matrix<double> activations, int component, bool withNoise = true,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)component, (uint)Factors.Rank, nameof(component));
        var gains = new double[Factors.Rank];
        gains[component] = 1;
        return Image(mixture, activations, gains, withNoise, cancellationToken);
    }

    /// <summary>What the channels have beside the sources.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="activations">frames x K.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    public MultichannelSpectrogram NoiseImage(
        MultichannelSpectrogram mixture, Matrix<double> activations, CancellationToken cancellationToken = default)
    {
        var gains = new double[Factors.Rank];
        Array.Fill(gains, 1);
        var image = Image(mixture, activations, gains, false, cancellationToken);
        for (var i = 0; i < Channels; i++)
        {
            for (var n = 0; n < mixture.Frames; n++)
            {
                var rest = image.Channels[i].Frame(n);
                TensorPrimitives.Subtract(mixture.Channels[i].Frame(n), rest, rest);
            }
        }

        return image;
    }

    /// <summary>Another mix: the images of the sources, each with a gain, added up; the noise goes with them.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="activations">frames x K.</param>
    /// <param name="gains">A gain for every source.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    public MultichannelSpectrogram Remix(
        MultichannelSpectrogram mixture, Matrix<double> activations, ReadOnlySpan<double> gains,
        CancellationToken cancellationToken = default)
    {
        if (gains.Length != Sources)
            throw new ArgumentException(
                $"There are {gains.Length} gains for {Sources} sources.", nameof(gains));
        var ofComponents = new double[Factors.Rank];
        for (var j = 0; j < Sources; j++)
        {
            if (!double.IsFinite(gains[j]))
                throw new ArgumentException($"The gain of source {j} is {gains[j]}.", nameof(gains));
            ofComponents.AsSpan()[Components(j)].Fill(gains[j]);
        }

        return Image(mixture, activations, ofComponents, true, cancellationToken);
    }

    /// <summary>Separates a recording: infers the activations and makes the image of every source.</summary>
    /// <param name="recording">Channels and sample rate are those of the fit.</param>
    /// <param name="activity">When each source is heard; null where nothing is known.</param>
    /// <param name="cancellationToken">Looked at before every frame and iteration.</param>
    /// <returns>A clip of all channels for every source; they add up to the recording.</returns>
    /// <exception cref="ArgumentException">The recording does not fit the model.</exception>
    public IReadOnlyList<AudioClip> Separate(
        AudioClip recording, ActivityTable? activity = null, CancellationToken cancellationToken = default)
    {
        var mixture = Stft.Analyze(recording, cancellationToken);
        var activations = Infer(mixture, activity: activity, cancellationToken: cancellationToken);
        return [.. Enumerable.Range(0, Sources).Select(j => SourceImage(
            mixture, activations, j, cancellationToken: cancellationToken).ToClip(cancellationToken))];
    }

    /// <summary>Separates a recording of any length, block by block: memory for 256 frames, whatever its
    /// length.</summary>
    /// <param name="recording">Channels and sample rate are those of the fit; read to its end, not disposed.</param>
    /// <param name="images">Of every source where its image is written, with the channels and the sample rate of the
    /// recording; not disposed.</param>
    /// <param name="threads">Number of threads; null for one per processor.</param>
    /// <param name="cancellationToken">Looked at before every frame and iteration.</param>
    /// <exception cref="ArgumentException">The recording or a file does not fit the model.</exception>
    /// <exception cref="AudioDataException">The recording is empty, or a sample not finite.</exception>
    public void Separate(
        WavReader recording, IReadOnlyList<WavWriter> images, int? threads = null,
        CancellationToken cancellationToken = default)
        => new BlockSeparation(this, recording, images).Run(threads, cancellationToken);

    /// <summary>Writes the model to a file, over an older one.</summary>
    /// <param name="path">Path of the file.</param>
    public void Save(string path)
    {
        using var stream = File.Create(AudioPath.RequireNoFolder(path));
        Save(stream);
    }

    /// <summary>Writes the model.</summary>
    /// <param name="stream">A stream to write to; left open.</param>
    public void Save(Stream stream) => MultichannelModelFile.Write(this, stream);

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static MultichannelModel Load(string path)
    {
        using var stream = File.OpenRead(AudioPath.RequireNoFolder(path));
        return Load(stream);
    }

    /// <summary>Reads a model that <see cref="Save(Stream)"/> wrote.</summary>
    /// <param name="stream">A stream to read from, up to the end of the model; left open.</param>
    /// <exception cref="InvalidDataException">It is no model, or it is damaged.</exception>
    public static MultichannelModel Load(Stream stream) => MultichannelModelFile.Read(stream);

    private MultichannelSpectrogram Image(
        MultichannelSpectrogram mixture, Matrix<double> activations, double[] gains, bool withNoise,
        CancellationToken cancellationToken)
    {
        RequireFit(mixture);
        ArgumentNullException.ThrowIfNull(activations);
        if (activations.Rows != mixture.Frames || activations.Columns != Factors.Rank)
        {
            throw new ArgumentException(
                $"The activations are {activations.Rows} frames x {activations.Columns} components, "
                + $"but {mixture.Frames} x {Factors.Rank} are needed.", nameof(activations));
        }

        for (var n = 0; n < activations.Rows; n++)
        {
            var row = activations.Row(n);
            for (var k = 0; k < row.Length; k++)
            {
                if (!(row[k] >= 0 && row[k] < double.PositiveInfinity))
                    throw new ArgumentException(
                        $"The activation of component {k} in frame {n} is {row[k]}: it must be nonnegative and finite.",
                        nameof(activations));
            }
        }

        MixtureData.RequireFinite(mixture);
        return new SpatialFilter(Factors, Method.HasPhases).Image(
            mixture, activations, gains, withNoise, cancellationToken);
    }

    private void RequireFit(MultichannelSpectrogram mixture)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        if (mixture.Channels.Count != Channels || mixture.Stft.Options.Explicit != Stft.Options.Explicit
            || mixture.SampleRate != SampleRate)
        {
            throw new ArgumentException(
                $"The mixture has {mixture.Channels.Count} channels at {mixture.SampleRate} Hz, the model "
                + $"{Channels} at {SampleRate} Hz, or the options of their transforms differ.",
                nameof(mixture));
        }
    }

    private static Matrix<double> Transposed(Matrix<double> matrix)
    {
        var result = new Matrix<double>(matrix.Columns, matrix.Rows);
        for (var n = 0; n < matrix.Columns; n++)
        {
            for (var k = 0; k < matrix.Rows; k++)
                result.Row(n)[k] = matrix.Row(k)[n];
        }

        return result;
    }
}
