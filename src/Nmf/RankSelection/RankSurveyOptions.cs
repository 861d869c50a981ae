namespace Nmf;

/// <summary>Which ranks to survey and how.</summary>
public sealed record RankSurveyOptions : RankOptions
{
    /// <summary>The ranks to try, at least 1 each; sorted, duplicates count once.</summary>
    public required IReadOnlyList<int> Ranks { get; init; }

    /// <summary>
    /// How to fit: divergence, solver, iterations, tolerance, seed; not with automatic relevance determination,
    /// which finds a rank of its own. Its rank, starts and threads are not used. With several starts per rank all
    /// of them are random, whatever its initialisation says: NNDSVD always gives the same factors, and says
    /// nothing about stability.
    /// </summary>
    public NmfOptions Fit { get; init; } = new() { Rank = 1 };

    /// <summary>Most samples of a consensus matrix, at least 2: its time and memory grow with their square. Of more
    /// samples that many are drawn by the seed.</summary>
    internal int MaximumConsensusSamples { get; init; } = 1000;

    private protected override int UsualStarts => 10;

    /// <inheritdoc/>
    internal override void Validate()
    {
        Require(Ranks, Fit);
        base.Validate();
        if (MaximumConsensusSamples < 2)
            throw new ArgumentException("A consensus needs at least two samples.", nameof(MaximumConsensusSamples));
    }
}
