using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates for any β: <c>H ← H ∘ (neg / pos)^γ</c> with <c>neg = (V ∘ Y^(β-2)) W</c>,
/// <c>pos = Y^(β-1) W</c>, Y = H Wᵀ, then the same for W. The objective never increases (Févotte and Idier, "Algorithms
/// for nonnegative matrix factorization with the β-divergence", 2011; Lee and Seung 2001 for β = 1 and 2).
/// </summary>
/// <remarks>Updates are in place: beside the factors there is no memory of their size.</remarks>
internal sealed class MultiplicativeSolver<T>(
    NmfData<T> data, double beta, double exponent, NmfStart<T> start, WorkTeam team)
    : Solver<T>(data, beta, start, team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override double Objective() => Pass.Objective(W, H);

    private protected override void Update()
    {
        Pass.UpdateActivations(W, H, exponent);
        Pass.UpdateDictionary(W, H, exponent);
        RestoreFixedColumns();
    }
}
