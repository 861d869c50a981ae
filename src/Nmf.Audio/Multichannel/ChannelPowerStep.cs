using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nmf.Kernels;
using Nmf.Kernels.Simd;

namespace Nmf.Audio;

/// <summary>
/// One frequency of Y_i = Σ_j q_ij P_j, P_j = Σ_k w_k h_k, over all frames: the sums for the mixing, for the spectra
/// and for the activations, the latter two from what a source sees of all channels, Σ_i q_ij V_i / Y_i² and
/// Σ_i q_ij / Y_i, which is not stored. Frames in which the model is zero, because every source is known to be silent,
/// are left out. One object per worker.
/// </summary>
internal sealed unsafe class ChannelPowerStep
{
    private const int Lanes = 4;

    // Components of a source whose sums are kept in registers.
    private const int AtOnce = 4;

    private const double Least = 1e-200;

    private readonly Matrix<double> _powers;
    private readonly Matrix<double> _ratios;
    private readonly Matrix<double> _inverses;
    private readonly double[] _logarithms;
    private readonly PinnedMemory<Vector256<double>> _sums;

    public ChannelPowerStep(int channels, int sources, int frames)
    {
        _powers = new Matrix<double>(sources, frames);
        _ratios = new Matrix<double>(channels, frames);
        _logarithms = new double[frames];
        _sums = new PinnedMemory<Vector256<double>>(2L * channels * sources);
        _inverses = new Matrix<double>(channels, frames);
        MixingUp = new double[channels * sources];
        MixingDown = new double[channels * sources];
    }

    /// <summary>Σ_n V_i P_j / Y_i², channels x sources.</summary>
    public double[] MixingUp { get; }

    /// <summary>Σ_n P_j / Y_i.</summary>
    public double[] MixingDown { get; }

    /// <summary>P of some spectra.</summary>
    public void SetPowers(MixingFactors factors, Span<double> spectra)
    {
        var (h, stride) = (factors.Activations, factors.Activations.Stride);
        for (var j = 0; j < factors.Sources; j++)
        {
            var power = _powers.Data + (j * stride);
            var (from, to) = (factors.Offsets[j], factors.Offsets[j + 1]);
            for (nint n = 0; n < stride; n += Lanes)
            {
                var sum = Vector256<double>.Zero;
                for (var k = from; k < to; k++)
                    sum = MultiplyAdd(Vector256.Create(spectra[k]), Vector256.Load(h.Data + (k * stride) + n), sum);
                sum.Store(power + n);
            }
        }

        GC.KeepAlive(h);
    }

    /// <summary>The sums for the mixing; and the divergence of the frequency, where it is asked for.</summary>
    public double ForMixing(Matrix<double> data, int bin, ReadOnlySpan<double> mixing, bool withDivergence)
    {
        var (channels, sources) = (_ratios.Rows, _powers.Rows);
        new Span<Vector256<double>>(_sums.Pointer, 2 * channels * sources).Clear();
        double divergence = 0;
        fixed (double* gains = mixing)
        {
            for (var i = 0; i < channels; i++)
            {
                double* q = gains + (i * sources), ratio = _ratios.Data + (i * _ratios.Stride);
                SumChannel(data.Data + ((((nint)bin * channels) + i) * data.Stride), q, 2 * i * sources,
                    withDivergence ? ratio : null);
                if (withDivergence)
                {
                    TensorPrimitives.Log(_ratios.Row(i), _logarithms);
                    divergence += TensorPrimitives.Sum<double>(_ratios.Row(i))
                        - TensorPrimitives.Sum<double>(_logarithms) - _logarithms.Length;
                }
            }
        }

        for (var at = 0; at < MixingUp.Length; at++)
            (MixingUp[at], MixingDown[at]) = (
                Vector256.Sum(_sums.Pointer[2 * at]), Vector256.Sum(_sums.Pointer[(2 * at) + 1]));
        GC.KeepAlive(data);
        GC.KeepAlive(_sums);
        return divergence;
    }

    /// <summary>V_i / Y_i² and 1 / Y_i of the powers that were set.</summary>
    public void SetRatios(Matrix<double> data, int bin, ReadOnlySpan<double> mixing)
    {
        var (sources, stride) = (_powers.Rows, data.Stride);
        fixed (double* gains = mixing)
        {
            for (var i = 0; i < _ratios.Rows; i++)
            {
                double* v = data.Data + ((((nint)bin * _ratios.Rows) + i) * stride), q = gains + (i * sources);
                double* ratio = _ratios.Data + (i * stride), inverse = _inverses.Data + (i * stride);
                for (nint n = 0; n < stride; n += Lanes)
                {
                    var value = InverseModel(q, _powers.Data + n, stride, sources);
                    value.Store(inverse + n);
                    (Vector256.Load(v + n) * value * value).Store(ratio + n);
                }
            }
        }

        GC.KeepAlive(data);
    }

    /// <summary>Σ_n h_k Σ_i q_ij V_i / Y_i² and Σ_n h_k Σ_i q_ij / Y_i of every component.</summary>
    public void SumForSpectra(MixingFactors factors, ReadOnlySpan<double> mixing, Span<double> up, Span<double> down)
    {
        var (h, stride) = (factors.Activations, factors.Activations.Stride);
        var sums = stackalloc Vector256<double>[2 * AtOnce];
        fixed (double* q = mixing)
        {
            for (var j = 0; j < factors.Sources; j++)
            {
                for (var k = factors.Offsets[j]; k < factors.Offsets[j + 1]; k += AtOnce)
                {
                    var count = Math.Min(AtOnce, factors.Offsets[j + 1] - k);
                    double* first = h.Data + (k * stride);
                    double* second = first + (count > 1 ? stride : 0), third = first + (count > 2 ? 2 * stride : 0);
                    double* fourth = first + (count > 3 ? 3 * stride : 0);
                    Vector256<double> a = default, b = default, c = default, d = default;
                    Vector256<double> e = default, f = default, g = default, i = default;
                    for (nint n = 0; n < stride; n += Lanes)
                    {
                        var (ratio, inverse) = OfSource(q + j, n, stride, factors.Sources);
                        Vector256<double> x = Vector256.Load(first + n), y = Vector256.Load(second + n);
                        (a, e) = (MultiplyAdd(x, ratio, a), MultiplyAdd(x, inverse, e));
                        (b, f) = (MultiplyAdd(y, ratio, b), MultiplyAdd(y, inverse, f));
                        (x, y) = (Vector256.Load(third + n), Vector256.Load(fourth + n));
                        (c, g) = (MultiplyAdd(x, ratio, c), MultiplyAdd(x, inverse, g));
                        (d, i) = (MultiplyAdd(y, ratio, d), MultiplyAdd(y, inverse, i));
                    }

                    (sums[0], sums[1], sums[2], sums[3]) = (a, b, c, d);
                    (sums[4], sums[5], sums[6], sums[7]) = (e, f, g, i);
                    for (var at = 0; at < count; at++)
                        (up[k + at], down[k + at]) = (Vector256.Sum(sums[at]), Vector256.Sum(sums[AtOnce + at]));
                }
            }
        }

        GC.KeepAlive(h);
    }

    /// <summary>Adds w_k Σ_i q_ij V_i / Y_i² and w_k Σ_i q_ij / Y_i of every component, rank x frames.</summary>
    public void AddForActivations(
        MixingFactors factors, ReadOnlySpan<double> spectra, ReadOnlySpan<double> mixing, Matrix<double> up,
        Matrix<double> down)
    {
        var stride = up.Stride;
        fixed (double* q = mixing)
        {
            for (var j = 0; j < factors.Sources; j++)
            {
                var (from, to) = (factors.Offsets[j], factors.Offsets[j + 1]);
                for (nint n = 0; n < stride; n += Lanes)
                {
                    var (ratio, inverse) = OfSource(q + j, n, stride, factors.Sources);
                    double* ups = up.Data + (from * stride) + n, downs = down.Data + (from * stride) + n;
                    for (var k = from; k < to; k++, ups += stride, downs += stride)
                    {
                        var w = Vector256.Create(spectra[k]);
                        MultiplyAdd(w, ratio, Vector256.Load(ups)).Store(ups);
                        MultiplyAdd(w, inverse, Vector256.Load(downs)).Store(downs);
                    }
                }
            }
        }

        GC.KeepAlive(up);
        GC.KeepAlive(down);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector256<double> Ratio, Vector256<double> Inverse) OfSource(double* q, nint n, nint stride, int sources)
    {
        double* ratio = _ratios.Data + n, inverse = _inverses.Data + n;
        Vector256<double> up = default, down = default;
        for (var i = 0; i < _ratios.Rows; i++, ratio += stride, inverse += stride, q += sources)
        {
            var gain = Vector256.Create(*q);
            up = MultiplyAdd(gain, Vector256.Load(ratio), up);
            down = MultiplyAdd(gain, Vector256.Load(inverse), down);
        }

        return (up, down);
    }

    private void SumChannel(double* v, double* q, int first, double* ratio)
    {
        var (sources, stride) = (_powers.Rows, _powers.Stride);
        var sums = _sums.Pointer + first;
        var powers = _powers.Data;
        for (nint n = 0; n < stride; n += Lanes)
        {
            var inverse = InverseModel(q, powers + n, stride, sources);
            var part = Vector256.Load(v + n) * inverse;
            if (ratio != null)
                Vector256.ConditionalSelect(
                    Vector256.Equals(inverse, Vector256<double>.Zero), Vector256<double>.One, part).Store(ratio + n);
            part *= inverse;
            for (var j = 0; j < sources; j++)
            {
                var p = Vector256.Load(powers + (j * stride) + n);
                sums[2 * j] = MultiplyAdd(part, p, sums[2 * j]);
                sums[(2 * j) + 1] = MultiplyAdd(inverse, p, sums[(2 * j) + 1]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c)
        => Simd256Double.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> InverseModel(double* q, double* powers, nint stride, int sources)
    {
        var model = Vector256<double>.Zero;
        for (var j = 0; j < sources; j++)
            model = MultiplyAdd(Vector256.Create(q[j]), Vector256.Load(powers + (j * stride)), model);
        return Vector256.ConditionalSelect(
            Vector256.GreaterThan(model, Vector256.Create(Least)), Vector256<double>.One / model,
            Vector256<double>.Zero);
    }
}
