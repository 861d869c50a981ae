using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Minimises the β-divergence with activations that are abundances: those of every sample sum to one, or to at most
/// one. For β = 2 the fit alternates between their exact solution and sweeps over the dictionary
/// (<see cref="NmfSolver.Hals"/>); for other β, or with <see cref="NmfSolver.MajorizationMinimization"/>, it
/// minimises majorisers on the simplex. It starts from samples
/// (<see cref="NmfInitialization.SuccessiveProjection"/>) unless told otherwise. W then has the scale of the data:
/// <see cref="NmfOptions.Scale"/> does not apply. Complete data without weights.
/// </summary>
/// <param name="Beta">β, any finite number. For β ≤ 0 the data must be strictly positive.</param>
public sealed record AbundanceNmf(double Beta = BetaDivergence.Euclidean)
    : NmfProblem(ProblemTraits.BoundsActivations | ProblemTraits.NeedsAllEntries)
{
    /// <summary>What the activations of a sample sum to.</summary>
    public AbundanceConstraint Sum { get; init; } = AbundanceConstraint.SumToOne;

    /// <summary>A penalty on the volume of the dictionary, for abundances of which none is pure; or
    /// null for none.</summary>
    public VolumePenalty? Volume { get; init; }

    internal override MeasureOfFit MeasureOfEntry => new BetaMeasure(Beta);

    internal override string InWords
        => FormattableString.Invariant($"the beta-divergence with beta = {Beta} and abundances");

    internal override void Validate(NmfOptions fit)
    {
        RequireBeta(Beta, fit.Solver);
        Option.Require(Enum.IsDefined(Sum), nameof(Sum), $"There is no abundance constraint {Sum}.");
        Volume?.Validate();
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.Hals or NmfSolver.MajorizationMinimization,
            nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} does not know abundances: choose Auto, Hals or MajorizationMinimization.");
        Option.Require(
            fit.Initialization is not (NmfInitialization.Nndsvd or NmfInitialization.Nndsvda
                or NmfInitialization.Nndsvdar or NmfInitialization.ShortRuns),
            nameof(NmfOptions.Initialization),
            $"Abundances start from samples, not from {fit.Initialization}: "
                + "choose Auto, SuccessiveProjection or Random.");
    }

    internal override NmfSolver SolverFor(NmfSolver asked) => asked != NmfSolver.Auto ? asked
        : Beta == BetaDivergence.Euclidean ? NmfSolver.Hals : NmfSolver.MajorizationMinimization;

    internal override NmfSolver SolverFor<T>(NmfSolver asked, NmfData<T> data)
    {
        RequireUnweighted(!data.IsWeighted);
        return SolverFor(asked);
    }

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
        => SolverFor(fit.Solver, data) == NmfSolver.Hals
            ? new AbundanceSolver<T>(data, this, start, team)
            : new AbundanceMajorizationSolver<T>(data, this, start, team);

    internal override NmfStart<T> CreateStart<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
        => AbundanceStart.Create(data, fit, number, team, cancellationToken);

    // Abundances are shares and have no unit.
    internal override double? DictionaryExponent(int data) => data;

    internal override OwnUnits OwnUnits
        => Beta == BetaDivergence.ItakuraSaito && Volume is null ? OwnUnits.Features : OwnUnits.None;

    internal override RowSolverOptions RowProblem(InferenceOptions inference)
        => base.RowProblem(inference) with { Abundances = (SumConstraint)Sum };

    internal override void RequireValid<T>(NmfData<T> data)
    {
        RequireUnweighted(!data.HasMissingEntries && !data.HasElementWeights);
        base.RequireValid(data);
    }

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts)
        .Add(nameof(Beta), Beta)
        .Add(nameof(Sum), Sum.ToString())
        .Add(nameof(Volume), Volume?.Describe() ?? "none");

    private static void RequireUnweighted(bool isUnweighted) => Option.Require(
        isUnweighted, nameof(NmfOptions.Problem),
        "Abundances need every entry, and all with the same weight, but the data have missing entries or weights.");
}
