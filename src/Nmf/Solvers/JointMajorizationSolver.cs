using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Joint majorisation-minimisation for any β: one majoriser of the objective in both factors, built at (W, H), is
/// minimised in H and then in W (Marmin, Goulart and Févotte, "Joint majorization-minimization for nonnegative matrix
/// factorization with the β-divergence", 2023). The objective never increases. For β = 1 it is the EM algorithm of
/// probabilistic latent semantic analysis (PLSA).
/// </summary>
/// <remarks>
/// <para>With r = h⁺ / h, the move of the activations, and the model and its powers at (W, H):</para>
/// <para><c>h⁺ = h (neg_h / pos_h)^γ</c>, <c>w⁺ = w (neg_w / pos_w)^γ</c>, <c>neg_w = (V ∘ Y^(β-2))ᵀ (h r^p)</c>,
/// <c>pos_w = (Y^(β-1))ᵀ (h r^q)</c>, γ(β) of <see cref="BetaDivergence.MajorizationExponent"/>, p = β - 1 (1 for β
/// &gt; 2), q = β (1 for β &lt; 1).</para>
/// <para>β = 1: p = 0, and pos_w is the column sum of h⁺: everything comes from one walk over the data, with
/// one product less than alternating updates. β = 2: two products. Other β: two walks, and the powers of the
/// same model twice.</para>
/// </remarks>
internal sealed class JointMajorizationSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent;
    private readonly double[] _sums;
    private readonly Matrix<T> _negativeW;
    private readonly Matrix<T> _positiveW;
    private readonly Matrix<T> _negativeH;
    private readonly Matrix<T> _positiveH;
    private readonly Matrix<T> _beforeH;
    private readonly Matrix<T> _cross;
    private readonly DivergencePass<T>? _activationsAsData;
    private readonly DivergencePass<T>? _dictionaryAsData;

    public JointMajorizationSolver(NmfData<T> data, double beta, NmfStart<T> start, WorkTeam team)
        : base(data, beta, start, team)
    {
        _exponent = BetaDivergence.MajorizationExponent(beta);
        var rank = W.Columns;
        _sums = new double[rank];
        _negativeW = new Matrix<T>(W.Rows, rank);
        _positiveW = new Matrix<T>(W.Rows, rank);
        _negativeH = new Matrix<T>(H.Rows, rank);
        _positiveH = new Matrix<T>(H.Rows, rank);
        _beforeH = new Matrix<T>(beta == BetaDivergence.KullbackLeibler ? 0 : H.Rows, rank);
        _cross = new Matrix<T>(rank, rank);
        if (beta != BetaDivergence.Euclidean)
            return;
        _activationsAsData = DivergencePass<T>.Create(_beforeH, rank, BetaDivergence.Euclidean, team);
        _dictionaryAsData = DivergencePass<T>.Create(W, rank, BetaDivergence.Euclidean, team);
    }

    public override double Objective() => Pass.Objective(W, H);

    private protected override void Update()
    {
        switch (Pass.Beta)
        {
            case BetaDivergence.KullbackLeibler:
                UpdatePoisson();
                break;
            case BetaDivergence.Euclidean:
                UpdateEuclidean();
                break;
            default:
                UpdateAny();
                break;
        }

        FactorKernels.MultiplicativeUpdate(W, _negativeW, _positiveW, _exponent, Team);
    }

    private void UpdatePoisson()
    {
        Pass.JointGradient(W, H, _negativeH, _positiveH, _negativeW, _positiveW, withObjective: false);
        FactorKernels.MultiplicativeUpdate(H, _negativeH, _positiveH, _exponent, Team);
        FactorKernels.ColumnSums(H, _sums, Team);
        var first = _positiveW.Row(0);
        for (var k = 0; k < first.Length; k++)
            first[k] = T.CreateSaturating(_sums[k]);
        for (var f = 1; f < _positiveW.Rows; f++)
            first.CopyTo(_positiveW.Row(f));
    }

    // neg_w = Vᵀ h⁺ and pos_w = W (hᵀ (h⁺² / h)): the model is not needed.
    private void UpdateEuclidean()
    {
        H.CopyTo(_beforeH);
        Pass.UpdateActivations(W, H, _exponent);
        Pass.DictionaryProduct(H, _negativeW);
        FillMoved(_positiveH, BetaDivergence.Euclidean);
        _activationsAsData!.DictionaryProduct(_positiveH, _cross);
        _dictionaryAsData!.ActivationProduct(_cross, _positiveW);
    }

    private void UpdateAny()
    {
        var beta = Pass.Beta;
        H.CopyTo(_beforeH);
        Pass.UpdateActivations(W, H, _exponent);
        FillMoved(_negativeH, beta > 2 ? 1 : beta - 1);
        FillMoved(_positiveH, beta < 1 ? 1 : beta);
        Pass.MajoriserGradient(W, _beforeH, _negativeH, _positiveH, _negativeW, _positiveW);
    }

    // h r^power with r = h⁺ / h, which is h⁺ for the power 1. An activation that became zero has left the
    // model: it weighs nothing.
    private void FillMoved(Matrix<T> result, double power)
    {
        var exponent = T.CreateChecked(power);
        for (var n = 0; n < H.Rows; n++)
        {
            ReadOnlySpan<T> before = _beforeH.Row(n), after = H.Row(n);
            var row = result.Row(n);
            if (power == 1)
            {
                after.CopyTo(row);
                continue;
            }

            TensorPrimitives.Divide(after, before, row);
            if (power == 2)
                TensorPrimitives.Multiply(row, row, row);
            else
                TensorPrimitives.Pow(row, exponent, row);
            TensorPrimitives.Multiply(row, before, row);
            for (var k = 0; k < row.Length; k++)
            {
                if (after[k] == T.Zero)
                    row[k] = T.Zero;
            }
        }
    }
}
