using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Sums over the frames of one frequency, or over the frequencies of a chunk of frames, for models with jointly
/// diagonalised covariances: the demixed channels y = Q x have the variances ŷ_m = Σ_j g_jm Σ_k w_k h_k. Powers |y|²
/// are kept, as many as there are coefficients. One scratch per worker.
/// </summary>
internal sealed class DiagonalizedPass
{
    /// <summary>Frames that are worked on at a time: what a worker needs of them stays in its cache.</summary>
    public const int FramesOfChunk = 512;

    private readonly MixtureData _data;
    private readonly DiagonalizedFactors _factors;
    private readonly Matrix<double> _power;
    private readonly int _channels;
    private readonly int _sources;
    private readonly bool[] _keepsSpectra;

    // Rows of a chunk.
    private readonly Matrix<double> _sourceVariance;
    private readonly Matrix<double> _inverse;
    private readonly Matrix<double> _ratio;
    private readonly Matrix<double> _products;
    private readonly Matrix<double> _negative;
    private readonly Matrix<double> _positive;
    private readonly double[] _sums;
    private readonly double[] _scratch = new double[FramesOfChunk];
    private readonly double[] _scratch2 = new double[FramesOfChunk];

    /// <param name="data">The mixture.</param>
    /// <param name="factors">The parameters.</param>
    /// <param name="power">|Q x|², (bins · channels) x frames.</param>
    /// <param name="keepsSpectra">Of every source, whether its spectra are known.</param>
    public DiagonalizedPass(
        MixtureData data, DiagonalizedFactors factors, Matrix<double> power, bool[] keepsSpectra)
    {
        (_data, _factors, _power, _keepsSpectra) = (data, factors, power, keepsSpectra);
        (_channels, _sources) = (factors.Channels, factors.Sources);
        var chunk = Math.Min(FramesOfChunk, factors.Frames);
        _sourceVariance = new Matrix<double>(_sources, chunk);
        _inverse = new Matrix<double>(_channels, chunk);
        _ratio = new Matrix<double>(_channels, chunk);
        _products = new Matrix<double>(_channels * _channels, chunk);
        _negative = new Matrix<double>(factors.Rank, chunk);
        _positive = new Matrix<double>(factors.Rank, chunk);
        _sums = new double[2 * factors.Rank];
        Covariances = new double[_channels * _channels * _channels];
    }

    /// <summary>(1/N) Σ_n x xᴴ / ŷ_m of every demixed channel m: real parts on and above the diagonal, the imaginary
    /// part of (a, b) with a below b at (b, a).</summary>
    public double[] Covariances { get; }

    public static int Chunks(int frames) => (frames + FramesOfChunk - 1) / FramesOfChunk;

    /// <summary>The rule of majorisation-minimisation for the spectra of one frequency.</summary>
    public void UpdateDictionary(int bin, double floor)
    {
        var w = _factors.Dictionary.Row(bin);
        var negative = _sums.AsSpan(0, w.Length);
        var positive = _sums.AsSpan(w.Length);
        _sums.AsSpan().Clear();
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            Model(bin, from, length, withRatio: true);
            for (var j = 0; j < _sources; j++)
            {
                if (_keepsSpectra[j])
                    continue;
                Gradient(j, length);
                for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                {
                    ReadOnlySpan<double> h = _factors.Activations.Row(k).Slice(from, length);
                    negative[k] += TensorPrimitives.Dot(_scratch.AsSpan(0, length), h);
                    positive[k] += TensorPrimitives.Dot(_scratch2.AsSpan(0, length), h);
                }
            }
        }

        for (var k = 0; k < w.Length; k++)
        {
            if (w[k] > 0 && positive[k] > 0)
                w[k] = Math.Max(w[k] * Math.Sqrt(negative[k] / positive[k]), floor);
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
            Model(f, from, length, withRatio: true);
            ReadOnlySpan<double> w = _factors.Dictionary.Row(f);
            var weight = _data.Weight(f);
            for (var j = 0; j < _sources; j++)
            {
                Gradient(j, length);
                for (var k = _factors.Offsets[j]; k < _factors.Offsets[j + 1]; k++)
                {
                    var negative = _negative.Row(k)[..length];
                    var positive = _positive.Row(k)[..length];
                    TensorPrimitives.MultiplyAdd(_scratch.AsSpan(0, length), weight * w[k], negative, negative);
                    TensorPrimitives.MultiplyAdd(_scratch2.AsSpan(0, length), weight * w[k], positive, positive);
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

    /// <summary>Adds the parts of the gradient of the gains of one frequency: sources x channels each.</summary>
    public void AddGainGradient(int bin, Span<double> negative, Span<double> positive)
    {
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            Model(bin, from, length, withRatio: true);
            for (var j = 0; j < _sources; j++)
            {
                ReadOnlySpan<double> variance = _sourceVariance.Row(j)[..length];
                for (var m = 0; m < _channels; m++)
                {
                    negative[(j * _channels) + m] += _data.Weight(bin)
                        * TensorPrimitives.Dot(variance, _ratio.Row(m)[..length]);
                    positive[(j * _channels) + m] += _data.Weight(bin)
                        * TensorPrimitives.Dot(variance, _inverse.Row(m)[..length]);
                }
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
            Model(bin, from, length, withRatio: false);
            Multiply(bin, from, length);
            for (var m = 0; m < _channels; m++)
            {
                ReadOnlySpan<double> inverse = _inverse.Row(m)[..length];
                var sums = Covariances.AsSpan(m * _channels * _channels);
                for (var pair = 0; pair < _channels * _channels; pair++)
                    sums[pair] += TensorPrimitives.Dot(inverse, _products.Row(pair)[..length]);
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
            for (var m = 0; m < _channels; m++)
            {
                var re = _scratch.AsSpan(0, length);
                var im = _scratch2.AsSpan(0, length);
                Demix(bin, m, from, re, im);
                var power = _power.Row((bin * _channels) + m).Slice(from, length);
                TensorPrimitives.Multiply<double>(re, re, power);
                TensorPrimitives.MultiplyAdd<double>(im, im, power, power);
            }
        }
    }

    /// <summary>One demixed channel at one frequency.</summary>
    public void Demix(int bin, int channel, int from, Span<double> real, Span<double> imaginary)
    {
        real.Clear();
        imaginary.Clear();
        for (var i = 0; i < _channels; i++)
        {
            var at = (((bin * _channels) + channel) * _channels) + i;
            var (qr, qi) = (_factors.DemixingReal[at], _factors.DemixingImaginary[at]);
            ReadOnlySpan<double> re = _data.Row(bin, i, 0).Slice(from, real.Length);
            ReadOnlySpan<double> im = _data.Row(bin, i, 1).Slice(from, real.Length);
            TensorPrimitives.MultiplyAdd(re, qr, real, real);
            TensorPrimitives.MultiplyAdd(im, -qi, real, real);
            TensorPrimitives.MultiplyAdd(re, qi, imaginary, imaginary);
            TensorPrimitives.MultiplyAdd(im, qr, imaginary, imaginary);
        }
    }

    /// <summary>Σ_n Σ_m log ŷ_m + |y_m|² / ŷ_m of one frequency.</summary>
    public double Divergence(int bin)
    {
        double sum = 0;
        for (var chunk = 0; chunk < Chunks(_factors.Frames); chunk++)
        {
            var (from, length) = Range(chunk);
            Model(bin, from, length, withRatio: false);
            for (var m = 0; m < _channels; m++)
            {
                ReadOnlySpan<double> inverse = _inverse.Row(m)[..length];
                sum += TensorPrimitives.Dot(
                    inverse, _power.Row((bin * _channels) + m).Slice(from, length));
                TensorPrimitives.Log(inverse, _scratch.AsSpan(0, length));
                sum -= TensorPrimitives.Sum<double>(_scratch.AsSpan(0, length));
            }
        }

        return sum;
    }

    /// <summary>The variances of a source in a chunk: Σ_k w_k h_k.</summary>
    public void SourceVariance(int bin, int source, int from, Span<double> result)
    {
        ReadOnlySpan<double> w = _factors.Dictionary.Row(bin);
        result.Clear();
        for (var k = _factors.Offsets[source]; k < _factors.Offsets[source + 1]; k++)
            TensorPrimitives.MultiplyAdd(_factors.Activations.Row(k).Slice(from, result.Length), w[k], result, result);
    }

    // 1 / ŷ and, if wanted, |y|² / ŷ².
    private void Model(int bin, int from, int length, bool withRatio)
    {
        for (var j = 0; j < _sources; j++)
            SourceVariance(bin, j, from, _sourceVariance.Row(j)[..length]);
        for (var m = 0; m < _channels; m++)
        {
            var inverse = _inverse.Row(m)[..length];
            inverse.Clear();
            for (var j = 0; j < _sources; j++)
            {
                var gain = _factors.Gains[(j * _channels) + m];
                if (gain > 0)
                    TensorPrimitives.MultiplyAdd(_sourceVariance.Row(j)[..length], gain, inverse, inverse);
            }

            // Where all sources are silent the model says nothing: no more than the floor of the solver.
            TensorPrimitives.Max(inverse, DiagonalizedSolver.LeastVariance, inverse);
            TensorPrimitives.Divide(1.0, inverse, inverse);
            if (!withRatio)
                continue;
            var ratio = _ratio.Row(m)[..length];
            TensorPrimitives.Multiply<double>(inverse, inverse, ratio);
            TensorPrimitives.Multiply(ratio, _power.Row((bin * _channels) + m).Slice(from, length), ratio);
        }
    }

    // What the spectra and activations of a source learn from, into the two scratch rows:
    // Σ_m g_jm |y_m|² / ŷ_m² and Σ_m g_jm / ŷ_m.
    private void Gradient(int source, int length)
    {
        var negative = _scratch.AsSpan(0, length);
        var positive = _scratch2.AsSpan(0, length);
        negative.Clear();
        positive.Clear();
        for (var m = 0; m < _channels; m++)
        {
            var gain = _factors.Gains[(source * _channels) + m];
            if (gain == 0)
                continue;
            TensorPrimitives.MultiplyAdd(_ratio.Row(m)[..length], gain, negative, negative);
            TensorPrimitives.MultiplyAdd(_inverse.Row(m)[..length], gain, positive, positive);
        }
    }

    // x_a conj(x_b) of a chunk: real parts on and above the diagonal, the imaginary part of (a, b) at (b, a).
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
