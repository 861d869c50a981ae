using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The coefficients X of a short-time Fourier transform: frames x bins complex values, 8 bytes each. Rows are frames,
/// as in ML.NET, so that the power spectrogram is data for <see cref="NmfFactorizer"/> as it is.
/// </summary>
/// <remarks>Concurrent reads are safe.</remarks>
public sealed class Spectrogram
{
    private readonly Matrix<float> _values;

    private delegate void FrameMap(ReadOnlySpan<float> coefficients, Span<float> result);

    /// <summary>A spectrogram of zeros, to be written to.</summary>
    /// <param name="stft">The transform to which it belongs.</param>
    /// <param name="frames">Number of frames N, at least 1.</param>
    /// <param name="signalLength">Number of samples of the signal, of which <paramref name="stft"/> makes so many
    /// frames.</param>
    /// <exception cref="ArgumentException">A signal of this length has another number of frames.</exception>
    public Spectrogram(Stft stft, int frames, long signalLength)
    {
        ArgumentNullException.ThrowIfNull(stft);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (stft.FrameCount(signalLength) != frames)
            throw new ArgumentException(
                $"A signal of {signalLength} samples has {stft.FrameCount(signalLength)} frames, "
                + $"not {frames}.", nameof(frames));
        Stft = stft;
        SignalLength = signalLength;
        _values = new Matrix<float>(frames, 2 * stft.Bins);
    }

    /// <summary>The transform that made it.</summary>
    public Stft Stft { get; }

    /// <summary>Number of frames N.</summary>
    public int Frames => _values.Rows;

    /// <summary>Number of frequencies F.</summary>
    public int Bins => Stft.Bins;

    /// <summary>Number of samples of the signal.</summary>
    public long SignalLength { get; }

    /// <summary>Number of samples that <see cref="Stft.Synthesize"/> gives: those of the signal; without padding, those
    /// that the frames cover.</summary>
    internal long RestoredSamples => Math.Min(SignalLength, Stft.SampleCount(Frames));

    /// <summary>The coefficients of a frame.</summary>
    /// <param name="frame">0 … Frames - 1.</param>
    /// <returns>2 · Bins values that may be changed: real and imaginary part of every frequency in turn.</returns>
    public Span<float> Frame(int frame) => _values.Row(frame);

    /// <summary>The power spectrogram |X|², what the Itakura-Saito divergence is made for.</summary>
    /// <returns>frames x bins.</returns>
    public Matrix<float> Power() => Map(Spectra.Power);

    /// <summary>The magnitude spectrogram |X|, on which the Kullback-Leibler divergence is commonly used.</summary>
    /// <returns>frames x bins.</returns>
    public Matrix<float> Magnitude() => Map(Spectra.Magnitude);

    private Matrix<float> Map(FrameMap map)
    {
        var result = new Matrix<float>(Frames, Bins);
        for (var n = 0; n < Frames; n++)
            map(Frame(n), result.Row(n));
        return result;
    }
}
