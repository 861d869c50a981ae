using Nmf.Kernels;

namespace Nmf;

/// <summary>The β-divergence as the measure of one entry. Problems that have a β choose among many solvers; this is
/// the plain one.</summary>
internal sealed record BetaMeasure(double Beta) : MeasureOfFit
{
    internal override bool AllowsZeros => Beta > 0;

    internal override bool IsConvex => BetaDivergence.IsConvex(Beta);

    internal override double? BetaOrNull => Beta;

    internal override double? UnitPower => Beta;

    internal override string AdviceAboutZeros => "choose beta > 0";

    internal override double Value(double datum, double model) => BetaDivergence.Value(datum, model, Beta);

    internal override string InWords
        => $"the divergence with beta = {Beta}";

    internal override void Validate()
        => Option.Require(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => new MultiplicativeSolver<T>(data, Beta, BetaDivergence.MajorizationExponent(Beta), start, team);
}
