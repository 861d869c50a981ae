using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Multiplicative updates for the powers of the channels: Σ_i D_IS(|x_i|² | Y_i) with Y_i,fn = Σ_j q_ij,f [W_j H_j]_fn,
/// q = |a|²; phases between channels are not looked at (Ozerov and Févotte 2010). Mixing, spectra and activations in
/// turn, each with the model of the ones before,
/// <code>
///   q_ij ← q_ij ∘ (Σ_n V_i P_j / Y_i² / Σ_n P_j / Y_i)^e,     P_j = W_j H_j
///   w_k ← w_k ∘ (Σ_n h_k Σ_i q_ij V_i / Y_i² / Σ_n h_k Σ_i q_ij / Y_i)^e,     h_k likewise
/// </code>
/// The exponent e is ½, for which majorisation-minimisation proves that the objective never increases, or 1, the
/// paper's. Zeros stay zeros.
/// </summary>
internal sealed class MultiplicativeChannelSolver : MultichannelSolver, IBlockWork
{
    // What is not zero does not become so small that arithmetic is slow.
    private const double LeastFactor = 1e-150;

    private readonly double _exponent;
    private readonly Matrix<double> _data;
    private readonly ChannelPowerStep[] _steps;
    private readonly Matrix<double>[] _positive;
    private readonly double[] _mixingUp;
    private readonly double[] _mixingDown;
    private readonly double[][] _spectraUp;
    private readonly double[][] _spectraDown;
    private readonly CommonMixing? _common;

    /// <param name="data">The mixture.</param>
    /// <param name="start">Where to start; its mixing is taken for q and has no imaginary part.</param>
    /// <param name="known">What stays.</param>
    /// <param name="exponent">e.</param>
    /// <param name="floor">Powers are raised to it: the divergence has no value at zero.</param>
    /// <param name="team">Who works.</param>
    public MultiplicativeChannelSolver(
        MixtureData data, MixingFactors start, KnownParts known, double exponent, double floor, WorkTeam team)
        : base(data, start, known, team)
    {
        _exponent = exponent;
        _data = Powers(data, floor);
        _steps = [.. Enumerable.Range(0, Threads).Select(
            _ => new ChannelPowerStep(data.Channels, start.Sources, data.Frames))];
        _positive = Sums(Blocks);
        _mixingUp = new double[data.Bins * data.Channels * start.Sources];
        _mixingDown = new double[_mixingUp.Length];
        _spectraUp = [.. Enumerable.Range(0, Threads).Select(_ => new double[start.Rank])];
        _spectraDown = [.. Enumerable.Range(0, Threads).Select(_ => new double[start.Rank])];
        _common = start.IsInstantaneous ? new CommonMixing(this) : null;
    }

    protected override void Prepare()
    {
        if (_common is null)
            return;
        RunBlocks(_common);
        var size = Current.MixingReal.Length;
        Span<double> up = _mixingUp.AsSpan(0, size), down = _mixingDown.AsSpan(0, size);
        for (var f = 1; f < Data.Bins; f++)
        {
            TensorPrimitives.Add(up, _mixingUp.AsSpan(f * size, size), up);
            TensorPrimitives.Add(down, _mixingDown.AsSpan(f * size, size), down);
        }

        UpdateMixing(Current.MixingReal, up, down, Next.MixingReal);
    }

    protected override void BeginBlock(int block) => _positive[block].Clear();

    protected override void RunBin(int bin, int block, int worker)
    {
        var (step, at, size) = (_steps[worker], Current.MixingOf(bin), Data.Channels * Current.Sources);
        var next = Next.MixingReal.AsSpan(at, size);
        if (_common is null)
        {
            SumForMixing(bin, step);
            UpdateMixing(Current.MixingReal.AsSpan(at, size), step.MixingUp, step.MixingDown, next);
        }
        else
        {
            step.SetPowers(Current, Current.Dictionary.Row(bin));
        }

        step.SetRatios(_data, bin, next);
        Span<double> w = Current.Dictionary.Row(bin), spectra = Next.Dictionary.Row(bin);
        Span<double> up = _spectraUp[worker], down = _spectraDown[worker];
        step.SumForSpectra(Current, next, up, down);
        for (var k = 0; k < w.Length; k++)
            spectra[k] = Known.Spectra[SourceOf[k]] ? w[k] : Updated(w[k], up[k], down[k]);
        step.SetPowers(Current, spectra);
        step.SetRatios(_data, bin, next);
        step.AddForActivations(Current, spectra, next, Negative[block], _positive[block]);
    }

    protected override void Finish()
    {
        Reduce(Negative);
        Reduce(_positive);
        for (var k = 0; k < Current.Rank; k++)
        {
            Span<double> h = Current.Activations.Row(k), next = Next.Activations.Row(k);
            Span<double> up = Negative[0].Row(k), down = _positive[0].Row(k);
            for (var n = 0; n < next.Length; n++)
                next[n] = Updated(h[n], up[n], down[n]);
        }
    }

    private void SumForMixing(int bin, ChannelPowerStep step)
    {
        step.SetPowers(Current, Current.Dictionary.Row(bin));
        var mixing = Current.MixingReal.AsSpan(Current.MixingOf(bin), Data.Channels * Current.Sources);
        var divergence = step.ForMixing(_data, bin, mixing, WithObjective);
        if (WithObjective)
            Costs[bin] = divergence;
    }

    private void UpdateMixing(
        ReadOnlySpan<double> q, ReadOnlySpan<double> up, ReadOnlySpan<double> down, Span<double> next)
    {
        for (var at = 0; at < q.Length; at++)
            next[at] = Known.Mixing[at % Current.Sources] ? q[at] : Updated(q[at], up[at], down[at]);
    }

    private double Updated(double value, double up, double down)
    {
        if (!(value > 0 && down > 0))
            return value;
        var ratio = up / down;
        return Math.Max(value * (_exponent == 0.5 ? Math.Sqrt(ratio) : ratio), LeastFactor);
    }

    private static Matrix<double> Powers(MixtureData data, double floor)
    {
        var powers = new Matrix<double>(data.Bins * data.Channels, data.Frames);
        for (var f = 0; f < data.Bins; f++)
        {
            for (var i = 0; i < data.Channels; i++)
            {
                Span<double> power = powers.Row((f * data.Channels) + i), re = data.Row(f, i, 0);
                TensorPrimitives.Multiply(re, re, power);
                TensorPrimitives.MultiplyAdd(data.Row(f, i, 1), data.Row(f, i, 1), power, power);
                TensorPrimitives.Max(power, floor, power);
            }
        }

        return powers;
    }

    // One mixing for all frequencies needs a pass of its own.
    private sealed class CommonMixing(MultiplicativeChannelSolver solver) : IBlockWork
    {
        public void Run(int block, int worker)
        {
            var (step, bins) = (solver._steps[worker], solver.Data.Bins);
            for (var f = bins * block / solver.Blocks; f < bins * (block + 1) / solver.Blocks; f++)
            {
                solver.SumForMixing(f, step);
                step.MixingUp.CopyTo(solver._mixingUp, f * step.MixingUp.Length);
                step.MixingDown.CopyTo(solver._mixingDown, f * step.MixingDown.Length);
            }
        }
    }
}
