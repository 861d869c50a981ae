namespace Nmf.Distributed;

/// <summary>
/// Where the parts of a stream come from whose samples are not cut into shards: partitions of a log, queues, tables
/// that are read from a place on. Implemented by the user. An <see cref="IShardSource"/> needs none: its shards are
/// read one after the other.
/// </summary>
/// <remarks>What has to hold: the same address has the same parts whenever and wherever it is asked, and a part the
/// same batches with the same bits from any place on (<see cref="INmfBatchSource{T}.Read"/>), because a part whose silo
/// has died is opened again elsewhere, at the batch at which the fit goes on. A stream may have no end: then the fit
/// has one pass, and what it has learnt is asked for while it runs
/// (<see cref="DistributedNmf.GetSnapshotAsync"/>). Called from several threads at once.</remarks>
public interface IStreamSource
{
    /// <summary>How many parts an address has.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">The fit was cancelled, or the machine stops.</param>
    /// <returns>At least 1.</returns>
    ValueTask<int> CountAsync(string address, CancellationToken cancellationToken);

    /// <summary>Opens a part.</summary>
    /// <param name="address">The address.</param>
    /// <param name="part">Its number, from 0.</param>
    /// <param name="cancellationToken">The fit was cancelled, or the machine stops.</param>
    /// <returns>Its batches, read by one thread at a time.</returns>
    ValueTask<INmfBatchSource<float>> OpenAsync(string address, int part, CancellationToken cancellationToken);

    /// <summary>What a part is called in messages.</summary>
    /// <param name="address">The address.</param>
    /// <param name="part">Its number.</param>
    string NameOf(string address, int part) => $"part {part} of {address}";
}
