namespace Nmf;

/// <summary>How often to draw and fit again, and what to report.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Number of data sets that are drawn, at least 10. A 90 % interval of fewer than 100 is coarse.</summary>
    public int Replicates { get; init; } = 100;

    /// <summary>What part of the replicates an interval holds, between 0 and 1.</summary>
    public double Level { get; init; } = 0.9;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads in all, or null for one per processor; the result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Most fits that run at the same time, or null for as many as there are threads.</summary>
    public int? ConcurrentFits { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.Require(Replicates >= 10, nameof(Replicates), "The number of replicates must be at least ten.");
        Option.Require(Level is > 0 and < 1, nameof(Level), $"The level must be between 0 and 1, not {Level}.");
        Option.RequirePositive(Threads, "number of threads");
        Option.RequirePositive(ConcurrentFits, "number of concurrent fits");
    }
}
