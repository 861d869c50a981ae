using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Sums over the frames of one frequency, or over the frequencies of a chunk of frames, for models with demixing
/// matrices: the demixed channels y = Q x have the variances ŷ_m = Σ_j g_jm v_j, v_j = Σ_k w_k h_k; without gains
/// ŷ_j = v_j. Powers |y|² are kept, as many as there are coefficients. One scratch per worker.
/// </summary>
internal sealed class DemixingPass
{
    // Frames that are worked on at a time: what a worker needs of them stays in its cache.
    private const int FramesOfChunk = 512;

    private readonly MixtureData _data;
    private readonly DemixingFactors _factors;
    private readonly Matrix<double> _power;
    private readonly int _channels;
    private readonly bool[] _keepsSpectra;
    private readonly double _least;

    // Rows of a chunk.
    private readonly Matrix<double> _variance;
    private readonly Matrix<double> _inverse;
    private readonly Matrix<double> _ratio;
    private readonly Matrix<double> _products;
    private readonly Matrix<double> _negative;
    private readonly Matrix<double> _positive;
    private readonly Matrix<double> _source;
    private readonly double[] _sums;

    /// <param name="data">The mixture.</param>
    /// <param name="factors">The parameters.</param>
    /// <param name="power">|Q x|², (bins · channels) x frames.</param>
    /// <param name="keepsSpectra">Of every source, whether its spectra are known.</param>
    /// <param name="least">No variance is below this.</param>
    public DemixingPass(
        MixtureData data, DemixingFactors factors, Matrix<double> power, bool[] keepsSpectra, double least)
    {
        (_data, _factors, _power, _keepsSpectra, _channels) = (data, factors, power, keepsSpectra, factors.Channels);
        _least = least;
        var chunk = Math.Min(FramesOfChunk, factors.Frames);
        _variance = new Matrix<double>(factors.HasGains ? factors.Sources : 0, chunk);
        _inverse = new Matrix<double>(_channels, chunk);
        _ratio = new Matrix<double>(_channels, chunk);
        _products = new Matrix<double>(_channels * _channels, chunk);
        _negative = new Matrix<double>(factors.Rank, chunk);
        _positive = new Matrix<double>(factors.Rank, chunk);
        _source = new Matrix<double>(2, chunk);
        _sums = new double[2 * factors.Rank];
        Covariances = new double[_channels * _channels * _channels];
    }

    /// <summary>(1/N) Σ_n x xᴴ / ŷ_m of every demixed channel: real parts on and above the diagonal, the imaginary part
    /// of (a, b) with a below b at (b, a).</summary>
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
            Model(bin, from, length, withRatio: true);
            for (var j = 0; j < _factors.Sources; j++)
            {
                if (_keepsSpectra[j])
                    continue;
                ReadOnlySpan<double> negative = OfSource(_ratio, j, 0, length);
                ReadOnlySpan<double> positive = OfSource(_inverse, j, 1, length);
                for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                {
                    ReadOnlySpan<double> h = _factors.Activations.Row(k).Slice(from, length);
                    _sums[2 * k] += TensorPrimitives.Dot(negative, h);
                    _sums[(2 * k) + 1] += TensorPrimitives.Dot(positive, h);
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
            Model(f, from, length, withRatio: true);
            for (var j = 0; j < _factors.Sources; j++)
            {
                ReadOnlySpan<double> ratio = OfSource(_ratio, j, 0, length);
                ReadOnlySpan<double> inverse = OfSource(_inverse, j, 1, length);
                for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                {
                    var negative = _negative.Row(k)[..length];
                    var positive = _positive.Row(k)[..length];
                    TensorPrimitives.MultiplyAdd(ratio, weight * w[k], negative, negative);
                    TensorPrimitives.MultiplyAdd(inverse, weight * w[k], positive, positive);
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

    /// <summary>The two parts of the gradient of the gains of one frequency, sources x demixed channels each.</summary>
    public void SumForGains(int bin, Span<double> negative, Span<double> positive)
    {
        negative.Clear();
        positive.Clear();
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            Model(bin, from, length, withRatio: true);
            for (var at = 0; at < negative.Length; at++)
            {
                ReadOnlySpan<double> variance = _variance.Row(at / _channels)[..length];
                negative[at] += _data.Weight(bin)
                    * TensorPrimitives.Dot(variance, _ratio.Row(at % _channels)[..length]);
                positive[at] += _data.Weight(bin)
                    * TensorPrimitives.Dot(variance, _inverse.Row(at % _channels)[..length]);
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
            Model(bin, from, length, withRatio: false);
            for (var m = 0; m < _channels; m++)
            {
                for (var pair = 0; pair < _products.Rows; pair++)
                    Covariances[(m * _products.Rows) + pair] += TensorPrimitives.Dot<double>(
                        _inverse.Row(m)[..length], _products.Row(pair)[..length]);
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
            for (var m = 0; m < _channels; m++)
            {
                real.Clear();
                imaginary.Clear();
                for (var i = 0; i < _channels; i++)
                {
                    var at = (((bin * _channels) + m) * _channels) + i;
                    var (qr, qi) = (_factors.DemixingReal[at], _factors.DemixingImaginary[at]);
                    ReadOnlySpan<double> re = _data.Row(bin, i, 0).Slice(from, length);
                    ReadOnlySpan<double> im = _data.Row(bin, i, 1).Slice(from, length);
                    TensorPrimitives.MultiplyAdd(re, qr, real, real);
                    TensorPrimitives.MultiplyAdd(im, -qi, real, real);
                    TensorPrimitives.MultiplyAdd(re, qi, imaginary, imaginary);
                    TensorPrimitives.MultiplyAdd(im, qr, imaginary, imaginary);
                }

                var power = _power.Row((bin * _channels) + m).Slice(from, length);
                TensorPrimitives.Multiply<double>(real, real, power);
                TensorPrimitives.MultiplyAdd<double>(imaginary, imaginary, power, power);
            }
        }
    }

    /// <summary>Σ_n Σ_m log ŷ_m + |y_m|² / ŷ_m of one frequency.</summary>
    public double Divergence(int bin)
    {
        double sum = 0;
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            var logarithms = _source.Row(0)[..length];
            Model(bin, from, length, withRatio: false);
            for (var m = 0; m < _channels; m++)
            {
                ReadOnlySpan<double> inverse = _inverse.Row(m)[..length];
                TensorPrimitives.Log(inverse, logarithms);
                sum += TensorPrimitives.Dot(inverse, _power.Row((bin * _channels) + m).Slice(from, length))
                    - TensorPrimitives.Sum<double>(logarithms);
            }
        }

        return sum;
    }

    // 1 / ŷ in a chunk and, if wanted, |y|² / ŷ².
    private void Model(int bin, int from, int length, bool withRatio)
    {
        for (var j = 0; j < _factors.Sources; j++)
        {
            ReadOnlySpan<double> w = _factors.Dictionary.Row(bin);
            var variance = (_factors.HasGains ? _variance : _inverse).Row(j)[..length];
            variance.Clear();
            for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                TensorPrimitives.MultiplyAdd(_factors.Activations.Row(k).Slice(from, length), w[k], variance, variance);
        }

        for (var m = 0; m < _channels; m++)
        {
            var inverse = _inverse.Row(m)[..length];
            if (_factors.HasGains)
                AddUp(_variance, m, _channels, inverse);
            TensorPrimitives.Max(inverse, _least, inverse);
            TensorPrimitives.Divide(1.0, inverse, inverse);
            if (!withRatio)
                continue;
            var ratio = _ratio.Row(m)[..length];
            TensorPrimitives.Multiply<double>(inverse, inverse, ratio);
            TensorPrimitives.Multiply(ratio, _power.Row((bin * _channels) + m).Slice(from, length), ratio);
        }
    }

    // Of rows of the demixed channels what a source sees: Σ_m g_jm of them, or its own. Two of them at a time.
    private Span<double> OfSource(Matrix<double> rows, int source, int place, int length)
    {
        if (!_factors.HasGains)
            return rows.Row(source)[..length];
        var sum = _source.Row(place)[..length];
        AddUp(rows, source * _channels, 1, sum);
        return sum;
    }

    // Rows times gains: those of a source, or those of a demixed channel.
    private void AddUp(Matrix<double> rows, int first, int step, Span<double> sum)
    {
        sum.Clear();
        for (var row = 0; row < rows.Rows; row++)
        {
            var gain = _factors.Gains[first + (row * step)];
            if (gain > 0)
                TensorPrimitives.MultiplyAdd(rows.Row(row)[..sum.Length], gain, sum, sum);
        }
    }

    // x_a conj(x_b) of a chunk, as in Covariances.
    private void Multiply(int bin, int from, int length)
    {
        for (var a = 0; a < _channels; a++)
        {
            ReadOnlySpan<double> ar = _data.Row(bin, a, 0).Slice(from, length);
            ReadOnlySpan<double> ai = _data.Row(bin, a, 1).Slice(from, length);
            for (var b = a; b < _channels; b++)
            {
                ReadOnlySpan<double> br = _data.Row(bin, b, 0).Slice(from, length);
                ReadOnlySpan<double> bi = _data.Row(bin, b, 1).Slice(from, length);
                var real = _products.Row((a * _channels) + b)[..length];
                TensorPrimitives.Multiply(ar, br, real);
                TensorPrimitives.MultiplyAdd(ai, bi, real, real);
                if (a == b)
                    continue;
                var imaginary = _products.Row((b * _channels) + a)[..length];
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
