namespace Nmf;

/// <summary>Why a fit ended.</summary>
public enum StopReason
{
    /// <summary>An iteration changed less than the tolerance: the objective, or with automatic relevance determination
    /// every relevance.</summary>
    Converged,

    /// <summary>The iteration limit was reached.</summary>
    MaximumIterations,

    /// <summary>The time limit was reached (<see cref="IterationOptions.TimeLimit"/>).</summary>
    TimeLimit,

    /// <summary>The fit was cancelled and hands over what it has reached
    /// (<see cref="IterationOptions.ReturnsWhenCancelled"/>).</summary>
    Cancelled,
}

/// <summary>The objective at one moment of a fit.</summary>
public sealed record ObjectivePoint
{
    internal ObjectivePoint(int iteration, double objective, TimeSpan elapsed)
        => (Iteration, Objective, Elapsed) = (iteration, objective, elapsed);

    /// <summary>Number of iterations done; 0 is the start. Passes, or batches, in an online fit.</summary>
    public int Iteration { get; }

    /// <summary>What the fit minimises: D_β(V | WH), or another measure of fit, over the observed entries with their
    /// weights, plus penalties; where pixels have a brightness of their own, of pixels divided by it, with the weights
    /// of the fit. Summed in double precision. In an online fit the cost of one pass, or, in a model
    /// updated batch by batch, of the last batch.</summary>
    public double Objective { get; }

    /// <summary>Time since the first iteration began.</summary>
    public TimeSpan Elapsed { get; }
}

/// <summary>What a running fit reports.</summary>
public sealed record FitProgress
{
    internal FitProgress(int start, int starts, int iteration, int maximumIterations, double objective)
    {
        Start = start;
        Starts = starts;
        Iteration = iteration;
        MaximumIterations = maximumIterations;
        Objective = objective;
    }

    /// <summary>Which start is running, from 0.</summary>
    public int Start { get; }

    /// <summary>Number of starts.</summary>
    public int Starts { get; }

    /// <summary>Number of iterations done by this start.</summary>
    public int Iteration { get; }

    /// <summary>Iteration limit.</summary>
    public int MaximumIterations { get; }

    /// <summary>Current objective.</summary>
    public double Objective { get; }

    /// <summary>β of the objective: that of the fit, or of the stage of <see cref="BetaAnnealing"/> that is running;
    /// iterations then count those of the stage. NaN when it was not told.</summary>
    public double Beta { get; internal init; } = double.NaN;
}

/// <summary>How a fit went.</summary>
public sealed class FitReport
{
    internal FitReport(IReadOnlyList<ObjectivePoint> history, int iterations, StopReason stopReason)
    {
        History = history;
        Iterations = iterations;
        StopReason = stopReason;
    }

    /// <summary>The objective at the start, at every check and at the end; never increasing, up to rounding,
    /// while the values of the model stay above their floor (<see cref="NmfSolver"/>). The passes of an online
    /// fit may increase it.</summary>
    public IReadOnlyList<ObjectivePoint> History { get; }

    /// <summary>Number of iterations done.</summary>
    public int Iterations { get; }

    /// <summary>Why the fit ended.</summary>
    public StopReason StopReason { get; }

    /// <summary>Objective after the last iteration: what the fit minimises (<see cref="ObjectivePoint.Objective"/>),
    /// where <see cref="NmfModel{T}.Objective"/> is the measure of fit alone.</summary>
    public double Objective => History[^1].Objective;

    /// <summary>Time that the iterations took.</summary>
    public TimeSpan Elapsed => History[^1].Elapsed;

    /// <summary>Final objective of every start, in order; the lowest is the one that was kept. NaN for one that
    /// <see cref="StopReason"/> left no time for.</summary>
    public IReadOnlyList<double> StartObjectives { get; internal init; } = [];

    internal FitReport With(IReadOnlyList<double> startObjectives)
        => With(objective => objective, startObjectives);

    /// <summary>The report with objectives in another unit.</summary>
    /// <param name="unit">Gives an objective the other unit.</param>
    /// <param name="startObjectives">Objectives of all starts.</param>
    /// <param name="interruption">Why not all starts have ended, or null.</param>
    internal FitReport With(
        Func<double, double> unit, IReadOnlyList<double> startObjectives, StopReason? interruption = null) => new(
        [.. History.Select(point => new ObjectivePoint(point.Iteration, unit(point.Objective), point.Elapsed))],
        Iterations, interruption ?? StopReason) { StartObjectives = [.. startObjectives.Select(unit)] };
}
