namespace Nmf;

/// <summary>What all ways to choose the rank have in common: many fits, several of them at the same time.</summary>
public abstract record RankOptions
{
    private readonly int? _starts;

    private protected RankOptions()
    {
    }

    /// <summary>
    /// Number of starts of every fit, at least 1: 10 in a survey, 3 in a cross-validation and 5 with automatic
    /// relevance determination unless told otherwise. A survey with one start can say nothing about stability: the
    /// consensus of one run with itself is identically 1, so the indices made of it are not available. Elsewhere the
    /// start with the lowest objective gives the answer, because single starts end in local minima.
    /// </summary>
    public int Starts
    {
        get => _starts ?? UsualStarts;
        init => _starts = value;
    }

    /// <summary>
    /// Number of threads in all, or null for one per processor. They are shared between fits that run at the same time,
    /// which is faster than many threads for one small fit. The result does not depend on it.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>Most fits that run at the same time, or null for as many as there are threads. Each holds its factors
    /// and its solver's scratch.</summary>
    public int? ConcurrentFits { get; init; }

    private protected abstract int UsualStarts { get; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal virtual void Validate()
    {
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
        Option.RequirePositive(ConcurrentFits, "number of concurrent fits");
    }

    /// <summary>Checks the ranks to try, and the options of their fits.</summary>
    private protected static void Require(IReadOnlyList<int>? ranks, NmfOptions? fit)
    {
        Option.Require(ranks is { Count: > 0 }, "Ranks", "There are no ranks to try.");
        Option.Require(
            !Option.Given(fit, "Fit").Problem.FindsRank, "Fit",
            "Automatic relevance determination finds a rank of its own: it does not go with a list of ranks. "
            + $"Ask {nameof(RankRelevance)}.");
        foreach (var rank in ranks!)
        {
            Option.Require(rank > 0, "Ranks", $"Every rank must be greater than zero, but one is {rank}.");
            (fit! with { Rank = rank }).Validate();
        }
    }
}
