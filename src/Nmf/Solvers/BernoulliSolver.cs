using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Binary data, P(v = 1) = [H Wᵀ]: minimises <c>-Σ v log y + (1-v) log(1-y)</c> (less its smallest possible value for v
/// between 0 and 1) minus the logarithm of a Beta(a, b) prior of H, with rows of W that sum to one and 0 ≤ H ≤ 1.
/// <c>H ← C/(C+D)</c> with <c>C = H ∘ (V/Y) W + a - 1</c>, <c>D = (1-H) ∘ ((1-V)/(1-Y)) W + b - 1</c>;
/// <c>W ← W ∘ ((V/Y)ᵀ H + ((1-V)/(1-Y))ᵀ (1-H)) / N</c> (NBMF-MM; Magron and Févotte, "A majorization-minimization
/// algorithm for nonnegative binary matrix factorization", 2022). The objective never increases.
/// </summary>
/// <remarks>
/// 1 - H has a matrix of its own, and 1 - Y is (1-H) Wᵀ: differences would lose their digits where a
/// probability is near 1, and with them the descent. The two halves are passes of β = 1, one over V and one
/// over 1 - V, which is not formed.
/// </remarks>
internal sealed class BernoulliSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Of the largest activation of a start that goes beyond 1.
    private const double LargestStart = 0.95;

    private readonly BernoulliLikelihood _likelihood;
    private readonly DivergencePass<T> _zeros;
    private readonly Matrix<T> _rest;
    private readonly Matrix<T> _onesH;
    private readonly Matrix<T> _zerosH;
    private readonly Matrix<T> _onesW;
    private readonly Matrix<T> _zerosW;
    private readonly Matrix<T> _unused;
    private readonly Matrix<T> _unusedW;
    private double _objective;
    private bool _gradientIsCurrent;

    public BernoulliSolver(NmfData<T> data, BernoulliLikelihood likelihood, NmfStart<T> start, WorkTeam team)
        : base(data, data.CreatePass(start.Dictionary.Columns, BetaDivergence.KullbackLeibler, team), start, team)
    {
        _likelihood = likelihood;
        _zeros = data.CreateComplementPass(W.Columns, team);
        EnterDomain();
        _rest = new Matrix<T>(H.Rows, H.Columns);
        for (var n = 0; n < H.Rows; n++)
            TensorPrimitives.Subtract(T.One, H.Row(n), _rest.Row(n));
        _onesH = new Matrix<T>(H.Rows, H.Columns);
        _zerosH = new Matrix<T>(H.Rows, H.Columns);
        _unused = new Matrix<T>(H.Rows, H.Columns);
        _onesW = new Matrix<T>(W.Rows, W.Columns);
        _zerosW = new Matrix<T>(W.Rows, W.Columns);
        _unusedW = new Matrix<T>(W.Rows, W.Columns);
    }

    private protected override bool IsScaleFree => false;

    public override double Objective()
    {
        if (!_gradientIsCurrent)
        {
            _objective = Pass.ActivationGradient(W, H, _onesH, _unused, withObjective: true)
                + _zeros.ActivationGradient(W, _rest, _zerosH, _unused, withObjective: true) + BernoulliPrior.Penalty(
                    H, _rest, _likelihood);
            _gradientIsCurrent = true;
        }

        return _objective;
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteMatrix(_rest);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        reader.ReadMatrix(_rest);
        _gradientIsCurrent = false;
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
        {
            Pass.ActivationGradient(W, H, _onesH, _unused, withObjective: false);
            _zeros.ActivationGradient(W, _rest, _zerosH, _unused, withObjective: false);
        }

        _gradientIsCurrent = false;
        FactorKernels.BernoulliActivationUpdate(H, _rest, _onesH, _zerosH, _likelihood.A, _likelihood.B, Team);
        Pass.DictionaryGradient(W, H, _onesW, _unusedW);
        _zeros.DictionaryGradient(W, _rest, _zerosW, _unusedW);
        FactorKernels.BernoulliDictionaryUpdate(W, _onesW, _zerosW, Team);
    }

    // Rows of W sum to one, a row of zeros becoming flat; activations beyond 1 are shrunk together.
    private void EnterDomain()
    {
        for (var f = 0; f < W.Rows; f++)
        {
            var row = W.Row(f);
            var sum = TensorPrimitives.Sum<T>(row);
            if (sum > T.Zero)
                TensorPrimitives.Divide(row, sum, row);
            else
                row.Fill(T.One / T.CreateChecked(row.Length));
        }

        var largest = T.Zero;
        for (var n = 0; n < H.Rows; n++)
            largest = T.Max(largest, TensorPrimitives.Max<T>(H.Row(n)));
        if (largest <= T.One)
            return;
        for (var n = 0; n < H.Rows; n++)
            TensorPrimitives.Multiply(H.Row(n), T.CreateChecked(LargestStart) / largest, H.Row(n));
    }
}

/// <summary>The prior of binary factorisation.</summary>
internal static class BernoulliPrior
{
    /// <summary>-(a-1) Σ log h - (b-1) Σ log(1-h).</summary>
    /// <param name="h">Activations.</param>
    /// <param name="rest">1 - h, or null to take the difference.</param>
    /// <param name="likelihood">a and b.</param>
    public static double Penalty<T>(Matrix<T> h, Matrix<T>? rest, BernoulliLikelihood likelihood)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var n = 0; n < h.Rows && (likelihood.A > 1 || likelihood.B > 1); n++)
        {
            var row = h.Row(n);
            for (var k = 0; k < row.Length; k++)
            {
                var one = double.CreateTruncating(row[k]);
                var zero = rest is null ? 1 - one : double.CreateTruncating(rest.Row(n)[k]);
                if (likelihood.A > 1)
                    sum -= (likelihood.A - 1) * Math.Log(one);
                if (likelihood.B > 1)
                    sum -= (likelihood.B - 1) * Math.Log(zero);
            }
        }

        return sum;
    }
}
