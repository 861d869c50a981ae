namespace Nmf.Tests;

/// <summary>Fits with a penalty on top of the divergence.</summary>
public abstract class PenaltyContract : ModelContract
{
    protected override bool IsPenalized => true;

    protected abstract double Divergence { get; }

    protected abstract NmfPenalty[] Penalties(int rank);

    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = new BetaNmf(
        Divergence) { Penalties = Penalties(rank) }, Inference = new() { Tolerance = 1e-3 } };
}

public sealed class SparseKullbackLeiblerContract : PenaltyContract
{
    protected override double Divergence => 1;

    protected override NmfPenalty[] Penalties(int rank) => [new L1Penalty(0.1)];
}

public sealed class ElasticNetContract : PenaltyContract
{
    protected override double Divergence => 2;

    protected override NmfPenalty[] Penalties(int rank)
        => [new L1Penalty(0.05), new L2Penalty(0.05), new L2Penalty(0.05) { Factor = PenalizedFactor.Dictionary }];
}

public sealed class SquaredKullbackLeiblerContract : PenaltyContract
{
    protected override double Divergence => 1;

    protected override NmfPenalty[] Penalties(int rank) => [new L2Penalty(0.02)];
}

public sealed class SquaredItakuraSaitoContract : PenaltyContract
{
    protected override double Divergence => 0;

    protected override NmfPenalty[] Penalties(int rank) => [new L2Penalty(0.02)];
}

public sealed class SquaredOrdinaryBetaContract : PenaltyContract
{
    protected override double Divergence => 1.3;

    protected override NmfPenalty[] Penalties(int rank)
        => [new L2Penalty(0.02) { Factor = PenalizedFactor.Dictionary }];
}

public sealed class GroupSparseItakuraSaitoContract : PenaltyContract
{
    protected override double Divergence => 0;

    protected override NmfPenalty[] Penalties(int rank)
        => [new GroupPenalty([[0], [.. Enumerable.Range(1, rank - 1)]], 0.2, 0.1)];
}

public sealed class LogSparseKullbackLeiblerContract : PenaltyContract
{
    protected override double Divergence => 1;

    protected override NmfPenalty[] Penalties(int rank) => [new LogPenalty(0.2, 0.1)];

    protected override bool RowsAreConvex => false;
}

public sealed class SeededKullbackLeiblerContract : PenaltyContract
{
    protected override double Divergence => 1;

    protected override NmfPenalty[] Penalties(int rank) => [new SeedPenalty([[0]])];
}

public sealed class SeededOrdinaryBetaContract : PenaltyContract
{
    protected override double Divergence => 1.5;

    protected override NmfPenalty[] Penalties(int rank) => [new SeedPenalty([[0]]), new L1Penalty(0.05)];
}
