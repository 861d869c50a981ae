using System.Numerics;

namespace Nmf.Tests;

/// <summary>The contract with a third of the entries missing: dense data with NaN, sparse data whose absent
/// entries are missing.</summary>
public abstract class MaskedContract : ModelContract
{
    // By the place in the array alone, so that equal rows of different tests have different holes; the first entry of a
    // row never is one of them.
    protected override double[] Edit(double[] values) => [.. values.Select((v, i) => i % 7 is 3 or 5 ? double.NaN : v)];

    // Absent entries are missing, not zeros.
    protected override bool TakesSparseData => true;

    protected override NmfData<T> Dense<T>(double[] values, int samples, int features)
        => TestData.DenseObserved<T>(values, samples, features);

    protected override NmfData<T> Sparse<T>(double[] values, int samples, int features)
        => TestData.SparseObserved<T>(values, samples, features);
}

public sealed class MaskedEuclideanContract : MaskedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 2 };
}

public sealed class MaskedEuclideanMultiplicativeContract : MaskedContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 2, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class MaskedKullbackLeiblerContract : MaskedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 1 };
}

public sealed class MaskedItakuraSaitoContract : MaskedContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0, Solver = NmfSolver.MajorizationMinimization };
}

public sealed class MaskedOrdinaryBetaContract : MaskedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 1.3 };
}

public sealed class MaskedLargeBetaContract : MaskedContract
{
    protected override double RestTolerance => 3e-5;

    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 3 };
}

/// <summary>The contract with a weight for every sample, in dense and in sparse storage.</summary>
public abstract class SampleWeightedContract : ModelContract
{
    protected override NmfData<T> Dense<T>(double[] values, int samples, int features)
        => Weighted(TestData.Dense<T>(values, samples, features));

    protected override NmfData<T> Sparse<T>(double[] values, int samples, int features)
        => Weighted(TestData.Sparse<T>(values, samples, features));

    // The same for all samples, or a permutation of the samples would permute the weights; only the objective sees it.
    private static NmfData<T> Weighted<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return data.WithSampleWeights(Enumerable.Repeat(T.CreateChecked(2.5), data.Samples).ToArray());
    }
}

public sealed class SampleWeightedEuclideanContract : SampleWeightedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 2 };
}

public sealed class SampleWeightedKullbackLeiblerContract : SampleWeightedContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 1 };
}

/// <summary>Missing entries and a penalty: the one is in the passes over the data, the other in those
/// over the factors.</summary>
public abstract class MaskedPenaltyContract : MaskedContract
{
    protected override bool IsPenalized => true;

    protected static NmfOptions Penalized(int rank, double beta, params NmfPenalty[] penalties)
        => new()
        {
            Rank = rank, Problem = new BetaNmf(beta) { Penalties = penalties }, Inference = new() { Tolerance = 1e-3 }
        };
}

public sealed class MaskedElasticNetContract : MaskedPenaltyContract
{
    protected override NmfOptions Options(int rank)
        => Penalized(
            rank, 2, new L1Penalty(0.05), new L2Penalty(0.05),
            new L2Penalty(0.05) { Factor = PenalizedFactor.Dictionary });
}

public sealed class MaskedSparseKullbackLeiblerContract : MaskedPenaltyContract
{
    protected override NmfOptions Options(int rank) => Penalized(rank, 1, new L1Penalty(0.1));
}

public sealed class MaskedGroupItakuraSaitoContract : MaskedPenaltyContract
{
    protected override NmfOptions Options(int rank)
        => Penalized(rank, 0, new GroupPenalty([[0], [.. Enumerable.Range(1, rank - 1)]], 0.2, 0.1));
}

/// <summary>Missing entries and automatic relevance determination.</summary>
public abstract class MaskedRelevanceContract : MaskedContract
{
    protected override bool IsPenalized => true;

    protected static NmfOptions Relevant(int rank, double beta, RelevancePrior prior)
        => new() { Rank = rank, Problem = new AutomaticRelevance(beta) { Prior = prior, Dispersion = 0.01, Shape = 2.5,
            Scale = 0.01 }, Inference = new() { Tolerance = 1e-3 } };
}

public sealed class MaskedExponentialRelevanceContract : MaskedRelevanceContract
{
    protected override NmfOptions Options(int rank) => Relevant(rank, 1, RelevancePrior.Exponential);
}

public sealed class MaskedHalfNormalRelevanceContract : MaskedRelevanceContract
{
    protected override NmfOptions Options(int rank) => Relevant(rank, 2, RelevancePrior.HalfNormal);
}
