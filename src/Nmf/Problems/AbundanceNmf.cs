using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Minimises the β-divergence with activations that are abundances: those of every sample sum to one, or to at most
/// one. For β = 2 the fit alternates between their exact solution and sweeps over the dictionary
/// (<see cref="NmfSolver.Hals"/>); for other β, or with <see cref="NmfSolver.MajorizationMinimization"/>, it
/// minimises majorisers on the simplex. It starts from samples
/// (<see cref="NmfInitialization.SuccessiveProjection"/>) unless told otherwise. W then has the scale of the data:
/// <see cref="NmfOptions.Scale"/> does not apply. Complete data without weights. For β &gt; 0 pixels of next to no
/// light, as of a masked background, take no part in the fit, its choices and its history of objectives, and have the
/// abundances that the constraint leaves them: none where the sum is at most one, equal ones with a brightness, and
/// otherwise those of the darkest mixture.
/// </summary>
/// <param name="Beta">β, any finite number. For β ≤ 0 the data must be strictly positive.</param>
public sealed record AbundanceNmf(double Beta = BetaDivergence.Euclidean)
    : NmfProblem(ProblemTraits.BoundsActivations | ProblemTraits.NeedsAllEntries)
{
    /// <summary>What the activations of a sample sum to. That of a fitted model is never
    /// <see cref="AbundanceConstraint.Auto"/>.</summary>
    public AbundanceConstraint Sum { get; init; }

    /// <summary>
    /// A penalty on the volume of the dictionary, for abundances of which none is pure. Null for the weight that the
    /// noise of the data asks for, where the fit finds its start itself (β = 2, <see cref="NmfInitialization.Auto"/>);
    /// elsewhere null is no penalty. A weight of 0 is none everywhere.
    /// </summary>
    public VolumePenalty? Volume { get; init; }

    /// <summary>What the solver of a fit holds activations to: of pixels divided by their brightness it is
    /// one.</summary>
    internal SumConstraint SumInFit
        => Sum is AbundanceConstraint.SumToAtMostOne or AbundanceConstraint.Nonnegative ? (SumConstraint)Sum
            : SumConstraint.SumToOne;

    internal override MeasureOfFit MeasureOfEntry => new BetaMeasure(Beta);

    internal override string InWords
        => $"the beta-divergence with beta = {Beta} and abundances " + Sum switch
        {
            AbundanceConstraint.SumToOne => "that sum to one",
            AbundanceConstraint.SumToAtMostOne => "that sum to at most one",
            AbundanceConstraint.Shaded => "that sum to one, each pixel having a brightness of its own",
            AbundanceConstraint.Nonnegative => "of no given sum",
            _ => "that sum to one, each pixel having a brightness of its own if the data say so",
        };

    internal override string Decision => Sum == AbundanceConstraint.Shaded
        ? "the light changes, so every pixel has a brightness of its own (Shaded)"
        : "the light does not change, so abundances sum to one (SumToOne)";

    internal override void Validate(NmfOptions fit)
    {
        RequireBeta(Beta, fit.Solver);
        Option.Require(Enum.IsDefined(Sum), nameof(Sum), $"There is no abundance constraint {Sum}.");
        Option.Require(
            Sum != AbundanceConstraint.Shaded || SolverFor(fit.Solver) == NmfSolver.Hals, nameof(Sum),
            "Pixels with a brightness of their own go with beta = 2 and the solver Hals.");
        Option.Require(
            Sum != AbundanceConstraint.Nonnegative
            || (SolverFor(fit.Solver) == NmfSolver.Hals && fit.Iterations.MaximumIterations == 0), nameof(Sum),
            "Without a sum neither endmembers nor abundances have a scale: this goes with endmembers that are known, "
                + "without iterations, and with beta = 2.");
        Volume?.Validate();
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.Hals or NmfSolver.MajorizationMinimization,
            nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} does not know abundances: choose Auto, Hals or MajorizationMinimization.");
        Option.Require(
            fit.Initialization is not (NmfInitialization.Nndsvd or NmfInitialization.Nndsvda
                or NmfInitialization.Nndsvdar or NmfInitialization.ShortRuns or NmfInitialization.Sketch),
            nameof(NmfOptions.Initialization),
            $"Abundances start from samples, not from {fit.Initialization}: "
                + "choose Auto, SuccessiveProjection or Random, or give a start that a search has found.");
    }

    internal override NmfSolver SolverFor(NmfSolver asked) => asked != NmfSolver.Auto ? asked
        : Beta == BetaDivergence.Euclidean ? NmfSolver.Hals : NmfSolver.MajorizationMinimization;

    internal override void RequireZerosStay() => throw new ArgumentException(
        "Abundances do not go with zeros of the activations that are to stay: those of a sample are solved for "
        + "together, with a sum that a zero would leave to others.");

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
    internal override double? DictionaryExponent(int data, bool hasStart) => data;

    internal override OwnUnits OwnUnits
        => Beta == BetaDivergence.ItakuraSaito && Volume is null ? OwnUnits.Features : OwnUnits.None;

    // To a measure that sees ratios alone the darkest pixel says as much as the brightest.
    internal override int[]? SamplesThatCount<T>(NmfData<T> data)
        => Beta > BetaDivergence.ItakuraSaito ? LitPixels.Of(data) : null;

    internal override (NmfProblem Problem, NmfStart<T>? Start) Settle<T>(
        NmfData<T> data, FitUnit unit, NmfOptions fit, bool isGiven, WorkTeam team,
        CancellationToken cancellationToken)
    {
        Option.Require(
            Sum != AbundanceConstraint.Shaded || !data.IsSparse, nameof(Sum),
            "Pixels with a brightness of their own must be dense data.");
        var scene = isGiven || fit.Initialization != NmfInitialization.Auto || SolverFor(fit.Solver) != NmfSolver.Hals
            ? null
            : SceneStart.Create(data, fit.Rank, Sum, fit.Seed, team, cancellationToken);
        var settled = Sum != AbundanceConstraint.Auto ? this : this with
        {
            Sum = scene?.IsShaded == true ? AbundanceConstraint.Shaded : AbundanceConstraint.SumToOne,
        };
        return (settled, scene?.ToStart<T>());
    }

    internal override void Balance<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, WorkTeam team,
        CancellationToken cancellationToken)
    {
        if (Sum == AbundanceConstraint.Shaded)
            ShadedScene<T>.Balance(data.Dense!, dictionary, activations, team, cancellationToken);
    }

    internal override FinalObjective Evaluate<T>(
        NmfData<T> data, Matrix<T> w, Matrix<T> h, double[]? norms, WorkTeam team)
        => base.Evaluate(
            data, w, Sum == AbundanceConstraint.Shaded ? ShadedScene<T>.Lit(data.Dense!, w, h, team) : h, norms,
            team);

    internal override RowSolverOptions RowProblem(InferenceOptions inference) => base.RowProblem(inference) with
    {
        Abundances = Sum == AbundanceConstraint.Auto ? SumConstraint.SumToOne : (SumConstraint)Sum,
    };

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
