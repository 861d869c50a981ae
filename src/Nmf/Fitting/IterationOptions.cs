using System.Diagnostics;

namespace Nmf;

/// <summary>When a fit looks at its objective and when it ends.</summary>
public sealed record IterationOptions
{
    /// <summary>Most iterations, at least 0. One iteration updates every factor once.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>
    /// The fit has converged when an iteration lowers the objective by less than this fraction of it, averaged over
    /// <see cref="CheckInterval"/> iterations; 0 runs all iterations. A problem may have a rule of its own: see
    /// <see cref="AutomaticRelevance"/>.
    /// </summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>The objective is evaluated every so many iterations, at least 1.</summary>
    public int CheckInterval { get; init; } = 5;

    /// <summary>
    /// Longest time for the iterations of a fit, all starts together, or null for none. Looked at before every
    /// iteration: what has been reached then is handed over, with <see cref="StopReason.TimeLimit"/>. A checkpoint
    /// stays, and another call goes on from it.
    /// </summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Whether a fit that is cancelled during its iterations hands over what it has reached, with
    /// <see cref="StopReason.Cancelled"/>, in place of an <see cref="OperationCanceledException"/>. A checkpoint
    /// stays. A fit that is cancelled before, while the start is made, has nothing to hand over and throws.</summary>
    public bool ReturnsWhenCancelled { get; init; }

    internal void Validate()
    {
        Option.Require(
            MaximumIterations >= 0, nameof(MaximumIterations),
            "The maximum number of iterations must not be negative.");
        Option.Require(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
        Option.RequirePositive(CheckInterval, "check interval");
        Option.Require(
            TimeLimit is null || TimeLimit > TimeSpan.Zero, nameof(TimeLimit),
            "The time limit must be greater than zero.");
    }

    /// <summary>What decides the path; when the fit ends does not.</summary>
    internal void AddTo(CheckpointFacts facts) => facts.Add(nameof(CheckInterval), CheckInterval);

    /// <summary>Why a fit has to end now, or null.</summary>
    /// <param name="started">When it began.</param>
    /// <param name="cancellationToken">Its token.</param>
    /// <exception cref="OperationCanceledException">It was cancelled, and is to leave nothing.</exception>
    internal StopReason? Interruption(long started, CancellationToken cancellationToken)
    {
        if (!ReturnsWhenCancelled)
            cancellationToken.ThrowIfCancellationRequested();
        return cancellationToken.IsCancellationRequested ? StopReason.Cancelled
            : Stopwatch.GetElapsedTime(started) >= TimeLimit ? StopReason.TimeLimit : null;
    }
}
