using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates from the two parts of the gradient. α-divergence: <c>H ← H ∘ (neg / pos)^(1/α)</c>
/// with <c>neg = (V/Y)^α W</c> and <c>pos</c> the column sums of W, for α = 0 <c>H ∘ exp(neg / pos)</c> with
/// <c>neg = log(V/Y) W</c>, then the same for W (Cichocki, Lee, Kim and Choi, "Non-negative matrix
/// factorization with α-divergence", 2008). Robust factorisation: the updates of the β-divergence with Y = H
/// Wᵀ + R (Févotte and Dobigeon 2015).
/// </summary>
/// <remarks>
/// The objective never increases: d_α is convex in y for every α, and R, over which the pass minimises, is one more
/// term of Jensen's inequality. Gradients are kept, so memory is three times that of the factors, and the pass that
/// evaluates the objective also serves the next step.
/// </remarks>
internal sealed class MeasureMultiplicativeSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent;
    private readonly bool _isExponential;
    private readonly GradientParts<T> _gradientH;
    private readonly GradientParts<T> _gradientW;
    private double _objective;
    private bool _gradientIsCurrent;

    /// <param name="data">Data.</param>
    /// <param name="pass">The pass that makes neg and pos.</param>
    /// <param name="exponent">The exponent of neg / pos.</param>
    /// <param name="start">Factors.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="isExponential">Whether the update is an exponential in the place of a power.</param>
    public MeasureMultiplicativeSolver(
        NmfData<T> data, DivergencePass<T> pass, double exponent, NmfStart<T> start, WorkTeam team,
        bool isExponential = false)
        : base(data, pass, start, team)
    {
        (_exponent, _isExponential) = (exponent, isExponential);
        _gradientH = new GradientParts<T>(H);
        _gradientW = new GradientParts<T>(W);
    }

    public override double Objective()
    {
        // A robust pass makes a step in R whenever it evaluates the objective: once per point.
        if (_gradientIsCurrent)
            return _objective;
        _objective = Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: true);
        _gradientIsCurrent = true;
        return _objective;
    }

    // The gradient, too: a robust pass that evaluates it once more makes one more step in R.
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_objective);
        writer.Write(_gradientIsCurrent);
        writer.WriteMatrix(_gradientH.Negative);
        writer.WriteMatrix(_gradientH.Positive);
        writer.WriteNumbers<double>(Pass.OutlierNorms);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _objective = reader.ReadDouble();
        _gradientIsCurrent = reader.ReadBoolean();
        reader.ReadMatrix(_gradientH.Negative);
        reader.ReadMatrix(_gradientH.Positive);
        reader.ReadFinite(Pass.OutlierNorms, 0.0);
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
            Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        _gradientIsCurrent = false;
        Update(H, _gradientH.Negative, _gradientH.Positive);
        Pass.DictionaryGradient(W, H, _gradientW.Negative, _gradientW.Positive);
        Update(W, _gradientW.Negative, _gradientW.Positive);
    }

    private void Update(Matrix<T> factor, Matrix<T> negative, Matrix<T> positive)
    {
        if (_isExponential)
            FactorKernels.ExponentialUpdate(factor, negative, positive, Team);
        else
            FactorKernels.MultiplicativeUpdate(factor, negative, positive, _exponent, Team);
    }
}
