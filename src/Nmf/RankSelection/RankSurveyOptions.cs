namespace Nmf;

/// <summary>Which ranks to survey and how.</summary>
public sealed record RankSurveyOptions
{
    /// <summary>The ranks to try, at least 1 each; sorted, duplicates count once.</summary>
    public required IReadOnlyList<int> Ranks { get; init; }

    /// <summary>
    /// Number of starts per rank, at least 1. With one start nothing can be said about stability: the consensus of one
    /// run with itself is identically 1, so the indices made of it are not available.
    /// </summary>
    public int Starts { get; init; } = 10;

    /// <summary>
    /// How to fit: divergence, solver, iterations, tolerance, seed; not with automatic relevance determination,
    /// which finds a rank of its own. Its rank, starts and threads are not used. With several starts per rank all
    /// of them are random, whatever its initialisation says: NNDSVD always gives the same factors, and says
    /// nothing about stability.
    /// </summary>
    public NmfOptions Fit { get; init; } = new() { Rank = 1 };

    /// <summary>
    /// Number of threads in all, or null for one per processor. They are shared between fits that run at the same time,
    /// which is faster than many threads for one small fit. The result does not depend on it.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>Most fits that run at the same time, or null for as many as there are threads. Each holds its factors
    /// and its solver's scratch.</summary>
    public int? ConcurrentFits { get; init; }

    /// <summary>Most samples of a consensus matrix, at least 2: its time and memory grow with their square. Of more
    /// samples that many are drawn by the seed.</summary>
    public int MaximumConsensusSamples { get; init; } = 1000;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        RankJobs.RequireRanks(Ranks, nameof(Ranks));
        if (Fit is null)
            throw new ArgumentException("The options of the fits are missing.", nameof(Fit));
        RankJobs.RequireFixedRank(Fit, nameof(Fit));
        foreach (var rank in Ranks)
            (Fit with { Rank = rank }).Validate();
        if (Starts < 1)
            throw new ArgumentException("The number of starts must be greater than zero.", nameof(Starts));
        RankJobs.RequireThreads(Threads, ConcurrentFits);
        if (MaximumConsensusSamples < 2)
            throw new ArgumentException("A consensus needs at least two samples.", nameof(MaximumConsensusSamples));
    }
}
