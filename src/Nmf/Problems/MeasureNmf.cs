using Nmf.Kernels;

namespace Nmf;

/// <summary>Minimises a measure of fit other than a β-divergence, summed over all entries of complete data
/// without weights.</summary>
/// <param name="Measure">
/// <see cref="AlphaDivergence"/>, <see cref="BregmanDivergence"/> or <see cref="BernoulliLikelihood"/>. The
/// solver is <see cref="NmfSolver.Auto"/> or <see cref="NmfSolver.MultiplicativeUpdate"/>, which are the
/// same: each measure has one.
/// </param>
public sealed record MeasureNmf(MeasureOfFit Measure)
    : NmfProblem(ProblemTraits.NeedsAllEntries)
{
    internal override MeasureOfFit MeasureOfEntry => Measure;

    internal override string InWords => $"{Measure}";

    internal override void Validate(NmfOptions fit)
    {
        Option.Given(Measure).Validate();
        RequireNoSampleSearch(fit.Initialization);
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.MultiplicativeUpdate, nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} minimises beta-divergences, not {Measure}: choose Auto or MultiplicativeUpdate.");
        Option.Require(
            Measure.IsScaleFree || fit.Initialization is NmfInitialization.Auto or NmfInitialization.Random,
            nameof(NmfOptions.Initialization),
            $"The factors of {Measure} are bounded: a start by {fit.Initialization} does not suit them. Choose Auto or "
                + "Random.");
    }

    internal override void RequireZerosStay() => Option.Require(
        Measure.AllowsNoActivation, nameof(Measure),
        $"{Measure} with a prior for which an activation of zero is impossible does not go with zeros of the "
        + "activations that are to stay.");

    internal override NmfSolver SolverFor(NmfSolver asked) => NmfSolver.MultiplicativeUpdate;

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
        => Measure.CreateSolver(data, start, team);

    internal override NmfStart<T> CreateStart<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
        => base.CreateStart(
            data, Measure.IsScaleFree ? fit : fit with { Initialization = NmfInitialization.Random }, number, team,
            cancellationToken);

    internal override void RequireValid<T>(NmfData<T> data)
    {
        data.RequireUnweighted(Measure.ToString());
        base.RequireValid(data);
    }

    internal override CheckpointFacts AddTo(CheckpointFacts facts)
        => base.AddTo(facts).Add(nameof(Measure), Measure.Describe());
}
