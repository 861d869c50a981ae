using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// ℓ1. Guarded: <c>λ Σ_k s_k t_k</c> with s_k, t_k the sums of w_k and h_k, the same for either factor;
/// otherwise <c>λ Σ_k t_k</c> or <c>λ Σ_k s_k</c>. Linear in each factor, so it is its own majoriser (Marmin,
/// Goulart and Févotte 2023).
/// </summary>
internal sealed class L1Term<T>(double weight, PenalizedFactor factor, bool guarded) : FactorPenalty<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override bool IsScaleFree => guarded;

    public override double Value(PenaltyPoint<T> at)
    {
        double sum = 0;
        for (var k = 0; k < at.SumW.Length; k++)
            sum += guarded ? at.SumW[k] * at.SumH[k] : factor == PenalizedFactor.Activations ? at.SumH[k] : at.SumW[k];
        return weight * sum;
    }

    public override void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        if (guarded || factor == PenalizedFactor.Activations)
            Add(terms.Linear, at.SumW);
    }

    public override void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        if (guarded || factor == PenalizedFactor.Dictionary)
            Add(terms.Linear, at.SumH);
    }

    public override RowPenalty? ForRows(PenaltyPoint<T> at)
        => guarded || factor == PenalizedFactor.Activations
            ? new RowPenalty { Linear = [.. at.SumW.Select(s => guarded ? weight * s : weight)] }
            : null;

    private void Add(double[] linear, double[] otherSums)
    {
        for (var k = 0; k < linear.Length; k++)
            linear[k] += guarded ? weight * otherSums[k] : weight;
    }
}
