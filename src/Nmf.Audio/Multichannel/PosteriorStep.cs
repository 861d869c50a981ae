using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// What expectation-maximisation needs to know of one frequency, over all frames: with v_j the variances of the
/// sources and Σ_x = A diag(v) Aᴴ + Σ_b, y_j = a_jᴴ Σ_x⁻¹ x and g_jl = a_jᴴ Σ_x⁻¹ a_l give everything. The source is
/// estimated as ŝ_j = v_j y_j, its posterior covariance is v_j δ_jl - v_j g_jl v_l, and |y_j|² - g_jj is what every
/// component of the source needs to learn, whatever their number. Sums over frames: R_xs = Σ x ŝᴴ, R_ss = Σ (ŝ ŝᴴ +
/// covariance).
/// </summary>
/// <remarks>
/// Vectors of four frames; one object per worker. Two channels have an explicit inverse, whose determinant is summed
/// from terms that are not negative, b₁b₂ + Σ v_j (b₁|a_2j|² + b₂|a_1j|²) + Σ v_j v_l |a_1j a_2l - a_1l a_2j|²: it is
/// accurate whatever the noise.
/// </remarks>
internal sealed unsafe partial class PosteriorStep
{
    private const int Lanes = 4;

    // So many pivots can be multiplied without leaving the range of double.
    private const int PivotsPerRow = 4;

    private readonly int _channels;
    private readonly int _sources;
    private readonly PinnedMemory<Vector256<double>> _memory;
    private readonly PinnedMemory<double> _constants;
    private readonly Matrix<double> _determinants;
    private readonly double[] _logarithms;

    // Sums over frames, and values of four frames.
    private readonly Vector256<double>* _sumXs;
    private readonly Vector256<double>* _sumSs;
    private readonly Vector256<double>* _variance;
    private readonly Vector256<double>* _y;
    private readonly Vector256<double>* _g;
    private readonly Vector256<double>* _lower;
    private readonly Vector256<double>* _forward;

    // Products of mixing vectors.
    private readonly double* _pairs;

    public PosteriorStep(int channels, int sources, int frames)
    {
        (_channels, _sources) = (channels, sources);
        var sizes = new[]
        {
            2 * channels * sources, sources * sources, sources, 2 * sources, sources * sources,
            2 * channels * (channels + 1), 2 * channels * (sources + 1),
        };
        _memory = new PinnedMemory<Vector256<double>>(sizes.Sum());
        _sumXs = _memory.Pointer;
        _sumSs = _sumXs + sizes[0];
        _variance = _sumSs + sizes[1];
        _y = _variance + sizes[2];
        _g = _y + sizes[3];
        _lower = _g + sizes[4];
        _forward = _lower + sizes[5];
        _constants = new PinnedMemory<double>(9L * sources * sources);
        _pairs = _constants.Pointer;
        Differences = new Matrix<double>(sources, frames);
        _determinants = new Matrix<double>((channels + PivotsPerRow - 1) / PivotsPerRow, frames);
        _logarithms = new double[frames];
        CrossReal = new double[channels * sources];
        CrossImaginary = new double[channels * sources];
        Sources = new double[sources * sources];
    }

    /// <summary>|y_j|² - g_jj, sources x frames.</summary>
    public Matrix<double> Differences { get; }

    /// <summary>R_xs summed over frames, channels x sources.</summary>
    public double[] CrossReal { get; }

    public double[] CrossImaginary { get; }

    /// <summary>R_ss summed over frames, sources x sources: the real parts on and above the diagonal, the imaginary
    /// part of (j, l) with j below l at (l, j).</summary>
    public double[] Sources { get; }

    /// <summary>Σ_n log det Σ_x + xᴴ Σ_x⁻¹ x of the last frequency, where it was asked for.</summary>
    public double Divergence { get; private set; }

    /// <summary>Goes through the frames of one frequency.</summary>
    /// <param name="data">The mixture.</param>
    /// <param name="factors">The parameters.</param>
    /// <param name="bin">Which frequency.</param>
    /// <param name="withDivergence">Whether <see cref="Divergence"/> is wanted.</param>
    public void Run(MixtureData data, MixingFactors factors, int bin, bool withDivergence)
    {
        new Span<Vector256<double>>(_sumXs, 2 * _channels * _sources).Clear();
        new Span<Vector256<double>>(_sumSs, _sources * _sources).Clear();
        var quadratic = Vector256<double>.Zero;
        fixed (double* mixingReal = factors.MixingReal, mixingImaginary = factors.MixingImaginary,
            noise = factors.Noise)
        fixed (int* offsets = factors.Offsets)
        {
            var ar = mixingReal + factors.MixingOf(bin);
            var ai = mixingImaginary + factors.MixingOf(bin);
            var b = noise + (bin * _channels);
            if (_channels == 2)
                PreparePairs(ar, ai);
            var x = data.Pointer(bin);
            var w = factors.Dictionary.Data + (bin * factors.Dictionary.Stride);
            var h = factors.Activations.Data;
            nint stride = data.Stride;
            for (nint n = 0; n < stride; n += Lanes)
            {
                for (var j = 0; j < _sources; j++)
                {
                    var v = Vector256<double>.Zero;
                    for (var k = offsets[j]; k < offsets[j + 1]; k++)
                        v += Vector256.Create(w[k]) * Vector256.Load(h + (k * stride) + n);
                    _variance[j] = v;
                }

                quadratic += _channels == 2 ? TwoChannels(x + n, stride, ar, ai, b, n)
                    : ManyChannels(x + n, stride, ar, ai, b, n);
                Accumulate(x + n, stride, n);
            }
        }

        ReduceSums();
        if (withDivergence)
            Divergence = Vector256.Sum(quadratic) + SumOfLogarithms();
        GC.KeepAlive(data);
        GC.KeepAlive(factors);
    }

    // Of every pair j ≤ l nine numbers: what g_jl is made of, and |a_1j a_2l - a_1l a_2j|².
    private void PreparePairs(double* ar, double* ai)
    {
        for (var j = 0; j < _sources; j++)
        {
            for (var l = j; l < _sources; l++)
            {
                var p = _pairs + (9 * ((j * _sources) + l));
                var second = _sources;
                var (jr1, ji1, jr2, ji2) = (ar[j], ai[j], ar[second + j], ai[second + j]);
                var (lr1, li1, lr2, li2) = (ar[l], ai[l], ar[second + l], ai[second + l]);
                (p[0], p[1]) = ((jr1 * lr1) + (ji1 * li1), (jr1 * li1) - (ji1 * lr1));
                (p[2], p[3]) = ((jr2 * lr2) + (ji2 * li2), (jr2 * li2) - (ji2 * lr2));
                // conj(a_1j) a_2l and conj(a_2j) a_1l, for the two entries of Σ_x⁻¹ off the diagonal.
                var (pr, pi) = ((jr1 * lr2) + (ji1 * li2), (jr1 * li2) - (ji1 * lr2));
                var (qr, qi) = ((jr2 * lr1) + (ji2 * li1), (jr2 * li1) - (ji2 * lr1));
                (p[4], p[5], p[6], p[7]) = (pr + qr, qi - pi, pi + qi, pr - qr);
                var (dr, di) = ((jr1 * lr2) - (ji1 * li2) - (lr1 * jr2) + (li1 * ji2),
                    (jr1 * li2) + (ji1 * lr2) - (lr1 * ji2) - (li1 * jr2));
                p[8] = (dr * dr) + (di * di);
            }
        }
    }

    private Vector256<double> TwoChannels(double* x, nint stride, double* ar, double* ai, double* b, nint n)
    {
        var (power1, power2) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (crossReal, crossImaginary, pairs) = (power1, power1, power1);
        for (var j = 0; j < _sources; j++)
        {
            var v = _variance[j];
            var p = _pairs + (9 * ((j * _sources) + j));
            power1 += v * Vector256.Create(p[0]);
            power2 += v * Vector256.Create(p[2]);
            // a_1j conj(a_2j): p[4] is twice its real part, p[5] twice its imaginary part.
            crossReal += v * Vector256.Create(0.5 * p[4]);
            crossImaginary += v * Vector256.Create(0.5 * p[5]);
            for (var l = j + 1; l < _sources; l++)
                pairs += v * _variance[l] * Vector256.Create(_pairs[(9 * ((j * _sources) + l)) + 8]);
        }

        var (b1, b2) = (Vector256.Create(b[0]), Vector256.Create(b[1]));
        var determinant = (b1 * (b2 + power2)) + (b2 * power1) + pairs;
        determinant.Store(_determinants.Data + n);
        var inverse = Vector256<double>.One / determinant;
        var (t11, t22) = ((b2 + power2) * inverse, (b1 + power1) * inverse);
        var (tr, ti) = (-crossReal * inverse, -crossImaginary * inverse);
        var (x1r, x1i) = (Vector256.Load(x), Vector256.Load(x + stride));
        var (x2r, x2i) = (Vector256.Load(x + (2 * stride)), Vector256.Load(x + (3 * stride)));
        var (z1r, z1i) = ((t11 * x1r) + (tr * x2r) - (ti * x2i), (t11 * x1i) + (tr * x2i) + (ti * x2r));
        var (z2r, z2i) = ((t22 * x2r) + (tr * x1r) + (ti * x1i), (t22 * x2i) + (tr * x1i) - (ti * x1r));
        for (var j = 0; j < _sources; j++)
        {
            var (a1r, a1i) = (Vector256.Create(ar[j]), Vector256.Create(ai[j]));
            var (a2r, a2i) = (Vector256.Create(ar[_sources + j]), Vector256.Create(ai[_sources + j]));
            _y[2 * j] = (a1r * z1r) + (a1i * z1i) + (a2r * z2r) + (a2i * z2i);
            _y[(2 * j) + 1] = (a1r * z1i) - (a1i * z1r) + (a2r * z2i) - (a2i * z2r);
            for (var l = j; l < _sources; l++)
            {
                var p = _pairs + (9 * ((j * _sources) + l));
                _g[(j * _sources) + l] = (t11 * Vector256.Create(p[0])) + (t22 * Vector256.Create(p[2]))
                    + (tr * Vector256.Create(p[4])) + (ti * Vector256.Create(p[5]));
                if (l > j)
                {
                    _g[(l * _sources) + j] = (t11 * Vector256.Create(p[1])) + (t22 * Vector256.Create(p[3]))
                        + (tr * Vector256.Create(p[6])) + (ti * Vector256.Create(p[7]));
                }
            }
        }

        return (x1r * z1r) + (x1i * z1i) + (x2r * z2r) + (x2i * z2i);
    }

    private void Accumulate(double* x, nint stride, nint n)
    {
        for (var j = 0; j < _sources; j++)
        {
            var (v, yr, yi) = (_variance[j], _y[2 * j], _y[(2 * j) + 1]);
            var difference = (yr * yr) + (yi * yi) - _g[(j * _sources) + j];
            difference.Store(Differences.Data + (j * Differences.Stride) + n);
            _sumSs[(j * _sources) + j] += v + (v * v * difference);
            for (var l = j + 1; l < _sources; l++)
            {
                var (both, zr, zi) = (v * _variance[l], _y[2 * l], _y[(2 * l) + 1]);
                _sumSs[(j * _sources) + l] += both * ((yr * zr) + (yi * zi) - _g[(j * _sources) + l]);
                _sumSs[(l * _sources) + j] += both * ((yi * zr) - (yr * zi) - _g[(l * _sources) + j]);
            }

            var (sr, si) = (v * yr, v * yi);
            for (var i = 0; i < _channels; i++)
            {
                var (xr, xi) = (Vector256.Load(x + (2 * i * stride)), Vector256.Load(x + (((2 * i) + 1) * stride)));
                var sum = _sumXs + (2 * ((i * _sources) + j));
                sum[0] += (xr * sr) + (xi * si);
                sum[1] += (xi * sr) - (xr * si);
            }
        }
    }

    private void ReduceSums()
    {
        for (var at = 0; at < CrossReal.Length; at++)
            (CrossReal[at], CrossImaginary[at]) = (
                Vector256.Sum(_sumXs[2 * at]), Vector256.Sum(_sumXs[(2 * at) + 1]));
        for (var at = 0; at < Sources.Length; at++)
            Sources[at] = Vector256.Sum(_sumSs[at]);
    }

    private double SumOfLogarithms()
    {
        double sum = 0;
        for (var row = 0; row < _determinants.Rows; row++)
        {
            TensorPrimitives.Log(_determinants.Row(row), _logarithms);
            sum += TensorPrimitives.Sum<double>(_logarithms);
        }

        return sum;
    }
}
