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

    internal void Validate()
    {
        Option.Require(
            MaximumIterations >= 0, nameof(MaximumIterations),
            "The maximum number of iterations must not be negative.");
        Option.Require(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
        Option.Require(CheckInterval > 0, nameof(CheckInterval), "The check interval must be greater than zero.");
    }

    internal void AddTo(CheckpointFacts facts) => facts
        .Add(nameof(MaximumIterations), MaximumIterations)
        .Add(nameof(Tolerance), Tolerance)
        .Add(nameof(CheckInterval), CheckInterval);
}
