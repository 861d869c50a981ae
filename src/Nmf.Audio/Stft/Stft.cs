namespace Nmf.Audio;

/// <summary>
/// The short-time Fourier transform X of a real signal and its exact inverse: frames of the signal times a window, each
/// transformed; and back by weighted overlap-add, x_t = Σ_n w(t - n·hop) y_n(t) / Σ_n w²(t - n·hop), with y_n the
/// inverse transform of frame n. That is synthesis with the dual window, and for coefficients that belong to no signal
/// the least-squares solution (Griffin and Lim 1984).
/// </summary>
/// <remarks>
/// Transforms run in double precision, coefficients are stored in single: the round trip gives the signal back to about
/// 1e-7 of its peak. O(N log N) for a frame of N. Immutable and thread-safe; the streaming forms that it makes are not.
/// </remarks>
public sealed class Stft
{
    private readonly double[] _window;

    /// <summary>Prepares a transform.</summary>
    /// <param name="options">Frames, window, padding and scale; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the window and the hop cannot
    /// restore a signal.</exception>
    public Stft(StftOptions? options = null)
    {
        Options = options ?? new StftOptions();
        Options.Validate();
        (FrameLength, HopLength, FftLength) = (Options.FrameLength, Options.EffectiveHopLength,
            Options.EffectiveFftLength);
        var window = Windows.Create(Options.Window, FrameLength);
        var tight = Options.Scaling == StftScaling.TightFrame;
        _window = tight ? Windows.Tight(window, HopLength) : window;
        Scale = tight ? 1 / Math.Sqrt(FftLength) : 1;
        GreatestSumOfSquares = Windows.SumsOfSquares(_window, HopLength).Max();
    }

    /// <summary>The options.</summary>
    public StftOptions Options { get; }

    /// <summary>Length of a frame, in samples.</summary>
    public int FrameLength { get; }

    /// <summary>Distance between the starts of two frames, in samples.</summary>
    public int HopLength { get; }

    /// <summary>Length of the Fourier transform.</summary>
    public int FftLength { get; }

    /// <summary>Number of frequencies F, ⌊FftLength/2⌋ + 1: from 0 to half the sample rate.</summary>
    public int Bins => (FftLength / 2) + 1;

    /// <summary>How many samples of the first frame are before the signal.</summary>
    internal int Lead => Options.Padding switch
    {
        StftPadding.Full => FrameLength - HopLength,
        StftPadding.None => 0,
        _ => (FftLength / 2) - Offset,
    };

    /// <summary>Where in the transform a frame begins.</summary>
    internal int Offset => IsCentred ? (FftLength - FrameLength) / 2 : 0;

    private bool IsCentred => Options.Padding is StftPadding.Centred or StftPadding.Reflected;

    /// <summary>Whether centred frames go on to a centre behind the last sample.</summary>
    private bool HasRest => HopLength > FrameLength / 4;

    /// <summary>The window that frames are multiplied with, FrameLength values; with
    /// <see cref="StftScaling.TightFrame"/> its squares add up to one over the frames that meet.</summary>
    public ReadOnlySpan<double> Window => _window;

    internal double Scale { get; }

    internal double GreatestSumOfSquares { get; }

    /// <summary>Number of frames of a signal; 0 when it is too short for one.</summary>
    /// <param name="samples">Length of the signal, at least 0.</param>
    public long FrameCount(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        if (Options.Padding == StftPadding.Full)
            return samples == 0 ? 0 : ((samples - 1 + Lead) / HopLength) + 1;
        if (IsCentred)
            return samples == 0 ? 0 : ((samples + (HasRest ? HopLength - 1 : -(FftLength % 2))) / HopLength) + 1;
        return samples < FrameLength ? 0 : ((samples - FrameLength) / HopLength) + 1;
    }

    /// <summary>Number of samples that the inverse of so many frames restores: all of them with
    /// <see cref="StftPadding.None"/>; otherwise it depends on the signal, and this is the greatest length.</summary>
    /// <param name="frames">Number of frames, at least 0.</param>
    internal long SampleCount(long frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        if (frames == 0)
            return 0;
        return Options.Padding switch
        {
            StftPadding.Full => Math.Max(0, (frames * HopLength) - Lead),
            StftPadding.None => ((frames - 1) * HopLength) + FrameLength,
            _ => HasRest ? (frames - 1) * HopLength : (frames * HopLength) - 1 + (FftLength % 2),
        };
    }

    /// <summary>Frequency of a bin, in Hz.</summary>
    /// <param name="bin">0 … Bins - 1.</param>
    /// <param name="sampleRate">Sample rate in Hz.</param>
    public double Frequency(int bin, double sampleRate) => bin * sampleRate / FftLength;

    /// <summary>The transform of a whole signal.</summary>
    /// <param name="signal">Samples.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <returns>frames x bins complex coefficients, 8 bytes each.</returns>
    /// <exception cref="AudioDataException">The signal is empty, shorter than a frame without padding or too short to
    /// be reflected, or has a sample that is not finite.</exception>
    public Spectrogram Analyze(ReadOnlySpan<float> signal, CancellationToken cancellationToken = default)
    {
        RequireFrame(signal.Length);
        var spectrogram = new Spectrogram(this, checked((int)FrameCount(signal.Length)), signal.Length);
        var analyzer = new StftAnalyzer(this);
        for (var n = 0; n < spectrogram.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            signal = signal[analyzer.Push(signal)..];
            if (signal.IsEmpty && !analyzer.IsComplete)
                analyzer.Complete();
            analyzer.TryRead(spectrogram.Frame(n));
        }

        return spectrogram;
    }

    /// <summary>The transforms of all channels of a recording.</summary>
    /// <param name="recording">One channel or more.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <returns>channels x frames x bins complex coefficients, 8 bytes each.</returns>
    /// <exception cref="AudioDataException">The recording is empty, shorter than a frame without padding, or has a
    /// sample that is not finite.</exception>
    public MultichannelSpectrogram Analyze(AudioClip recording, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return new MultichannelSpectrogram(
            recording.SampleRate, [.. recording.Channels.Select(channel => Analyze(channel, cancellationToken))]);
    }

    /// <summary>The signal of a spectrogram that this transform or one with the same options made.</summary>
    /// <param name="spectrogram">Coefficients, which may have been changed.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <returns>As many samples as the signal had; without padding, as many as the frames cover.</returns>
    /// <exception cref="ArgumentException">The spectrogram was made with other options.</exception>
    public float[] Synthesize(Spectrogram spectrogram, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spectrogram);
        if (spectrogram.Stft.Options != Options)
            throw new ArgumentException(
                "The spectrogram was made with other options than this transform has.", nameof(spectrogram));
        var samples = new float[spectrogram.RestoredSamples];
        var synthesizer = new StftSynthesizer(this, samples.Length);
        var done = 0;
        for (var n = 0; n < spectrogram.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done += synthesizer.Push(spectrogram.Frame(n), samples.AsSpan(done));
        }

        synthesizer.Complete(samples.AsSpan(done));
        return samples;
    }

    /// <summary>The streaming transform: samples in, frames out, in memory for one frame.</summary>
    public StftAnalyzer CreateAnalyzer() => new(this);

    /// <summary>The streaming inverse: frames in, samples out, in memory for one frame.</summary>
    /// <param name="samples">Length of the signal, to leave out what comes from the zeros behind it; null to
    /// give everything.</param>
    public StftSynthesizer CreateSynthesizer(long? samples = null) => new(this, samples);

    internal void RequireFrame(long samples)
    {
        if (samples == 0)
            throw new AudioDataException("The signal is empty.");
        if (Options.Padding == StftPadding.Reflected && samples <= Lead)
            throw new AudioDataException(
                $"The signal has {samples} samples: to be reflected it needs more than {Lead}, half a frame.");
        if (FrameCount(samples) == 0)
        {
            throw new AudioDataException($"The signal has {samples} samples, less than a frame of "
                + $"{FrameLength}, and there is no padding. Choose a shorter frame or full padding.");
        }
    }
}
