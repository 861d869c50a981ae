using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Smooth Itakura-Saito NMF: minimises <c>D_IS(V | WH) + Σ_k λ_k Σ_{n≥2} d_IS(h_k,n-1 | h_kn)</c> by one exact sweep
/// of majorisation-minimisation over H (<see cref="SmoothSweep{T}"/>), then the majorisation-minimisation step of W.
/// The objective never increases. Févotte, "Majorization-minimization algorithm for smooth Itakura-Saito nonnegative
/// matrix factorization", 2011.
/// </summary>
/// <remarks>An iteration costs 12 F N K operations, those of plain IS-NMF, and O(N K) for the sweep.</remarks>
internal sealed class SmoothSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SmoothSweep<T> _sweep;
    private readonly DictionaryStep<T> _dictionary;
    private readonly Matrix<T> _negative;
    private readonly Matrix<T> _positive;
    private bool _gradientIsCurrent;

    public SmoothSolver(
        NmfData<T> data, SmoothNmfOptions options, SequenceLayout sequences, NmfStart<T> start, WorkTeam team,
        int known = 0)
        : base(data, BetaDivergence.ItakuraSaito, start, team)
    {
        ActivationFloor<T>.Lift(H, ActivationFloor<T>.Value);
        start.Masked(start.Mask);
        _sweep = new SmoothSweep<T>(H, sequences, options.EffectiveSmoothness(), options.Direction);
        Fix(known);
        _dictionary = new DictionaryStep<T>(Pass, W, known == W.Columns, 0, team);
        (_negative, _positive) = (new Matrix<T>(H.Rows, H.Columns), new Matrix<T>(H.Rows, H.Columns));
    }

    // The penalty does not see scales, but the floor of the activations does.
    private protected override bool IsScaleFree => false;

    public override double Objective()
    {
        var divergence = Pass.ActivationGradient(W, H, _negative, _positive, withObjective: true);
        _gradientIsCurrent = true;
        return divergence + _sweep.Value(Team);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _gradientIsCurrent = false;
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
            Pass.ActivationGradient(W, H, _negative, _positive, withObjective: false);
        _gradientIsCurrent = false;
        _sweep.Update(_negative, _positive, Team);
        _dictionary.Update(W, H);
        RestoreFixedColumns();
    }
}
