using Nmf.Kernels;

namespace Nmf;

// Models of fits with shards.
public sealed partial class NmfModel<T>
{
    /// <summary>The model of a fit with shards.</summary>
    /// <param name="options">The user's options.</param>
    /// <param name="ended">How it has ended.</param>
    /// <param name="activations">Activations of all samples, or without rows where they stay in the shards.</param>
    /// <param name="report">How it went.</param>
    internal static NmfModel<T> FromShards(
        NmfOptions options, ShardedEnd<T> ended, Matrix<T> activations, FitReport report)
        => new(options, ended.Dictionary, activations, report)
        {
            Objective = ended.Objective,
            ExplainedPart = ended.ExplainedPart,
            Contributions = ended.Contributions,
            Penalty = ended.Penalty,
            UnsolvedRows = ended.Unsolved,
            Relevance = ended.Relevance,
        };
}
