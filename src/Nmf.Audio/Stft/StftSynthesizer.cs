using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The streaming inverse of the short-time Fourier transform by weighted overlap-add: push frames, get the samples that
/// no later frame can change. Memory for one frame, no allocation after construction. Not thread-safe.
/// </summary>
public sealed class StftSynthesizer
{
    private readonly Stft _stft;
    private readonly RealFourierTransform _transform;
    private readonly Complex[] _spectrum;
    private readonly double[] _frame;
    private readonly double[] _sum;
    private readonly double[] _weight;
    private readonly double _leastWeight;
    private long _remaining;
    private int _skip;
    private bool _any;

    internal StftSynthesizer(Stft stft, long? samples)
    {
        if (samples is { } length)
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(samples));
        _stft = stft;
        _transform = new RealFourierTransform(stft.FftLength);
        _spectrum = new Complex[stft.Bins];
        _frame = new double[stft.FftLength];
        _sum = new double[stft.FrameLength];
        _weight = new double[stft.FrameLength];
        _leastWeight = StftOptions.LeastEvenness * stft.GreatestSumOfSquares;
        _remaining = samples ?? long.MaxValue;
        _skip = stft.Lead;
    }

    /// <summary>Takes a frame and gives the samples that are done.</summary>
    /// <param name="frame">2 · Bins values, real and imaginary part in turn. The imaginary parts of the first frequency
    /// and of half the sample rate do not matter.</param>
    /// <param name="samples">Receives at most one hop of samples.</param>
    /// <returns>How many samples were written.</returns>
    /// <exception cref="ArgumentException">The frame has another length, or the samples do not fit.</exception>
    public int Push(ReadOnlySpan<float> frame, Span<float> samples)
    {
        if (frame.Length != 2 * _spectrum.Length)
            throw new ArgumentException(
                $"A frame has {2 * _spectrum.Length} values, {_spectrum.Length} complex coefficients, "
                + $"not {frame.Length}.", nameof(frame));
        RequireRoom(_stft.HopLength, samples);
        var scale = 1 / _stft.Scale;
        for (var f = 0; f < _spectrum.Length; f++)
            _spectrum[f] = new Complex(scale * frame[2 * f], scale * frame[(2 * f) + 1]);
        _transform.Inverse(_spectrum, _frame);
        var window = _stft.Window;
        for (var t = 0; t < window.Length; t++)
        {
            _sum[t] += window[t] * _frame[_stft.Offset + t];
            _weight[t] += window[t] * window[t];
        }

        _any = true;
        return Emit(_stft.HopLength, samples);
    }

    /// <summary>Gives the samples that the last frames hold.</summary>
    /// <param name="samples">Receives at most a frame less a hop of samples.</param>
    /// <returns>How many samples were written.</returns>
    /// <exception cref="ArgumentException">The samples do not fit.</exception>
    public int Complete(Span<float> samples)
    {
        var left = _any && _stft.Options.Padding != StftPadding.Full ? _stft.FrameLength - _stft.HopLength : 0;
        RequireRoom(left, samples);
        _any = false;
        return Emit(left, samples);
    }

    private int Emit(int count, Span<float> samples)
    {
        var skipped = Math.Min(_skip, count);
        var given = (int)Math.Min(_remaining, count - skipped);
        for (var t = 0; t < given; t++)
            samples[t] = (float)(_sum[skipped + t] / Math.Max(_weight[skipped + t], _leastWeight));
        _skip -= skipped;
        _remaining -= given;
        Shift(_sum, count);
        Shift(_weight, count);
        return given;
    }

    private void RequireRoom(int count, Span<float> samples)
    {
        var given = Math.Min(_remaining, Math.Max(0, count - _skip));
        if (samples.Length < given)
            throw new ArgumentException(
                $"There is room for {samples.Length} samples, but {given} are due.", nameof(samples));
    }

    private static void Shift(double[] values, int count)
    {
        values.AsSpan(count).CopyTo(values);
        values.AsSpan(values.Length - count).Clear();
    }
}
