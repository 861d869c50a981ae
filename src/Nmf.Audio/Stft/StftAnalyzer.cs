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
    private readonly int _past;
    private int _filled;
    private int _end;
    private long _frames;

    internal StftAnalyzer(Stft stft)
    {
        Stft = stft;
        _transform = new RealFourierTransform(stft.FftLength);

        // A reflected signal is mirrored from what has passed, and its first frame from a sample or two ahead.
        (_past, var ahead) = IsReflected
            ? ((2 * stft.HopLength) + 4, Math.Max(0, (2 * stft.Lead) + 1 - stft.FrameLength)) : (0, 0);
        _buffer = new float[_past + stft.FrameLength + ahead];
        _windowed = new double[stft.FftLength];
        _spectrum = new Complex[stft.Bins];
        _filled = _past + stft.Lead;
    }

    private bool IsReflected => Stft.Options.Padding == StftPadding.Reflected;

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
        (_filled, _frames, Samples, IsComplete) = (_past + Stft.Lead, 0, 0, false);
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

    /// <summary>Announces the end of the signal: what is left can then be read, filled up as the padding
    /// says.</summary>
    /// <exception cref="AudioDataException">The signal was empty, shorter than a frame without padding, or too short to
    /// be reflected.</exception>
    public void Complete()
    {
        Stft.RequireFrame(Samples);
        (IsComplete, _end) = (true, _filled);
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
        if (_filled < _buffer.Length && (!IsComplete || _frames >= Stft.FrameCount(Samples)))
            return false;
        if (IsReflected && _frames == 0)
        {
            var first = _past + Stft.Lead;
            for (var t = 1; t <= Stft.Lead; t++)
                _buffer[first - t] = _buffer[first + t];
        }

        for (; _filled < _buffer.Length; _filled++)
            _buffer[_filled] = IsReflected ? _buffer[(2 * (_end - 1)) - _filled] : 0;
        for (var t = 0; t < Stft.FrameLength; t++)
            _windowed[Stft.Offset + t] = Stft.Window[t] * _buffer[_past + t];
        _transform.Forward(_windowed, _spectrum);
        for (var f = 0; f < _spectrum.Length; f++)
        {
            frame[2 * f] = (float)(Stft.Scale * _spectrum[f].Real);
            frame[(2 * f) + 1] = (float)(Stft.Scale * _spectrum[f].Imaginary);
        }

        _filled -= Stft.HopLength;
        _end -= Stft.HopLength;
        _buffer.AsSpan(Stft.HopLength).CopyTo(_buffer);
        _frames++;
        return true;
    }
}
