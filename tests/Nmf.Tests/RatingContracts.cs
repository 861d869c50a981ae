using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>The solver of ratings: two sevenths of the entries are missing.</summary>
public abstract class RatingContract(double beta) : SolverContract
{
    protected override bool AllowsZeros => true;

    protected override bool IsPenalized => true;

    protected override double[] Edit(double[] values) => [.. values.Select((v, i) => i % 7 is 3 or 5 ? double.NaN : v)];

    protected override NmfData<T> Dense<T>(double[] values, int samples, int features)
        => TestData.DenseObserved<T>(values, samples, features);

    protected override NmfData<T> Sparse<T>(double[] values, int samples, int features)
        => TestData.SparseObserved<T>(values, samples, features);

    private protected override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => new RatingSolver<T>(data, beta, 0.7, 0.5, start, team);
}

public sealed class EuclideanRatingContract() : RatingContract(2);

public sealed class KullbackLeiblerRatingContract() : RatingContract(1);
