using Nmf.Kernels;

namespace Nmf.Distributed;

/// <summary>Where shards leave the activations of a model, each on its silo: files, rows of a table. Implemented by the
/// user.</summary>
/// <remarks>Every shard comes at least once, and again, with the same values, where its silo has died or the sink has
/// thrown, whatever had been written by then. So what is there of a shard has to be replaced as a whole: by a file that
/// is renamed, in a transaction, by rows with keys. Several shards come at once, on threads that may be blocked; one
/// shard comes once at a time, but where a silo that is taken for dead still lives.</remarks>
public interface IShardSink
{
    /// <summary>Stores the activations of a shard.</summary>
    /// <param name="address">A text that the sink understands.</param>
    /// <param name="shard">Number of the shard, from 0.</param>
    /// <param name="activations">samples of the shard x rank; only for reading.</param>
    /// <param name="cancellationToken">Nobody waits any more: the silo stops, or the transform was cancelled or has
    /// failed. What is written more than some seconds later may come behind what somebody else writes there.</param>
    Task StoreAsync(string address, int shard, Matrix<float> activations, CancellationToken cancellationToken);
}
