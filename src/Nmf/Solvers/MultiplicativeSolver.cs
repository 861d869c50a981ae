using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates for any β: <c>H ← H ∘ (neg / pos)^γ</c> with <c>neg = (V ∘ Y^(β-2)) W</c>, <c>pos = Y^(β-1) W</c>, Y = H Wᵀ, then
/// the same for W. The objective never increases (Févotte and Idier, "Algorithms for nonnegative matrix factorization with the
/// β-divergence", 2011; Lee and Seung 2001 for β = 1 and 2).
/// </summary>
internal sealed class MultiplicativeSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent;
    private readonly Matrix<T> _negativeH;
    private readonly Matrix<T> _positiveH;
    private readonly Matrix<T> _negativeW;
    private readonly Matrix<T> _positiveW;
    private bool _gradientIsCurrent;

    public MultiplicativeSolver(NmfData<T> data, double beta, double exponent, NmfStart<T> start, WorkTeam team)
        : base(data, beta, start, team)
    {
        _exponent = exponent;
        _negativeH = new Matrix<T>(H.Rows, H.Columns);
        _positiveH = new Matrix<T>(H.Rows, H.Columns);
        _negativeW = new Matrix<T>(W.Rows, W.Columns);
        _positiveW = new Matrix<T>(W.Rows, W.Columns);
    }

    public override double Objective()
    {
        // The pass that evaluates the objective visits what the next step for H needs: keep it.
        var objective = Pass.ActivationGradient(W, H, _negativeH, _positiveH, withObjective: true);
        _gradientIsCurrent = true;
        return objective;
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
            Pass.ActivationGradient(W, H, _negativeH, _positiveH, withObjective: false);
        _gradientIsCurrent = false;
        FactorKernels.MultiplicativeUpdate(H, _negativeH, _positiveH, _exponent, Team);
        Pass.DictionaryGradient(W, H, _negativeW, _positiveW);
        FactorKernels.MultiplicativeUpdate(W, _negativeW, _positiveW, _exponent, Team);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _negativeH.Dispose();
            _positiveH.Dispose();
            _negativeW.Dispose();
            _positiveW.Dispose();
        }

        base.Dispose(disposing);
    }
}
