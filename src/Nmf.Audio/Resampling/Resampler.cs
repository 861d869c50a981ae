using System.Buffers;
using MathNet.Numerics;

namespace Nmf.Audio;

/// <summary>
/// Changes the sample rate of a stream: push blocks of samples as they come, get those at the other rate. Frequencies
/// up to 92 % of the lower half rate pass with a gain of one (to 0.0002 dB); those above the lower half rate, which
/// would be heard as others, are at least 95 dB softer. There is no delay: result m is the signal at the time m /
/// targetRate, and T samples give ⌈T · targetRate / sourceRate⌉.
/// </summary>
/// <remarks>
/// A Kaiser-windowed sinc of 161 samples at the lower rate in polyphase form (Crochiere and Rabiner, "Multirate Digital
/// Signal Processing", 1983) for any two rates; where their ratio has large terms, straight lines between the rows of a
/// table. Before and after the signal is silence. Results do not depend on how the samples are cut into blocks, to the
/// bit. At most 3 MB of coefficients; a push allocates nothing. Not thread-safe.
/// </remarks>
public sealed class Resampler
{
    private const int GreatestRatio = 256;
    private const int BlockLength = 4096;

    private readonly ResamplingFilter _filter;
    private readonly int _down;
    private readonly float[] _buffer;
    private int _filled;
    private long _first;
    private long _position;
    private int _place;
    private long _samples;

    /// <summary>Prepares a change of rate.</summary>
    /// <param name="sourceRate">Sample rate of what is pushed, in Hz, greater than zero.</param>
    /// <param name="targetRate">Sample rate of the result, in Hz; at most 256 times as high or as low.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is out of range.</exception>
    public Resampler(int sourceRate, int targetRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceRate, 1);
        if (targetRate < 1 || (long)targetRate * GreatestRatio < sourceRate
            || (long)sourceRate * GreatestRatio < targetRate)
        {
            throw new ArgumentOutOfRangeException(
                nameof(targetRate), targetRate,
                $"A sample rate of {sourceRate} Hz can become at most {GreatestRatio} times as high or as low.");
        }

        var divisor = (int)Euclid.GreatestCommonDivisor(sourceRate, targetRate);
        _down = sourceRate / divisor;
        _filter = new ResamplingFilter(targetRate / divisor, _down);
        _buffer = new float[(2 * _filter.Reach) + BlockLength];
        Reset();
    }

    /// <summary>Takes the next samples and gives those that no later one can change.</summary>
    /// <param name="samples">The next samples of the signal.</param>
    /// <param name="result">Receives samples at the target rate.</param>
    /// <exception cref="AudioDataException">A sample is not finite.</exception>
    public void Push(ReadOnlySpan<float> samples, IBufferWriter<float> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        AudioDataException.RequireFinite(samples, _samples);
        _samples += samples.Length;
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, BlockLength);
            samples[..count].CopyTo(Room(count));
            samples = samples[count..];
            Emit(result);
        }
    }

    /// <summary>Ends the signal and gives the rest; what is pushed next is another signal.</summary>
    /// <param name="result">Receives samples at the target rate.</param>
    public void Complete(IBufferWriter<float> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        for (var left = _filter.Half; left > 0; left -= BlockLength)
        {
            Room(Math.Min(left, BlockLength)).Clear();
            Emit(result);
        }

        Reset();
    }

    private void Reset()
    {
        _buffer.AsSpan().Clear();
        (_filled, _first, _position, _place, _samples) = (_filter.Half - 1, 1 - _filter.Half, 0, 0, 0);
    }

    /// <summary>Room for the next samples: what no result needs any more goes.</summary>
    private Span<float> Room(int count)
    {
        var past = (int)Math.Min(_filled, _position - _filter.Half + 1 - _first);
        _buffer.AsSpan(past, _filled - past).CopyTo(_buffer);
        (_first, _filled) = (_first + past, _filled - past + count);
        return _buffer.AsSpan(_filled - count, count);
    }

    private void Emit(IBufferWriter<float> result)
    {
        while (_position < _samples && _position + _filter.Half < _first + _filled)
        {
            var span = result.GetSpan();
            var written = 0;
            while (written < span.Length && _position < _samples && _position + _filter.Half < _first + _filled)
            {
                var start = (int)(_position - _filter.Half + 1 - _first);
                span[written++] = _filter.Apply(_buffer.AsSpan(start), _place);
                var next = (long)_place + _down;
                (_position, _place) = (_position + (next / _filter.Places), (int)(next % _filter.Places));
            }

            result.Advance(written);
        }
    }
}
