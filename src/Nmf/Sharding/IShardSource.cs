namespace Nmf;

/// <summary>
/// Where the shards of a fit on many machines come from: files by a pattern, rows of a table by ranges, row groups.
/// Implemented by the user, or one of those that are included.
/// </summary>
/// <remarks>
/// <para>An address is a text that the source understands: a pattern of files, a query. Every machine has a source of
/// its own under the same name, and asks it for the shards that it holds; so the address has to mean the same on all of
/// them (a folder that all see, a database that all reach).</para>
/// <para>What has to hold: the same address has the same shards in the same order whenever and wherever it is asked,
/// and a shard the same samples with the same bits in the same order, because a shard whose machine has died is loaded
/// again elsewhere, and the fit goes on with the same bits only if its data are the same. All shards have the same
/// features. A shard has at least one sample; all its entries may be zero, so build it with <c>isBatch: true</c>.
/// </para>
/// <para>Called from several threads at once. A call may be cancelled. An <see cref="NmfDataException"/> (a negative
/// value at row n), a <see cref="FormatException"/> (a broken file) or an <see cref="ArgumentException"/> ends the fit,
/// with <see cref="NameOf"/> and its message; any other exception is taken for one that may not come again (a share
/// that is not there for a moment), and the shard is loaded again, some times.</para>
/// </remarks>
public interface IShardSource
{
    /// <summary>How many shards an address has.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">The fit was cancelled, or the machine stops.</param>
    /// <returns>At least 1.</returns>
    ValueTask<int> CountAsync(string address, CancellationToken cancellationToken);

    /// <summary>Loads a shard.</summary>
    /// <param name="address">The address.</param>
    /// <param name="shard">Its number, from 0.</param>
    /// <param name="cancellationToken">The fit was cancelled, or the machine stops.</param>
    /// <returns>Its samples; the fit owns them.</returns>
    /// <exception cref="NmfDataException">A value is negative or none: it names the sample of the shard.</exception>
    ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken);

    /// <summary>What a shard is called in messages: the file, the range.</summary>
    /// <param name="address">The address.</param>
    /// <param name="shard">Its number.</param>
    string NameOf(string address, int shard) => $"shard {shard} of {address}";
}
