using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates for a Bregman divergence, <c>H ← H ∘ neg / pos</c> with <c>neg = (φ''(Y) ∘ V) W</c>,
/// <c>pos = (φ''(Y) ∘ Y) W</c>, then the same for W (Dhillon and Sra, "Generalized nonnegative matrix approximations
/// with Bregman divergences", 2005).
/// </summary>
/// <remarks>
/// No proof covers every φ, so every half-step is guarded: an update that raises the objective, or leaves the domain of
/// φ, is replaced by its geometric mean with the old factor, again and again; the logarithm of the update is a
/// direction of descent. A half-step that does not help even then is left out. This costs one evaluation of the
/// objective per iteration beyond the gradients: that after W comes with the next gradient of H.
/// </remarks>
internal sealed class BregmanSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostHalvings = 12;
    private const int MostScalings = 200;

    private readonly GradientParts<T> _gradientH;
    private readonly GradientParts<T> _gradientW;
    private readonly Matrix<T> _previousH;
    private readonly Matrix<T> _previousW;
    private double _objective = double.NaN;

    public BregmanSolver(NmfData<T> data, BregmanDivergence measure, NmfStart<T> start, WorkTeam team)
        : base(data, data.CreatePass(start.Dictionary.Columns, measure, team), start, team)
    {
        _gradientH = new GradientParts<T>(H);
        _gradientW = new GradientParts<T>(W);
        _previousH = new Matrix<T>(H.Rows, H.Columns);
        _previousW = new Matrix<T>(W.Rows, W.Columns);
        EnterDomain(measure);
    }

    public override double Objective() => _objective;

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_objective);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        Evaluate();
        _objective = reader.ReadDouble();
    }

    private protected override void Update()
    {
        // The objective is that of the pass, evaluated at the same factors: whichever of the two comes last in an
        // iteration has the gradient of H.
        H.CopyTo(_previousH);
        FactorKernels.MultiplicativeUpdate(H, _gradientH.Negative, _gradientH.Positive, 1, Team);
        _objective = Accept(
            H, _previousH, _gradientH.Negative, _gradientH.Positive, Pass.Objective(W, H), withGradient: false);
        Pass.DictionaryGradient(W, H, _gradientW.Negative, _gradientW.Positive);
        W.CopyTo(_previousW);
        FactorKernels.MultiplicativeUpdate(W, _gradientW.Negative, _gradientW.Positive, 1, Team);
        _objective = Accept(W, _previousW, _gradientW.Negative, _gradientW.Positive, Evaluate(), withGradient: true);
    }

    private protected override void Rescaled() => Evaluate();

    private double Evaluate()
        => Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: true);

    /// <summary>Shortens an update until the objective has not risen.</summary>
    /// <returns>The objective of what was accepted.</returns>
    private double Accept(
        Matrix<T> factor, Matrix<T> previous, Matrix<T> negative, Matrix<T> positive, double objective,
        bool withGradient)
    {
        for (var halving = 1; !(objective <= _objective); halving++)
        {
            previous.CopyTo(factor);
            var gaveUp = halving > MostHalvings;
            if (!gaveUp)
                FactorKernels.MultiplicativeUpdate(factor, negative, positive, Math.ScaleB(1, -halving), Team);
            objective = withGradient ? Evaluate() : gaveUp ? _objective : Pass.Objective(W, H);
            if (gaveUp)
                return _objective;
        }

        return objective;
    }

    // A start may lie where φ is not defined: smaller activations bring the model below any limit.
    private void EnterDomain(BregmanDivergence measure)
    {
        _objective = Evaluate();
        for (var i = 0; i < MostScalings && double.IsPositiveInfinity(_objective)
            && double.IsFinite(measure.Generator.ModelLimit); i++)
        {
            var half = new double[H.Columns];
            Array.Fill(half, 0.5);
            FactorKernels.ScaleColumns(H, half);
            _objective = Evaluate();
        }
    }
}
