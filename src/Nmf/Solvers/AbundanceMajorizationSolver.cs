using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Any β with abundances, h ≥ 0 and Σ h = 1 (or ≤ 1), and where asked for a penalty on the volume of W: minimises
/// <c>D_β(V | H Wᵀ) + λ/2 log det(I + WᵀW / ε)</c> by majorisation-minimisation. A row of H goes to the exact minimiser
/// of the separable majoriser on the simplex (<see cref="FactorKernels.AbundanceUpdate"/>). For W the logarithm is
/// replaced by its tangent, <c>½ wᵀ A w</c> for each row of W with A = λ(W̃ᵀW̃ + ε I)⁻¹, and that by a separable
/// quadratic (<see cref="VolumeTerm.AddSeparableMajoriser"/>; Leplat, Gillis and Ang, "Blind audio source separation
/// with minimum-volume beta-divergence NMF", 2020). No step increases the objective.
/// </summary>
/// <remarks>β = 2 without a choice of solver takes <see cref="AbundanceSolver{T}"/>, which is much faster.</remarks>
internal sealed class AbundanceMajorizationSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _beta;
    private readonly SumConstraint _constraint;
    private readonly GradientParts<T> _gradientH;
    private readonly GradientParts<T>? _gradientW;
    private readonly Matrix<T>? _curvatureW;
    private VolumeTerm? _volume;
    private bool _gradientIsCurrent;

    public AbundanceMajorizationSolver(NmfData<T> data, AbundanceNmf problem, NmfStart<T> start, WorkTeam team)
        : base(data, problem.Beta, start, team)
    {
        (_beta, _constraint) = (problem.Beta, problem.SumInFit);
        _gradientH = new GradientParts<T>(H);
        MakeFeasible();
        if (problem.Volume is not { Weight: > 0 } volume)
            return;
        _gradientW = new GradientParts<T>(W);
        _curvatureW = new Matrix<T>(W.Rows, W.Columns);
        _volume = VolumeTerm.Create(volume, W, Pass.Objective(W, H));
    }

    private protected override bool IsScaleFree => false;

    public override double Objective()
    {
        var objective = Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: true);
        _gradientIsCurrent = true;
        return objective + (_volume?.Value(W) ?? 0);
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        VolumeTerm.Save(_volume, writer);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _volume = VolumeTerm.Load(reader, W.Columns);
        _gradientIsCurrent = false;
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
            Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        _gradientIsCurrent = false;
        FactorKernels.AbundanceUpdate(
            H, _gradientH.Negative, _gradientH.Positive, _beta, _constraint, Team);
        if (_volume is null)
        {
            Pass.UpdateDictionary(W, H, BetaDivergence.MajorizationExponent(_beta));
            return;
        }

        Pass.DictionaryGradient(W, H, _gradientW!.Negative, _gradientW.Positive);
        _curvatureW!.Clear();
        _volume.AddSeparableMajoriser(W, _gradientW.Negative, _curvatureW);
        FactorKernels.RegularizedUpdate(W, _gradientW!.Negative, _gradientW.Positive, _curvatureW, _beta, Team);
    }

    // A start that was given may have any activations: rows outside the constraint are divided by their sums, and empty
    // ones made even where the sum must be one.
    private void MakeFeasible()
    {
        for (var n = 0; n < H.Rows; n++)
        {
            var row = H.Row(n);
            double sum = 0;
            foreach (var value in row)
                sum += double.CreateTruncating(value);
            if (sum == 0 && _constraint == SumConstraint.SumToOne)
                row.Fill(T.One / T.CreateChecked(row.Length));
            else if (sum > 1 || (sum > 0 && _constraint == SumConstraint.SumToOne))
                System.Numerics.Tensors.TensorPrimitives.Divide(row, T.CreateChecked(sum), row);
        }
    }
}
