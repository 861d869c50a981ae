namespace Nmf;

/// <summary>
/// A way around bad local minima of divergences that are not convex: before the fit itself, the factors are improved for other β, from
/// <see cref="From"/> in even steps towards the β of the fit, each stage starting where the one before ended (Bertin, Févotte and Badeau, "A tempering
/// approach for Itakura-Saito non-negative matrix factorization", 2009, from 2 to 0).
/// </summary>
/// <remarks>
/// A heuristic: it often ends lower than a plain fit, not always. Stages use multiplicative updates whatever the solver of the fit, so that no
/// entry is lost to a zero; each costs its iterations in time, and memory for one solver at a time. The reported history is that of the fit
/// itself, whose objective is the only one of its kind; running progress names the β of every objective.
/// </remarks>
public sealed record BetaAnnealing
{
    /// <summary>β of the first stage, any finite number.</summary>
    public double From { get; init; } = BetaDivergence.Euclidean;

    /// <summary>Number of stages before the fit itself, at least 1.</summary>
    public int Stages { get; init; } = 10;

    /// <summary>Iterations of every stage, at least 1.</summary>
    public int IterationsPerStage { get; init; } = 20;

    /// <summary>β of a stage: <see cref="From"/> for stage 0, then even steps; stage <see cref="Stages"/> would be the fit itself.</summary>
    /// <param name="stage">Stage, from 0.</param>
    /// <param name="beta">β of the fit.</param>
    public double Beta(int stage, double beta) => From + ((beta - From) * stage / Stages);

    internal NmfOptions StageOptions(int stage, NmfOptions fit) => fit with
    {
        Annealing = null,
        Beta = Beta(stage, fit.Beta),
        Solver = NmfSolver.MultiplicativeUpdate,
        MaximumIterations = IterationsPerStage,
        CheckInterval = Math.Min(fit.CheckInterval, IterationsPerStage),
        Tolerance = 0,
    };
}
