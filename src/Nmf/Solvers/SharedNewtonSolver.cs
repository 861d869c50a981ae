using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Newton steps for β = 1 on whole rows of a factor. All rows share the curvature <c>Cᵀ diag(v̄ / ȳ²) C</c> of their
/// quadratic models up to a number that makes it exact along the row itself; a few coordinate sweeps minimise the
/// model, and of the step only the part is taken that lowers the objective of the row, known from the exact
/// curvature along it. No evaluation of the objective is needed for that. docs/math.md, "Newton steps with shared
/// curvature", has the derivation.
/// </summary>
/// <remarks>Made for dense data: a sparse row costs as much as a dense one.</remarks>
internal sealed class SharedNewtonSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Sweeps = 2;

    private readonly NewtonPass<T> _newton;

    public SharedNewtonSolver(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        : base(data, BetaDivergence.KullbackLeibler, start, team)
        => _newton = data.CreateSharedNewtonPass(W.Columns, team, start.Mask);

    public override double Objective() => Pass.Objective(W, H);

    private protected override void Update()
    {
        _newton.SweepActivations(W, H, Sweeps);
        _newton.SweepDictionary(W, H, Sweeps);
    }
}
