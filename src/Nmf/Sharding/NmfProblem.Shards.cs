using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

// Fits with shards.
public abstract partial record NmfProblem
{
    /// <summary>Checks that the fit can be made of shards: that it needs of the data and of H nothing but sums over
    /// samples.</summary>
    /// <exception cref="ArgumentException">It cannot; the message names the option and says why.</exception>
    internal virtual void RequireShards(NmfOptions fit) => Option.Require(
        false, nameof(NmfOptions.Shards),
        $"{InWords} does not go with {nameof(NmfOptions.Shards)}: its step of W is no sum over samples. Shards go with "
        + $"beta-divergences ({nameof(BetaNmf)}) and {nameof(AutomaticRelevance)}.");

    /// <summary>The solver of a fit with shards.</summary>
    /// <param name="asked">What the user has asked for.</param>
    /// <param name="isWeighted">Whether entries are missing or have weights.</param>
    internal virtual NmfSolver ShardedSolver(NmfSolver asked, bool isWeighted) => SolverFor(asked);

    /// <summary>The part of a fit with shards that is in none of them.</summary>
    internal virtual ShardCoordinator<T> CreateShardCoordinator<T>(
        ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => throw new NotSupportedException($"{InWords} has no fit with shards.");

    /// <summary>A shard of it.</summary>
    internal virtual ShardWorker<T> CreateShardWorker<T>(
        ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => throw new NotSupportedException($"{InWords} has no fit with shards.");

    /// <summary>The least of random factors in units of their mean.</summary>
    internal virtual double LeastOfRandomStart => 0;

    /// <summary>The same of activations that are elsewhere.</summary>
    /// <param name="terms">Terms of <see cref="InUnit"/>.</param>
    /// <param name="unit">Unit of the fit.</param>
    /// <param name="dictionary">W in the unit of the data.</param>
    /// <param name="sumH">Column sums of H in the unit of the data.</param>
    /// <param name="squaresH">Those of its squares.</param>
    /// <param name="team">Threads to use.</param>
    internal virtual FittedTerms TermsOf<T>(
        FittedTerms terms, FitUnit unit, Matrix<T> dictionary, double[] sumH, double[] squaresH, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => terms;
}
