using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Mini-batch majorisation-minimisation for any β: each batch gives a majoriser of its cost around the dictionary w̃ of
/// its time, and the new dictionary minimises the weighted sum of all of them, which two matrices describe:
/// <c>A ← ρ A + w̃^a ∘ neg</c>, <c>B ← ρ B + w̃^(-b) ∘ pos</c>, <c>W ← (A / B)^γ</c> with a = max(0, 2 - β), b =
/// max(0, β - 1), γ = 1/(a + b).
/// </summary>
/// <remarks>
/// Lefèvre, Bach and Févotte, "Online algorithms for nonnegative matrix factorization with the Itakura-Saito
/// divergence", 2011, for β = 0; the exponents for other β follow from the majorisers of Févotte and Idier (2011). With
/// one batch and no history it is their update of W. For β = 1 all rows of B are the same, the sum of the activations.
/// </remarks>
internal sealed class OnlineMajorizationStep<T> : OnlineStep<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Columns of W have sums near one, and no entry that is not zero falls below this: a feature that has not been seen
    // for long, or never yet, must be able to come back.
    public const double Floor = 1e-20;

    private const int EntriesOfBlock = 1 << 14;

    private readonly Matrix<double> _numerator;
    private readonly Matrix<double> _denominator;
    private readonly double[] _factors;
    private readonly bool _sharesDenominator;
    private readonly int _rowsOfBlock;
    private readonly double _numeratorPower;
    private readonly double _denominatorPower;
    private readonly double _gamma;
    private readonly T[] _sharedPositive;
    private double _decay;
    private double _startWeight;

    public OnlineMajorizationStep(OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team)
        : base(options, dictionary, team)
    {
        var (features, rank, beta) = (W.Rows, W.Columns, options.Beta);
        _factors = new double[rank];
        _sharesDenominator = beta == BetaDivergence.KullbackLeibler;
        _sharedPositive = new T[rank];
        Sums = new ShardSums<T>(
            rank + BatchRequest.Facts,
            [.. Enumerable.Range(0, _sharesDenominator ? 1 : 2).Select(_ => new Matrix<T>(features, rank))]);
        _numerator = new Matrix<double>(features, rank);
        _denominator = new Matrix<double>(_sharesDenominator ? 1 : features, rank);
        _rowsOfBlock = Math.Max(1, EntriesOfBlock / rank);
        _numeratorPower = Math.Max(0, 2 - beta);
        _denominatorPower = Math.Max(0, beta - 1);
        _gamma = BetaDivergence.MajorizationExponent(beta);
    }

    public override ShardSums<T> Sums { get; }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteMatrix(_numerator);
        writer.WriteMatrix(_denominator);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        reader.ReadFactor(_numerator);
        reader.ReadFactor(_denominator);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var to = Math.Min(W.Rows, (block + 1) * _rowsOfBlock);
        var negative = Sums.Matrices[0];
        if (_sharesDenominator)
        {
            for (var f = block * _rowsOfBlock; f < to; f++)
                UpdateKullbackLeiblerRow(
                    W.Row(f), (Given ?? W).Row(f), negative.Row(f), _sharedPositive, _numerator.Row(f),
                    _denominator.Row(0));
            return;
        }

        var positive = Sums.Matrices[1];
        for (var f = block * _rowsOfBlock; f < to; f++)
        {
            UpdateRow(
                W.Row(f), (Given ?? W).Row(f), negative.Row(f), positive.Row(f), _numerator.Row(f),
                _denominator.Row(f));
        }
    }

    private protected override void Absorb(double decay, double startWeight)
    {
        (_decay, _startWeight) = (decay, startWeight);
        if (_sharesDenominator)
        {
            var shared = _denominator.Row(0);
            var batch = _sharedPositive;
            for (var k = 0; k < batch.Length; k++)
                batch[k] = T.CreateSaturating(Sums.Numbers[k]);
            for (var k = 0; k < shared.Length; k++)
                shared[k] = (decay * (shared[k] + (startWeight * ToDouble(batch[k])))) + ToDouble(batch[k]);
        }

        Team.Run(this, (W.Rows + _rowsOfBlock - 1) / _rowsOfBlock);
    }

    private protected override void RescaleStatistics(ReadOnlySpan<double> scale)
    {
        // The gradients of W / s are s times those of W; what multiplies them are powers of W / s.
        var factors = _factors;
        for (var k = 0; k < factors.Length; k++)
            factors[k] = Power(scale[k], 1 - _numeratorPower);
        FactorKernels.ScaleColumns<double>(_numerator, factors);
        for (var k = 0; k < factors.Length; k++)
            factors[k] = Power(scale[k], 1 + _denominatorPower);
        FactorKernels.ScaleColumns<double>(_denominator, factors);
    }

    private static double ToDouble(T value) => double.CreateTruncating(value);

    private static double Power(double x, double exponent) => exponent switch
    {
        0 => 1,
        0.5 => Math.Sqrt(x),
        1 => x,
        2 => x * x,
        _ => Math.Pow(x, exponent),
    };

    private void UpdateRow(
        Span<T> w, ReadOnlySpan<T> given, ReadOnlySpan<T> negative, ReadOnlySpan<T> positive, Span<double> numerator,
        Span<double> denominator)
    {
        for (var k = 0; k < w.Length; k++)
        {
            // Nothing leaves zero here: whoever started with a zero wanted it.
            var old = ToDouble(w[k]);
            if (old == 0)
                continue;
            var curvature = ToDouble(positive[k]) / Power(old, _denominatorPower);
            denominator[k] = (_decay * (denominator[k] + (_startWeight * curvature))) + curvature;

            // The majoriser of the start has the curvature of the first batch and its minimum at the start.
            var start = _startWeight == 0 ? 0
                : _startWeight * curvature * Power(ToDouble(given[k]), _numeratorPower + _denominatorPower);
            numerator[k] = (_decay * (numerator[k] + start)) + (Power(old, _numeratorPower) * ToDouble(negative[k]));
            if (denominator[k] != 0)
                w[k] = T.CreateTruncating(Math.Max(Floor, Power(numerator[k] / denominator[k], _gamma)));
        }
    }

    // The same for β = 1, where a = 1, b = 0 and γ = 1, and the denominator has been updated for all rows: no powers.
    // Sparse batches spend much of their time here.
    private void UpdateKullbackLeiblerRow(
        Span<T> w, ReadOnlySpan<T> given, ReadOnlySpan<T> negative, ReadOnlySpan<T> positive, Span<double> numerator,
        ReadOnlySpan<double> denominator)
    {
        var (decay, startWeight) = (_decay, _startWeight);
        for (var k = 0; k < w.Length; k++)
        {
            var old = ToDouble(w[k]);
            if (old == 0)
                continue;
            var start = startWeight == 0 ? 0 : startWeight * ToDouble(positive[k]) * ToDouble(given[k]);
            numerator[k] = (decay * (numerator[k] + start)) + (old * ToDouble(negative[k]));
            if (denominator[k] != 0)
                w[k] = T.CreateTruncating(Math.Max(Floor, numerator[k] / denominator[k]));
        }
    }
}
