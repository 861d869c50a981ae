using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A way around bad local minima of divergences that are not convex: before the fit itself, the factors are improved
/// for other β, from <see cref="From"/> in even steps towards the β of the fit, each stage starting where the one
/// before ended (Bertin, Févotte and Badeau, "A tempering approach for Itakura-Saito non-negative matrix
/// factorization", 2009, from 2 to 0).
/// </summary>
/// <remarks>
/// A heuristic: it may end lower than a plain fit or higher. Stages use multiplicative updates whatever the solver of
/// the fit, with its penalties if it has any, and end by raising every entry to a millionth of the mean of its column:
/// a greater β drives entries to nearly zero that a smaller one wants back, and an update that multiplies would not get
/// them back. A stage costs its iterations in time, and memory for one solver. The reported history is that of the fit
/// itself, whose objective is the only one of its kind; running progress names the β of every objective.
/// </remarks>
public sealed record BetaAnnealing
{
    // In units of the mean of its column.
    private const double LeastEntry = 1e-6;

    /// <summary>β of the first stage, any finite number.</summary>
    public double From { get; init; } = BetaDivergence.Euclidean;

    /// <summary>Number of stages before the fit itself, at least 1.</summary>
    public int Stages { get; init; } = 10;

    /// <summary>Iterations of every stage, at least 1.</summary>
    public int IterationsPerStage { get; init; } = 20;

    /// <summary>β of a stage: <see cref="From"/> for stage 0, then even steps; stage <see cref="Stages"/> would be
    /// the fit itself.</summary>
    /// <param name="stage">Stage, from 0.</param>
    /// <param name="beta">β of the fit.</param>
    public double Beta(int stage, double beta) => From + ((beta - From) * stage / Stages);

    /// <summary>Ends a stage: no entry stays where the next stage cannot reach it.</summary>
    internal static void Raise<T>(NmfStart<T> factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        StartFloor<T>.Lift(factors.Dictionary, LeastEntry);
        StartFloor<T>.Lift(factors.Activations!, LeastEntry);
    }

    internal void Validate()
    {
        Option.Require(double.IsFinite(From), nameof(From), "Annealing must begin with a finite beta.");
        Option.Require(Stages > 0, nameof(Stages), "Annealing needs at least one stage.");
        Option.Require(
            IterationsPerStage > 0, nameof(IterationsPerStage), "Annealing needs stages of at least one iteration.");
    }

    /// <summary>The options of a stage.</summary>
    /// <param name="fit">Those of the fit.</param>
    /// <param name="problem">Its problem with the β of the stage, without annealing.</param>
    /// <param name="solver">The solver of stages.</param>
    internal NmfOptions StageOptions(NmfOptions fit, NmfProblem problem, NmfSolver solver) => fit with
    {
        Problem = problem,
        Solver = solver,
        Iterations = fit.Iterations with
        {
            MaximumIterations = IterationsPerStage,
            CheckInterval = Math.Min(fit.Iterations.CheckInterval, IterationsPerStage),
            Tolerance = 0,
        },
    };

    internal string Describe() =>
        $"{nameof(BetaAnnealing)} {{ From = {From:R}, IterationsPerStage = {IterationsPerStage}, Stages = {Stages} }}";
}
