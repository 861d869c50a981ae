using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Formats;

namespace Microsoft.ML.Data;

/// <summary>
/// Shards of a fit on many machines in data views, one view for each: whatever ML.NET loads and transforms, partition
/// by partition. What an address means, how many partitions it has and how one is opened is the user's.
/// </summary>
/// <remarks>The view of a shard must have the same rows, in the same order, whenever and wherever it is opened: a
/// transformer in it is one that was fitted before, the same on all machines. Ranges of the rows of one view are
/// partitions, too (<c>SkipRows</c>, <c>TakeRows</c>), where skipping is cheap. Thread-safe if opening is.</remarks>
public class DataViewShards : IShardSource
{
    private readonly Func<string, int> _count;
    private readonly Func<string, int, IDataView> _open;
    private readonly string _columnName;
    private readonly MissingValues _missing;
    private readonly AbsentEntries _absent;

    /// <param name="count">How many shards an address has.</param>
    /// <param name="open">Opens one, by address and number.</param>
    /// <param name="columnName">The column of the samples, vectors of numbers of a known size.</param>
    /// <param name="missing">What NaN means.</param>
    /// <param name="absent">What zeros mean, whether a row stores them or not.</param>
    public DataViewShards(
        Func<string, int> count, Func<string, int, IDataView> open, string columnName,
        MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero)
    {
        ArgumentNullException.ThrowIfNull(count);
        ArgumentNullException.ThrowIfNull(open);
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        (_count, _open, _columnName, _missing, _absent) = (count, open, columnName, missing, absent);
    }

    /// <inheritdoc/>
    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(_count(address));

    /// <inheritdoc/>
    /// <exception cref="NmfDataException">A value is negative or none; the message names column, row and
    /// slot.</exception>
    /// <exception cref="MatrixFormatException">The view has no rows.</exception>
    /// <exception cref="ArgumentException">The view has no such column of vectors.</exception>
    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        var view = _open(address, shard)
            ?? throw new ArgumentException($"{NameOf(address, shard)} was opened as null.", nameof(shard));
        var host = ((IHostEnvironment)new MLContext()).Register(nameof(DataViewShards));

        // Whether its measure allows zeros is looked at by the fit.
        var guard = ColumnGuard.ForInput(host, view.Schema, _columnName, new BetaNmf(1), _missing, _absent);
        return new(RowReader.ReadShard(view, guard, cancellationToken)
            ?? throw new MatrixFormatException(NameOf(address, shard), "there are no rows."));
    }

    /// <inheritdoc/>
    public virtual string NameOf(string address, int shard) => $"shard {shard} of {address}";
}
