using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// One frequency of Y_i = Σ_j q_ij P_j, P_j = Σ_k w_k h_k, over all frames: the sums for the mixing, and for every
/// source the rows Σ_i q_ij V_i / Y_i² and Σ_i q_ij / Y_i that its spectra and activations need. Frames in which the
/// model is zero, because every source is known to be silent, are left out. One object per worker.
/// </summary>
internal sealed unsafe class ChannelPowerStep
{
    private const int Lanes = 4;
    private const double Least = 1e-200;

    private readonly Matrix<double> _powers;
    private readonly Matrix<double> _ratios;
    private readonly double[] _logarithms;
    private readonly PinnedMemory<Vector256<double>> _sums;

    public ChannelPowerStep(int channels, int sources, int frames)
    {
        _powers = new Matrix<double>(sources, frames);
        _ratios = new Matrix<double>(channels, frames);
        _logarithms = new double[frames];
        _sums = new PinnedMemory<Vector256<double>>(2L * channels * sources);
        Up = new Matrix<double>(sources, frames);
        Down = new Matrix<double>(sources, frames);
        MixingUp = new double[channels * sources];
        MixingDown = new double[channels * sources];
    }

    /// <summary>Σ_i q_ij V_i / Y_i², sources x frames.</summary>
    public Matrix<double> Up { get; }

    /// <summary>Σ_i q_ij / Y_i.</summary>
    public Matrix<double> Down { get; }

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
                    sum += Vector256.Create(spectra[k]) * Vector256.Load(h.Data + (k * stride) + n);
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

    /// <summary>The rows <see cref="Up"/> and <see cref="Down"/>.</summary>
    public void ForSources(Matrix<double> data, int bin, ReadOnlySpan<double> mixing)
    {
        var (channels, sources) = (_ratios.Rows, _powers.Rows);
        var values = _sums.Pointer;
        double* powers = _powers.Data, ups = Up.Data, downs = Down.Data;
        var stride = data.Stride;
        var v = data.Data + ((nint)bin * channels * stride);
        fixed (double* q = mixing)
        {
            for (nint n = 0; n < stride; n += Lanes)
            {
                for (var i = 0; i < channels; i++)
                {
                    var inverse = InverseModel(q + (i * sources), powers + n, stride, sources);
                    values[2 * i] = Vector256.Load(v + (i * stride) + n) * inverse * inverse;
                    values[(2 * i) + 1] = inverse;
                }

                for (var j = 0; j < sources; j++)
                {
                    var (up, down) = (Vector256<double>.Zero, Vector256<double>.Zero);
                    for (var i = 0; i < channels; i++)
                    {
                        var gain = Vector256.Create(q[(i * sources) + j]);
                        up += gain * values[2 * i];
                        down += gain * values[(2 * i) + 1];
                    }

                    up.Store(ups + (j * stride) + n);
                    down.Store(downs + (j * stride) + n);
                }
            }
        }

        GC.KeepAlive(data);
        GC.KeepAlive(_sums);
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
                sums[2 * j] += part * p;
                sums[(2 * j) + 1] += inverse * p;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> InverseModel(double* q, double* powers, nint stride, int sources)
    {
        var model = Vector256<double>.Zero;
        for (var j = 0; j < sources; j++)
            model += Vector256.Create(q[j]) * Vector256.Load(powers + (j * stride));
        return Vector256.ConditionalSelect(
            Vector256.GreaterThan(model, Vector256.Create(Least)), Vector256<double>.One / model,
            Vector256<double>.Zero);
    }
}
