namespace Nmf;

/// <summary>How a tensor is factorised (<see cref="TensorNmf"/>).</summary>
public record TensorNmfOptions
{
    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>Divergence parameter β; see <see cref="BetaDivergence"/>.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>
    /// Solver. <see cref="NmfSolver.Auto"/> is <see cref="NmfSolver.ExtrapolatedHals"/> for β = 2 without missing
    /// entries and weights, <see cref="NmfSolver.ExtrapolatedMultiplicativeUpdate"/> for other 1 ≤ β ≤ 2 and with them,
    /// <see cref="NmfSolver.MultiplicativeUpdate"/> elsewhere. There are also <see cref="NmfSolver.Hals"/> and
    /// <see cref="NmfSolver.MajorizationMinimization"/>, no others.
    /// </summary>
    public NmfSolver Solver { get; init; }

    /// <summary>When the fit looks at its objective and when it ends; 500 iterations at most unless told otherwise. One
    /// iteration updates every factor once.</summary>
    public IterationOptions Iterations { get; init; } = new() { MaximumIterations = 500, Tolerance = 1e-6 };

    /// <summary>Number of random starts, at least 1; the fit with the lowest objective is kept. CP has local
    /// minima: several starts are worth their time.</summary>
    public int Starts { get; init; } = 4;

    /// <summary>Seed of the starts; null for 0, and in a pipeline for one drawn from the <c>MLContext</c> when the
    /// trainer is created. The same seed gives the same bits, whatever the number of threads.</summary>
    public int? Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    internal NmfSolver SolverFor(bool isWeighted) => Solver != NmfSolver.Auto ? Solver
        : Beta == BetaDivergence.Euclidean && !isWeighted ? NmfSolver.ExtrapolatedHals
        : BetaDivergence.IsConvex(Beta) ? NmfSolver.ExtrapolatedMultiplicativeUpdate : NmfSolver.MultiplicativeUpdate;

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.RequirePositive(Rank, "rank");
        Option.Require(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");
        Option.Require(
            Solver is NmfSolver.Auto or NmfSolver.Hals or NmfSolver.ExtrapolatedHals or NmfSolver.MultiplicativeUpdate
                or NmfSolver.MajorizationMinimization or NmfSolver.ExtrapolatedMultiplicativeUpdate,
            nameof(Solver), $"Tensors have no solver {Solver}.");
        Option.Require(
            Solver.RequiredBeta() is null || Solver.RequiredBeta() == Beta, nameof(Solver),
            $"The solver {Solver} minimises beta = 2, not beta = {Beta}.");
        Option.Require(
            Solver != NmfSolver.ExtrapolatedMultiplicativeUpdate || BetaDivergence.IsConvex(Beta), nameof(Solver),
            $"Tensors are extrapolated for 1 <= beta <= 2, where a step can be judged; beta is {Beta}.");
        Option.Given(Iterations).Validate();
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
    }

    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts);
        return facts.Add(nameof(Rank), Rank).Add(nameof(Beta), Beta).Add(nameof(Solver), Solver.ToString())
            .Add(nameof(Starts), Starts).Add(nameof(Seed), Seed ?? 0);
    }
}
