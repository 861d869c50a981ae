using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// ½‖V - H Wᵀ‖² from products that a solver has at hand: ½‖V‖² - ⟨product, factor⟩ + ½⟨WᵀW, HᵀH⟩ in double precision;
/// directly, at the price of a pass over the data, where that difference would lose the digits of T.
/// </summary>
internal sealed class GramObjective<T>(NmfData<T> data, DivergencePass<T> pass, WorkTeam team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The products are sums in T: below this part of ½‖V‖² their rounding shows in the objective.</summary>
    public static readonly double SafeResidual = typeof(T) == typeof(float) ? 1e-3 : 1e-9;

    private readonly Matrix<T> _gram = new(pass.Rank, pass.Rank);

    /// <summary>The objective of (W, H), given Vᵀ H and HᵀH.</summary>
    public double Evaluate(Matrix<T> w, Matrix<T> h, Matrix<T> dictionaryProduct, Matrix<T> gramH)
    {
        FactorKernels.Gram(w, _gram, team);
        return Evaluate(
            data, pass, w, h, FactorKernels.InnerProduct(dictionaryProduct, w, team),
            FactorKernels.InnerProduct(_gram, gramH, team));
    }

    /// <summary>The objective of (W, H), given V W and WᵀW.</summary>
    public double EvaluateActivations(Matrix<T> w, Matrix<T> h, Matrix<T> activationProduct, Matrix<T> gramW)
    {
        FactorKernels.Gram(h, _gram, team);
        return Evaluate(data, pass, w, h, activationProduct, gramW, _gram);
    }

    /// <summary>The objective of (W, H) for data that pass by, given V W and the Gram matrices
    /// of both factors.</summary>
    public static double Evaluate(
        NmfData<T> data, DivergencePass<T> pass, Matrix<T> w, Matrix<T> h, Matrix<T> activationProduct, Matrix<T> gramW,
        Matrix<T> gramH)
        => Evaluate(
            data, pass, w, h, FactorKernels.InnerProduct(activationProduct, h, pass.Team),
            FactorKernels.InnerProduct(gramW, gramH, pass.Team));

    private static double Evaluate(
        NmfData<T> data, DivergencePass<T> pass, Matrix<T> w, Matrix<T> h, double cross, double model)
    {
        var half = 0.5 * data.SumOfSquares;
        var objective = half - cross + (0.5 * model);
        return objective > SafeResidual * half ? objective : pass.Objective(w, h);
    }
}
