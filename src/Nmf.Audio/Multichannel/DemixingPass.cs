using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Sums over the frames of one frequency, or over the frequencies of a chunk of frames, for independent low-rank
/// analysis: the sources y = Q x have the variances v_j = Σ_k w_k h_k. Powers |y|² are kept, as many as there are
/// coefficients. One scratch per worker.
/// </summary>
internal sealed class DemixingPass
{
    // Frames that are worked on at a time: what a worker needs of them stays in its cache.
    private const int FramesOfChunk = 512;

    // No variance is below this; the mixture has a mean power between 1 and 4.
    private const double LeastVariance = 1e-20;

    private readonly MixtureData _data;
    private readonly DemixingFactors _factors;
    private readonly Matrix<double> _power;
    private readonly int _sources;
    private readonly bool[] _keepsSpectra;

    // Rows of a chunk.
    private readonly Matrix<double> _inverse;
    private readonly Matrix<double> _ratio;
    private readonly Matrix<double> _products;
    private readonly Matrix<double> _negative;
    private readonly Matrix<double> _positive;
    private readonly Matrix<double> _source;
    private readonly double[] _sums;

    /// <param name="data">The mixture.</param>
    /// <param name="factors">The parameters.</param>
    /// <param name="power">|Q x|², (bins · sources) x frames.</param>
    /// <param name="keepsSpectra">Of every source, whether its spectra are known.</param>
    public DemixingPass(MixtureData data, DemixingFactors factors, Matrix<double> power, bool[] keepsSpectra)
    {
        (_data, _factors, _power, _keepsSpectra, _sources) = (data, factors, power, keepsSpectra, factors.Channels);
        var chunk = Math.Min(FramesOfChunk, factors.Frames);
        _inverse = new Matrix<double>(_sources, chunk);
        _ratio = new Matrix<double>(_sources, chunk);
        _products = new Matrix<double>(_sources * _sources, chunk);
        _negative = new Matrix<double>(factors.Rank, chunk);
        _positive = new Matrix<double>(factors.Rank, chunk);
        _source = new Matrix<double>(2, chunk);
        _sums = new double[2 * factors.Rank];
        Covariances = new double[_sources * _sources * _sources];
    }

    /// <summary>(1/N) Σ_n x xᴴ / v_j of every source: real parts on and above the diagonal, the imaginary part of
    /// (a, b) with a below b at (b, a).</summary>
    public double[] Covariances { get; }

    public static int Chunks(int frames) => (frames + FramesOfChunk - 1) / FramesOfChunk;

    /// <summary>The rule of majorisation-minimisation for the spectra of one frequency.</summary>
    public void UpdateDictionary(int bin, double floor)
    {
        var w = _factors.Dictionary.Row(bin);
        Array.Clear(_sums);
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            for (var j = 0; j < _sources; j++)
            {
                if (_keepsSpectra[j])
                    continue;
                Model(bin, j, from, length, withRatio: true);
                for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                {
                    ReadOnlySpan<double> h = _factors.Activations.Row(k).Slice(from, length);
                    _sums[2 * k] += TensorPrimitives.Dot(_ratio.Row(j)[..length], h);
                    _sums[(2 * k) + 1] += TensorPrimitives.Dot(_inverse.Row(j)[..length], h);
                }
            }
        }

        for (var k = 0; k < w.Length; k++)
        {
            if (w[k] > 0 && _sums[(2 * k) + 1] > 0)
                w[k] = Math.Max(w[k] * Math.Sqrt(_sums[2 * k] / _sums[(2 * k) + 1]), floor);
        }
    }

    /// <summary>The rule for the activations of a chunk of frames.</summary>
    public void UpdateActivations(int chunk, double floor)
    {
        var (from, length) = Range(chunk);
        for (var k = 0; k < _factors.Rank; k++)
        {
            _negative.Row(k).Clear();
            _positive.Row(k).Clear();
        }

        for (var f = 0; f < _factors.Bins; f++)
        {
            ReadOnlySpan<double> w = _factors.Dictionary.Row(f);
            var weight = _data.Weight(f);
            for (var j = 0; j < _sources; j++)
            {
                Model(f, j, from, length, withRatio: true);
                for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                {
                    var negative = _negative.Row(k)[..length];
                    var positive = _positive.Row(k)[..length];
                    TensorPrimitives.MultiplyAdd(_ratio.Row(j)[..length], weight * w[k], negative, negative);
                    TensorPrimitives.MultiplyAdd(_inverse.Row(j)[..length], weight * w[k], positive, positive);
                }
            }
        }

        for (var k = 0; k < _factors.Rank; k++)
        {
            var h = _factors.Activations.Row(k).Slice(from, length);
            ReadOnlySpan<double> negative = _negative.Row(k);
            ReadOnlySpan<double> positive = _positive.Row(k);
            for (var n = 0; n < length; n++)
            {
                // What is zero stays: a user may have said that a source is silent.
                if (h[n] > 0 && positive[n] > 0)
                    h[n] = Math.Max(h[n] * Math.Sqrt(negative[n] / positive[n]), floor);
            }
        }
    }

    /// <summary>Sums <see cref="Covariances"/> of one frequency.</summary>
    public void SumCovariances(int bin)
    {
        Array.Clear(Covariances);
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            Multiply(bin, from, length);
            for (var j = 0; j < _sources; j++)
            {
                Model(bin, j, from, length, withRatio: false);
                for (var pair = 0; pair < _products.Rows; pair++)
                    Covariances[(j * _products.Rows) + pair] += TensorPrimitives.Dot<double>(
                        _inverse.Row(j)[..length], _products.Row(pair)[..length]);
            }
        }

        TensorPrimitives.Divide(Covariances, _factors.Frames, Covariances);
    }

    /// <summary>Demixes one frequency: its powers.</summary>
    public void Demix(int bin)
    {
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            var real = _source.Row(0)[..length];
            var imaginary = _source.Row(1)[..length];
            for (var j = 0; j < _sources; j++)
            {
                real.Clear();
                imaginary.Clear();
                for (var i = 0; i < _sources; i++)
                {
                    var at = (((bin * _sources) + j) * _sources) + i;
                    var (qr, qi) = (_factors.DemixingReal[at], _factors.DemixingImaginary[at]);
                    ReadOnlySpan<double> re = _data.Row(bin, i, 0).Slice(from, length);
                    ReadOnlySpan<double> im = _data.Row(bin, i, 1).Slice(from, length);
                    TensorPrimitives.MultiplyAdd(re, qr, real, real);
                    TensorPrimitives.MultiplyAdd(im, -qi, real, real);
                    TensorPrimitives.MultiplyAdd(re, qi, imaginary, imaginary);
                    TensorPrimitives.MultiplyAdd(im, qr, imaginary, imaginary);
                }

                var power = _power.Row((bin * _sources) + j).Slice(from, length);
                TensorPrimitives.Multiply<double>(real, real, power);
                TensorPrimitives.MultiplyAdd<double>(imaginary, imaginary, power, power);
            }
        }
    }

    /// <summary>Σ_n Σ_j log v_j + |y_j|² / v_j of one frequency.</summary>
    public double Divergence(int bin)
    {
        double sum = 0;
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            var logarithms = _source.Row(0)[..length];
            for (var j = 0; j < _sources; j++)
            {
                Model(bin, j, from, length, withRatio: false);
                ReadOnlySpan<double> inverse = _inverse.Row(j)[..length];
                TensorPrimitives.Log(inverse, logarithms);
                sum += TensorPrimitives.Dot(inverse, _power.Row((bin * _sources) + j).Slice(from, length))
                    - TensorPrimitives.Sum<double>(logarithms);
            }
        }

        return sum;
    }

    // Of a source in a chunk 1 / v and, if wanted, |y|² / v².
    private void Model(int bin, int source, int from, int length, bool withRatio)
    {
        ReadOnlySpan<double> w = _factors.Dictionary.Row(bin);
        var inverse = _inverse.Row(source)[..length];
        inverse.Clear();
        for (var k = _factors.Offsets[source]; k < _factors.Offsets[source + 1]; k++)
            TensorPrimitives.MultiplyAdd(_factors.Activations.Row(k).Slice(from, length), w[k], inverse, inverse);
        TensorPrimitives.Max(inverse, LeastVariance, inverse);
        TensorPrimitives.Divide(1.0, inverse, inverse);
        if (!withRatio)
            return;
        var ratio = _ratio.Row(source)[..length];
        TensorPrimitives.Multiply<double>(inverse, inverse, ratio);
        TensorPrimitives.Multiply(ratio, _power.Row((bin * _sources) + source).Slice(from, length), ratio);
    }

    // x_a conj(x_b) of a chunk, as in Covariances.
    private void Multiply(int bin, int from, int length)
    {
        for (var a = 0; a < _sources; a++)
        {
            ReadOnlySpan<double> ar = _data.Row(bin, a, 0).Slice(from, length);
            ReadOnlySpan<double> ai = _data.Row(bin, a, 1).Slice(from, length);
            for (var b = a; b < _sources; b++)
            {
                ReadOnlySpan<double> br = _data.Row(bin, b, 0).Slice(from, length);
                ReadOnlySpan<double> bi = _data.Row(bin, b, 1).Slice(from, length);
                var real = _products.Row((a * _sources) + b)[..length];
                TensorPrimitives.Multiply(ar, br, real);
                TensorPrimitives.MultiplyAdd(ai, bi, real, real);
                if (a == b)
                    continue;
                var imaginary = _products.Row((b * _sources) + a)[..length];
                TensorPrimitives.Multiply(ar, bi, imaginary);
                TensorPrimitives.Negate<double>(imaginary, imaginary);
                TensorPrimitives.MultiplyAdd(ai, br, imaginary, imaginary);
            }
        }
    }

    private (int From, int Length) Range(int chunk)
    {
        var from = chunk * FramesOfChunk;
        return (from, Math.Min(FramesOfChunk, _factors.Frames - from));
    }
}
