using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Hierarchical alternating least squares for β = 2: exact minimisation over one column of a factor at a time,
/// <c>h_k ← max(0, h_k + (V w_k - H WᵀW_k) / ‖w_k‖²)</c>. The objective never increases (Cichocki and Phan, "Fast
/// local algorithms for large scale nonnegative matrix and tensor factorizations", 2009). A component whose column
/// becomes zero stays zero.
/// </summary>
internal sealed class HalsSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GramObjective<T> _gramObjective;
    private readonly Matrix<T> _productH;
    private readonly Matrix<T> _productW;
    private readonly Matrix<T> _gramW;
    private readonly Matrix<T> _gramH;
    private readonly ZeroMask<T>? _zeros;
    private bool _productIsCurrent;

    public HalsSolver(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        : base(data, BetaDivergence.Euclidean, start, team)
    {
        _gramObjective = new GramObjective<T>(data, Pass, team);
        _zeros = ZeroMask<T>.Of(start);
        _productH = new Matrix<T>(H.Rows, H.Columns);
        _productW = new Matrix<T>(W.Rows, W.Columns);
        _gramW = new Matrix<T>(W.Columns, W.Columns);
        _gramH = new Matrix<T>(W.Columns, W.Columns);
    }

    public override double Objective()
    {
        PrepareActivations();
        return _gramObjective.EvaluateActivations(W, H, _productH, _gramW);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _productIsCurrent = false;
    }

    private protected override void Update()
    {
        if (!_productIsCurrent)
            PrepareActivations();
        _productIsCurrent = false;
        FactorKernels.HalsSweep(H, _productH, _gramW, Team);
        Pass.DictionaryProduct(H, _productW);
        FactorKernels.Gram(H, _gramH, Team);
        FactorKernels.HalsSweep(W, _productW, _gramH, Team);
    }

    private void PrepareActivations()
    {
        Pass.ActivationProduct(W, _productH);
        _zeros?.Apply(_productH);
        FactorKernels.Gram(W, _gramW, Team);
        _productIsCurrent = true;
    }
}
