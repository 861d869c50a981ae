using Nmf.Kernels;

namespace Nmf.Distributed;

/// <summary>Where shards leave the activations of a model, each on its silo: files, rows of a table. Implemented by the
/// user.</summary>
/// <remarks>Called from several threads at once, and again where a silo has died on the way: writing the same once more
/// has to leave the same.</remarks>
public interface IShardSink
{
    /// <summary>Stores the activations of a shard.</summary>
    /// <param name="address">A text that the sink understands.</param>
    /// <param name="shard">Number of the shard, from 0.</param>
    /// <param name="activations">samples of the shard x rank; only for reading.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    Task StoreAsync(string address, int shard, Matrix<float> activations, CancellationToken cancellationToken);
}
