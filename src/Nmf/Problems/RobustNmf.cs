using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What counts as an outlier.</summary>
public enum OutlierKind
{
    /// <summary>Whole samples: λ Σ_n ‖r_n‖₂. Most samples have no outlier part at all, the others may differ from the
    /// model in many features.</summary>
    Samples,

    /// <summary>Single entries: λ Σ_fn r_fn.</summary>
    Entries,
}

/// <summary>
/// Robust factorisation, <c>V ≈ H Wᵀ + R</c> with R ≥ 0 and sparse: minimises D_β(V | H Wᵀ + R) + λ Ω(R) for 0 ≤ β ≤ 2,
/// after Févotte and Dobigeon, "Nonlinear hyperspectral unmixing with robust nonnegative matrix factorization", 2015.
/// Complete data without weights.
/// </summary>
/// <param name="Beta">β, from 0 to 2.</param>
/// <param name="Lambda">
/// λ &gt; 0, or null for one from the data, which <see cref="NmfModel{T}.Options"/> then tells: a multiple of the
/// median of what a plain fit leaves (docs/math.md). In units of the derivative of the divergence, that is of
/// data^(β-1): free of units for counts (β = 1), a length in the space of the data for β = 2. An entry keeps R = 0
/// while y^(β-2) (v - y) ≤ λ; a sample keeps it while the Euclidean norm of the positive parts of these numbers is at
/// most λ.
/// </param>
/// <param name="Kind">What counts as an outlier.</param>
/// <remarks>The solver is <see cref="NmfSolver.Auto"/>, which is <see cref="NmfSolver.MultiplicativeUpdate"/>, or
/// <see cref="NmfSolver.MajorizationMinimization"/>. The start that <see cref="NmfInitialization.Auto"/> stands for is
/// random: singular vectors are bent by outliers just as a plain fit is.</remarks>
public sealed record RobustNmf(double Beta, double? Lambda = null, OutlierKind Kind = OutlierKind.Samples)
    : NmfProblem(ProblemTraits.HasOutliers | ProblemTraits.NeedsAllEntries)
{
    private const int MostOutlierPasses = 100;
    private const double OutlierTolerance = 1e-7;

    /// <summary>Stages with other β before the fit, against bad local minima, or null for none. All β must
    /// be from 0 to 2.</summary>
    public BetaAnnealing? Annealing { get; init; }

    internal override MeasureOfFit MeasureOfEntry => new BetaMeasure(Beta);

    internal override int Stages => Annealing?.Stages ?? 0;

    // Whatever has no data to take it from says so before.
    private double SettledLambda => Lambda ?? throw new InvalidOperationException(
        "The lambda of the outlier term was left to the data, and there are none: set Lambda.");

    private bool IsForSamples => Kind == OutlierKind.Samples;

    internal override string InWords
        => $"the beta-divergence with beta = {Beta} and an outlier term";

    internal override string Decision => $"the lambda of the outlier term is {Lambda:G4}";

    internal override void Validate(NmfOptions fit)
    {
        RequireBeta(Beta, fit.Solver);
        RequireNoSampleSearch(fit.Initialization);
        Option.Require(
            Beta is >= 0 and <= 2, nameof(Beta), $"Robust factorization needs beta between 0 and 2, not {Beta}.");
        Option.Require(
            Lambda is null or (> 0 and < double.PositiveInfinity), nameof(Lambda),
            $"The outlier penalty lambda must be finite and greater than zero, not {Lambda}.");
        Option.Require(Enum.IsDefined(Kind), nameof(Kind), $"There is no kind of outliers {Kind}.");
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.MultiplicativeUpdate or NmfSolver.MajorizationMinimization,
            nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} has no outlier term: "
                + "choose Auto, MultiplicativeUpdate or MajorizationMinimization.");
        Annealing?.Validate();
        Option.Require(
            Annealing is null || Annealing.From is >= 0 and <= 2, nameof(Annealing),
            "The outlier term needs beta between 0 and 2 in every stage: annealing must not begin with "
            + $"beta = {Annealing?.From}.");
    }

    internal override NmfSolver SolverFor(NmfSolver asked)
        => asked == NmfSolver.Auto ? NmfSolver.MultiplicativeUpdate : asked;

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
    {
        var exponent = fit.Solver == NmfSolver.MajorizationMinimization
            ? BetaDivergence.MajorizationExponent(Beta) : BetaDivergence.FastExponent(Beta);
        return new MeasureMultiplicativeSolver<T>(data, CreatePass(data, fit.Rank, team), exponent, start, team);
    }

    internal override NmfStart<T> CreateStart<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
        => base.CreateStart(data, fit.WithDefaultStart(NmfInitialization.Random), number, team, cancellationToken);

    internal override void RequireValid<T>(NmfData<T> data)
    {
        data.RequireUnweighted("an outlier term");
        base.RequireValid(data);
    }

    internal override NmfOptions StageOptions(NmfOptions fit, int stage) => Annealing!.StageOptions(
        fit, this with { Beta = Annealing.Beta(stage, Beta), Annealing = null }, NmfSolver.MultiplicativeUpdate);

    internal override (NmfProblem Problem, NmfStart<T>? Start) Settle<T>(
        NmfData<T> data, FitUnit unit, NmfOptions fit, bool isGiven, WorkTeam team,
        CancellationToken cancellationToken)
    {
        if (Lambda is not null)
            return (this, null);
        var (lambda, start) = OutlierThreshold<T>.Estimate(data, this, fit, team, cancellationToken);

        // Of so few digits that a multiplication there and back leaves them as they are.
        return (this with { Lambda = Math.Pow(2, unit.Data * (Beta - 1)) * (float)lambda },
            isGiven || Annealing is not null || fit.Initialization != NmfInitialization.Auto ? null : start);
    }

    internal override NmfProblem InUnit(FitUnit unit)
        => this with { Lambda = Few(SettledLambda * Math.Pow(2, unit.Data * (1 - Beta))) };

    // What is a number in single precision but for rounding is that.
    private static double Few(double lambda)
        => Math.Abs((float)lambda - lambda) <= 1e-15 * lambda ? (float)lambda : lambda;

    internal override RowSolverOptions RowProblem(InferenceOptions inference)
        => base.RowProblem(inference) with { Outliers = new OutlierKernel(SettledLambda, IsForSamples) };

    internal override SolvedRows SolveRows<T>(
        Matrix<T> dictionary, NmfData<T> data, InferenceOptions inference, RowPenalty? penalty, Matrix<T> activations,
        WorkTeam team, CancellationToken cancellationToken)
        => RobustInference<T>.Run(dictionary, data, RowProblem(inference), activations, team, cancellationToken);

    internal override FinalObjective Evaluate<T>(
        NmfData<T> data, Matrix<T> w, Matrix<T> h, double[]? norms, WorkTeam team)
    {
        var pass = CreatePass(data, w.Columns, team);
        if (norms is not null)
        {
            norms.CopyTo(pass.OutlierNorms);
            return new FinalObjective(pass.Objective(w, h), 0, norms);
        }

        // The activations are those of the fit: only R is to be found for them.
        var objective = pass.Objective(w, h);
        for (var i = 0; i < MostOutlierPasses; i++)
        {
            var previous = objective;
            objective = pass.Objective(w, h);
            if (previous - objective <= OutlierTolerance * Math.Abs(objective))
                break;
        }

        return new FinalObjective(objective, 0, pass.OutlierNorms.ToArray());
    }

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts)
        .Add(nameof(Beta), Beta)
        .Add(nameof(Lambda), Lambda)
        .Add(nameof(Kind), Kind.ToString())
        .Add(nameof(Annealing), Annealing?.Describe() ?? "none");

    private DivergencePass<T> CreatePass<T>(NmfData<T> data, int rank, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => data.CreateRobustPass(rank, Beta, new OutlierKernel(SettledLambda, IsForSamples), team);
}
