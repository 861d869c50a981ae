using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The frame Φ of a short-time Fourier transform with <see cref="StftScaling.TightFrame"/>, over a signal of one length
/// and in double precision: coefficients Φᴴx, and signals Φa by overlap-add. Φ is the adjoint of Φᴴ for the inner
/// product that counts negative frequencies too, and ΦΦᴴ = I.
/// </summary>
/// <remarks>Frames are transformed by several workers at once, each with its own index.</remarks>
internal sealed class TightFrame
{
    private readonly Stft _stft;
    private readonly RealFourierTransform[] _transforms;
    private readonly Complex[][] _spectra;
    private readonly double[][] _frames;

    public TightFrame(StftOptions options, int samples, int workers)
    {
        _stft = new Stft(options);
        Samples = samples;
        Frames = checked((int)_stft.FrameCount(samples));
        _transforms = [.. Enumerable.Range(0, workers).Select(_ => new RealFourierTransform(_stft.FftLength))];
        _spectra = [.. Enumerable.Range(0, workers).Select(_ => new Complex[Bins])];
        _frames = [.. Enumerable.Range(0, workers).Select(_ => new double[_stft.FftLength])];
    }

    /// <summary>Length of the signal.</summary>
    public int Samples { get; }

    /// <summary>Number of frames N.</summary>
    public int Frames { get; }

    /// <summary>Number of frequencies F.</summary>
    public int Bins => _stft.Bins;

    /// <summary>Samples of a frame.</summary>
    public int FrameLength => _stft.FrameLength;

    /// <summary>Variance of a coefficient of white noise of variance 1: the squared length of an atom.</summary>
    public double NoiseShare => TensorPrimitives.SumOfSquares(_stft.Window) / _stft.FftLength;

    /// <summary>Whether coefficients of a frequency are real: 0 and half the sample rate. The others stand for two,
    /// themselves and those of the negative frequency.</summary>
    public bool IsReal(int bin) => bin == 0 || 2 * bin == _stft.FftLength;

    /// <summary>How many coefficients a frequency stands for.</summary>
    public int Weight(int bin) => IsReal(bin) ? 1 : 2;

    /// <summary>Frame <paramref name="frame"/> of Φᴴx: real and imaginary part of every frequency in turn.</summary>
    public void Analyze(ReadOnlySpan<double> signal, int frame, Span<double> coefficients, int worker)
    {
        var values = _frames[worker].AsSpan();
        var spectrum = _spectra[worker].AsSpan();
        values.Clear();
        var first = First(frame);
        var (from, to) = (Math.Max(0, -first), Math.Min(FrameLength, Samples - first));
        TensorPrimitives.Multiply(signal[(first + from)..(first + to)], _stft.Window[from..to], values[from..]);
        _transforms[worker].Forward(values, spectrum);
        for (var f = 0; f < spectrum.Length; f++)
        {
            coefficients[2 * f] = _stft.Scale * spectrum[f].Real;
            coefficients[(2 * f) + 1] = IsReal(f) ? 0 : _stft.Scale * spectrum[f].Imaginary;
        }
    }

    /// <summary>What the coefficients of one frame add to Φa: its samples, before overlap-add.</summary>
    public void Synthesize(ReadOnlySpan<double> coefficients, Span<double> samples, int worker)
    {
        var values = _frames[worker].AsSpan();
        var spectrum = _spectra[worker].AsSpan();
        for (var f = 0; f < spectrum.Length; f++)
            spectrum[f] = new Complex(coefficients[2 * f], IsReal(f) ? 0 : coefficients[(2 * f) + 1]);
        _transforms[worker].Inverse(spectrum, values);
        TensorPrimitives.Multiply(values[..FrameLength], 1 / _stft.Scale, samples);
        TensorPrimitives.Multiply(samples, _stft.Window, samples);
    }

    /// <summary>Subtracts the frames that <see cref="Synthesize"/> made from a stretch of a signal.</summary>
    /// <param name="frames">frames x FrameLength.</param>
    /// <param name="from">First sample of the stretch.</param>
    /// <param name="signal">The stretch.</param>
    public void Subtract(Matrix<double> frames, int from, Span<double> signal)
    {
        var (hop, end) = (_stft.HopLength, from + signal.Length);
        var frame = Math.Max(0, (from + _stft.Lead - FrameLength + hop) / hop);
        for (; frame < Frames && First(frame) < end; frame++)
        {
            var first = First(frame);
            var (begin, stop) = (Math.Max(first, from), Math.Min(first + FrameLength, end));
            if (begin >= stop)
                continue;
            var part = signal[(begin - from)..(stop - from)];
            TensorPrimitives.Subtract(part, frames.Row(frame)[(begin - first)..(stop - first)], part);
        }
    }

    // The first sample of a frame, which may be before the signal.
    private int First(int frame) => (frame * _stft.HopLength) - _stft.Lead;
}
