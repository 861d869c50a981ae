using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>One layer while it is fitted: dictionary W (F x K), activations H (N x K) and coefficients, and the memory
/// for what an iteration makes of them.</summary>
internal sealed class SynthesisLayerState
{
    // Entries of factors are at least this, in the unit of a fit, where coefficients have a mean power of about 1:
    // the logarithm of a variance that vanishes would have no bound.
    private const double Floor = 1e-12;

    private readonly DivergencePass<double> _pass;
    private readonly GradientParts<double> _ofActivations;
    private readonly GradientParts<double> _ofDictionary;
    private readonly Matrix<double> _spectra;
    private readonly Matrix<double> _power;
    private readonly Matrix<double> _time;
    private readonly double[][] _scratch;

    public SynthesisLayerState(TightFrame frame, int rank, WorkTeam team)
    {
        Frame = frame;
        Dictionary = new Matrix<double>(frame.Bins, rank);
        Activations = new Matrix<double>(frame.Frames, rank);
        Coefficients = new Matrix<double>(frame.Frames, 2 * frame.Bins);
        _spectra = new Matrix<double>(rank, frame.Bins);
        _power = new Matrix<double>(frame.Frames, frame.Bins);
        _time = new Matrix<double>(frame.Frames, frame.FrameLength);
        _scratch = [.. Enumerable.Range(0, team.Threads).Select(_ => new double[2 * frame.Bins])];
        _pass = DivergencePass<double>.Create(_power, rank, BetaDivergence.ItakuraSaito, team);
        _ofActivations = new GradientParts<double>(Activations);
        _ofDictionary = new GradientParts<double>(Dictionary);
        Count = (long)frame.Frames * Enumerable.Range(0, frame.Bins).Sum(frame.Weight);
    }

    public TightFrame Frame { get; }

    public Matrix<double> Dictionary { get; }

    public Matrix<double> Activations { get; }

    /// <summary>frames x 2 F: z of the marginal likelihood, a of the joint one.</summary>
    public Matrix<double> Coefficients { get; }

    /// <summary>Number of coefficients, those of negative frequencies included.</summary>
    public long Count { get; }

    /// <summary>A start: W and H from random numbers, the variances with the mean power of the coefficients.</summary>
    public void Start(CounterRandom random, double power, Matrix<double>? known)
    {
        var (bins, rank) = (Dictionary.Rows, Dictionary.Columns);
        for (var f = 0; f < bins; f++)
        {
            for (var k = 0; k < rank; k++)
                Dictionary[f, k] = known is null ? 0.1 + random.Uniform(((long)f * rank) + k) : known[f, k];
        }

        var sums = new double[rank];
        FactorKernels.ColumnSums(Dictionary, sums);
        FactorKernels.ScaleColumns(Dictionary, [.. sums.Select(sum => sum > 0 ? 1 / sum : 1)]);
        for (var n = 0; n < Activations.Rows; n++)
        {
            for (var k = 0; k < rank; k++)
                Activations[n, k] = power * bins / (rank * 0.6)
                    * (0.1 + random.Uniform(((long)(bins + n) * rank) + k));
        }

        Clip();
    }

    /// <summary>Prepares the variances of the current factors.</summary>
    public void Transpose()
    {
        for (var f = 0; f < Dictionary.Rows; f++)
        {
            var row = Dictionary.Row(f);
            for (var k = 0; k < row.Length; k++)
                _spectra.Row(k)[f] = row[k];
        }
    }

    /// <summary>The variances y of a frame.</summary>
    public void Variances(int frame, Span<double> y)
    {
        y.Clear();
        var h = Activations.Row(frame);
        for (var k = 0; k < h.Length; k++)
            TensorPrimitives.MultiplyAdd(_spectra.Row(k), h[k], y, y);
    }

    /// <summary>The frame's part of the layer's signal, before overlap-add; its variances are kept.</summary>
    /// <param name="frame">Which frame.</param>
    /// <param name="noise">λ of the layer, or 0 where coefficients are without noise.</param>
    /// <param name="worker">Who asks.</param>
    public void Synthesize(int frame, double noise, int worker)
    {
        var y = _power.Row(frame);
        var a = _scratch[worker].AsSpan();
        Variances(frame, y);
        Shrink(Coefficients.Row(frame), y, noise, a);
        Frame.Synthesize(a, _time.Row(frame), worker);
    }

    /// <summary>y/(y + λ) ∘ z.</summary>
    public static void Shrink(ReadOnlySpan<double> z, ReadOnlySpan<double> y, double noise, Span<double> a)
    {
        for (var f = 0; f < y.Length; f++)
        {
            var gain = y[f] / (y[f] + noise);
            (a[2 * f], a[(2 * f) + 1]) = (gain * z[2 * f], gain * z[(2 * f) + 1]);
        }
    }

    /// <summary>Subtracts the layer's signal from a stretch of a signal.</summary>
    public void Subtract(int from, Span<double> signal) => Frame.Subtract(_time, from, signal);

    /// <summary>Moves the coefficients of a frame towards the recording and shrinks them; what the factors are to fit
    /// takes the place of the variances.</summary>
    /// <param name="frame">Which frame.</param>
    /// <param name="residual">x - ΣΦa; empty where coefficients are kept.</param>
    /// <param name="share">The layer's share of the residual.</param>
    /// <param name="noise">λ of the layer.</param>
    /// <param name="isMarginal">Which likelihood.</param>
    /// <param name="worker">Who asks.</param>
    public void Move(
        int frame, ReadOnlySpan<double> residual, double share, double noise, bool isMarginal, int worker)
    {
        var y = _power.Row(frame);
        var z = Coefficients.Row(frame);
        var step = _scratch[worker].AsSpan();
        var isKept = residual.IsEmpty;
        if (isKept)
            step.Clear();
        else
            Frame.Analyze(residual, frame, step, worker);
        for (var f = 0; f < y.Length; f++)
        {
            var gain = y[f] / (y[f] + noise);
            var before = isMarginal && !isKept ? gain : 1;
            var real = (before * z[2 * f]) + (share * step[2 * f]);
            var imaginary = (before * z[(2 * f) + 1]) + (share * step[(2 * f) + 1]);
            var power = gain * gain * ((real * real) + (imaginary * imaginary));
            (z[2 * f], z[(2 * f) + 1]) = isMarginal ? (real, imaginary) : (gain * real, gain * imaginary);
            y[f] = isMarginal ? power + (gain * noise) : power;
        }
    }

    /// <summary>One step of H, and of W where it is not known, towards the powers that <see cref="Move"/> left.
    /// </summary>
    public void UpdateFactors(bool isKnown, WorkTeam team)
    {
        _pass.DataChanged();
        _pass.ActivationGradient(
            Dictionary, Activations, _ofActivations.Negative, _ofActivations.Positive, withObjective: false);
        for (var f = 0; f < Frame.Bins; f++)
        {
            if (Frame.IsReal(f))
                Halve(f);
        }

        FactorKernels.MultiplicativeUpdate(
            Activations, _ofActivations.Negative, _ofActivations.Positive, 1, team);
        Clip(Activations, Floor);
        if (isKnown)
            return;
        _pass.DictionaryGradient(Dictionary, Activations, _ofDictionary.Negative, _ofDictionary.Positive);
        FactorKernels.MultiplicativeUpdate(Dictionary, _ofDictionary.Negative, _ofDictionary.Positive, 1, team);
        Clip(Dictionary, Floor / Dictionary.Rows);
    }

    /// <summary>The frame's part of the objective.</summary>
    /// <param name="frame">Which frame.</param>
    /// <param name="noise">λ of the layer, or 0 where coefficients are without noise.</param>
    /// <param name="worker">Who asks.</param>
    public double Objective(int frame, double noise, int worker)
    {
        var bins = Frame.Bins;
        var y = _scratch[worker].AsSpan(0, bins);
        var logarithms = _scratch[worker].AsSpan(bins);
        Variances(frame, y);
        TensorPrimitives.Add(y, noise, y);
        TensorPrimitives.Log(y, logarithms);
        var z = Coefficients.Row(frame);
        double sum = 0;
        for (var f = 0; f < bins; f++)
        {
            var power = (z[2 * f] * z[2 * f]) + (z[(2 * f) + 1] * z[(2 * f) + 1]);
            sum += Frame.Weight(f) * ((power / y[f]) + logarithms[f]);
        }

        return sum;
    }

    public void Save(BinaryWriter writer)
    {
        writer.WriteMatrix(Dictionary);
        writer.WriteMatrix(Activations);
        writer.WriteMatrix(Coefficients);
    }

    public void Load(BinaryReader reader)
    {
        reader.ReadFactor(Dictionary);
        reader.ReadFactor(Activations);
        reader.ReadMatrix(Coefficients);
    }

    private void Clip()
    {
        Clip(Activations, Floor);
        Clip(Dictionary, Floor / Dictionary.Rows);
    }

    private static void Clip(Matrix<double> factor, double floor)
    {
        for (var i = 0; i < factor.Rows; i++)
            TensorPrimitives.Max(factor.Row(i), floor, factor.Row(i));
    }

    // A coefficient that is real counts half of one that is complex. (In the update of W, where every frequency
    // has its own, this makes no difference.)
    private void Halve(int bin)
    {
        var w = Dictionary.Row(bin);
        for (var n = 0; n < Activations.Rows; n++)
        {
            var half = 0.5 / TensorPrimitives.Dot<double>(w, Activations.Row(n));
            var ratio = 2 * half * _power.Row(n)[bin];
            var up = _ofActivations.Negative.Row(n);
            var down = _ofActivations.Positive.Row(n);
            for (var k = 0; k < w.Length; k++)
            {
                up[k] -= half * ratio * w[k];
                down[k] -= half * w[k];
            }
        }
    }
}
