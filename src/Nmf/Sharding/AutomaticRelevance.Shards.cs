using Nmf.Kernels;

namespace Nmf;

// Fits with shards.
public sealed partial record AutomaticRelevance
{
    internal override double LeastOfRandomStart => SmallestOfNearlyEqual;

    internal override void RequireShards(NmfOptions fit) => Option.Require(
        !Prune, nameof(Prune),
        $"A fit with {nameof(NmfOptions.Shards)} keeps components that have died out until its end: set "
        + $"{nameof(Prune)} to false.");

    internal override ShardCoordinator<T> CreateShardCoordinator<T>(
        ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        => new RelevanceCoordinator<T>(spec, dictionary, shards, team);

    internal override ShardWorker<T> CreateShardWorker<T>(
        ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        => new RelevanceWorker<T>(spec, data, activations, team);

    internal override FittedTerms TermsOf<T>(
        FittedTerms terms, FitUnit unit, Matrix<T> dictionary, double[] sumH, double[] squaresH, WorkTeam team)
        => InUserUnit(terms, unit);
}
