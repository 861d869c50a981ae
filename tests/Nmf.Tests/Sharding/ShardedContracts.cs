namespace Nmf.Tests.Sharding;

/// <summary>Fits in three shards, of fewer samples in fewer.</summary>
public abstract class ShardedContract : ModelContract
{
    private protected abstract NmfOptions Whole(int rank);

    protected sealed override NmfOptions Options(int rank) => Whole(rank) with { Shards = 3 };

    protected sealed override NmfOptions Options(int rank, int samples)
        => Whole(rank) with { Shards = Math.Min(3, samples) };
}

public sealed class ShardedKullbackLeiblerContract : ShardedContract
{
    private protected override NmfOptions Whole(int rank)
        => new() { Rank = rank, Problem = 1, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class ShardedExtrapolatedContract : ShardedContract
{
    private protected override NmfOptions Whole(int rank) => new() { Rank = rank, Problem = 1 };
}

public sealed class ShardedHalsContract : ShardedContract
{
    private protected override NmfOptions Whole(int rank) => new() { Rank = rank, Problem = 2 };
}

public sealed class ShardedEuclideanContract : ShardedContract
{
    private protected override NmfOptions Whole(int rank)
        => new() { Rank = rank, Problem = 2, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class ShardedItakuraSaitoContract : ShardedContract
{
    private protected override NmfOptions Whole(int rank)
        => new() { Rank = rank, Problem = 0, Solver = NmfSolver.MajorizationMinimization };
}

public sealed class ShardedThreeHalvesContract : ShardedContract
{
    private protected override NmfOptions Whole(int rank)
        => new() { Rank = rank, Problem = 1.5, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate };
}

public sealed class ShardedPenaltiesContract : ShardedContract
{
    protected override bool IsPenalized => true;

    private protected override NmfOptions Whole(int rank) => new()
    {
        Rank = rank, Problem = new BetaNmf(2) { Penalties =
            [new L1Penalty(0.05), new L2Penalty(0.05), new L2Penalty(0.05) { Factor = PenalizedFactor.Dictionary }] },
        Inference = new() { Tolerance = 1e-3 },
    };
}

public sealed class ShardedGuardedPenaltyContract : ShardedContract
{
    protected override bool IsPenalized => true;

    private protected override NmfOptions Whole(int rank) => new()
    {
        Rank = rank, Problem = new BetaNmf(1) { Penalties = [new L2Penalty(0.02), new L1Penalty(0.05)] },
        Inference = new() { Tolerance = 1e-3 },
    };
}

public sealed class ShardedGroupPenaltyContract : ShardedContract
{
    protected override bool IsPenalized => true;

    private protected override NmfOptions Whole(int rank) => new()
    {
        Rank = rank, Problem = new BetaNmf(0) { Penalties =
            [new GroupPenalty([[0], [.. Enumerable.Range(1, rank - 1)]], 0.2, 0.1)] },
        Inference = new() { Tolerance = 1e-3 },
    };
}

public sealed class ShardedRelevanceContract : ShardedContract
{
    protected override bool IsPenalized => true;

    private protected override NmfOptions Whole(int rank) => new()
    {
        Rank = rank, Problem = new AutomaticRelevance(1) { Dispersion = 0.01, Shape = 2.5, Scale = 0.01,
            Prune = false }, Inference = new() { Tolerance = 1e-3 },
    };
}

public sealed class ShardedMissingEntriesContract : MaskedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 1, Shards = 3 };

    protected override NmfOptions Options(int rank, int samples)
        => Options(rank) with { Shards = Math.Min(3, samples) };
}

public sealed class ShardedSampleWeightsContract : SampleWeightedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 1, Shards = 3 };

    protected override NmfOptions Options(int rank, int samples)
        => Options(rank) with { Shards = Math.Min(3, samples) };
}
