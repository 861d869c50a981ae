using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The streaming short-time Fourier transform: push samples as they come, read frames as they fill. Memory
/// for one frame, no allocation after construction. The frames are those of
/// <see cref="Stft.Analyze(ReadOnlySpan{float}, CancellationToken)"/>, to the bit. Not thread-safe.
/// </summary>
/// <example>
/// <code>
/// void Analyze(StftAnalyzer analyzer, ReadOnlySpan&lt;float&gt; samples, float[] frame, Action&lt;float[]&gt; use)
/// {
///     while (!samples.IsEmpty)
///     {
///         samples = samples[analyzer.Push(samples)..];
///         while (analyzer.TryRead(frame))
///             use(frame);
///     }
///
///     analyzer.Complete();
///     while (analyzer.TryRead(frame))
///         use(frame);
/// }
/// </code>
/// </example>
public sealed class StftAnalyzer
{
    private readonly RealFourierTransform _transform;
    private readonly float[] _buffer;
    private readonly double[] _windowed;
    private readonly Complex[] _spectrum;
    private int _filled;
    private long _frames;

    internal StftAnalyzer(Stft stft)
    {
        Stft = stft;
        _transform = new RealFourierTransform(stft.FftLength);
        _buffer = new float[stft.FrameLength];
        _windowed = new double[stft.FftLength];
        _spectrum = new Complex[stft.Bins];
        _filled = stft.Lead;
    }

    /// <summary>The transform.</summary>
    internal Stft Stft { get; }

    /// <summary>Number of samples pushed.</summary>
    internal long Samples { get; private set; }

    /// <summary>Whether the end of the signal was announced.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>Forgets everything, for another signal.</summary>
    public void Reset()
    {
        Array.Clear(_buffer);
        (_filled, _frames, Samples, IsComplete) = (Stft.Lead, 0, 0, false);
    }

    /// <summary>Takes samples until a frame is full.</summary>
    /// <param name="samples">The next samples of the signal.</param>
    /// <returns>How many of them were taken: fewer than given when frames wait to be read.</returns>
    /// <exception cref="AudioDataException">A sample is not finite.</exception>
    /// <exception cref="InvalidOperationException">The signal has ended.</exception>
    public int Push(ReadOnlySpan<float> samples)
    {
        if (IsComplete && !samples.IsEmpty)
            throw new InvalidOperationException("The signal has ended: no sample may follow.");
        var count = Math.Min(samples.Length, _buffer.Length - _filled);
        AudioDataException.RequireFinite(samples[..count], Samples);
        samples[..count].CopyTo(_buffer.AsSpan(_filled));
        _filled += count;
        Samples += count;
        return count;
    }

    /// <summary>Announces the end of the signal: what is left can then be read, filled up with zeros where the
    /// padding says so.</summary>
    /// <exception cref="AudioDataException">The signal was empty, or shorter than a frame without padding.</exception>
    public void Complete()
    {
        Stft.RequireFrame(Samples);
        IsComplete = true;
    }

    /// <summary>Reads the next frame, when there is one.</summary>
    /// <param name="frame">Receives 2 · Bins values: real and imaginary part of every frequency in turn.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public bool TryRead(Span<float> frame)
    {
        if (frame.Length != 2 * _spectrum.Length)
            throw new ArgumentException(
                $"A frame has {2 * _spectrum.Length} values, {_spectrum.Length} complex coefficients, "
                + $"not {frame.Length}.", nameof(frame));
        if (_filled < _buffer.Length)
        {
            if (!IsComplete || _frames >= Stft.FrameCount(Samples))
                return false;
            _buffer.AsSpan(_filled).Clear();
            _filled = _buffer.Length;
        }

        for (var t = 0; t < _buffer.Length; t++)
            _windowed[t] = Stft.Window[t] * _buffer[t];
        _transform.Forward(_windowed, _spectrum);
        for (var f = 0; f < _spectrum.Length; f++)
        {
            frame[2 * f] = (float)(Stft.Scale * _spectrum[f].Real);
            frame[(2 * f) + 1] = (float)(Stft.Scale * _spectrum[f].Imaginary);
        }

        _filled -= Stft.HopLength;
        _buffer.AsSpan(Stft.HopLength).CopyTo(_buffer);
        _frames++;
        return true;
    }
}
