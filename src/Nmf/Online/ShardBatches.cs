namespace Nmf;

/// <summary>Samples of shards, one shard after the other, cut into batches.</summary>
/// <param name="source">The shards.</param>
/// <param name="address">What the source understands.</param>
/// <param name="from">The first shard.</param>
/// <param name="to">The first behind them.</param>
internal sealed class ShardBatches(IShardSource source, string address, int from, int to) : INmfBatchSource<float>
{
    private readonly NmfBatchMemory<float> _memory = new();
    private readonly object _gate = new();
    private readonly int?[] _sizes = new int?[to - from];
    private (int Shard, NmfData<float> Data)? _loaded;
    private volatile int _features;

    /// <inheritdoc/>
    /// <remarks>Asked for with every batch: what has been loaded once has told it.</remarks>
    public int Features => _features > 0 ? _features : Load(from, CancellationToken.None).Features;

    /// <inheritdoc/>
    public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
    {
        NmfBatchBuilder<float>? batch = null;
        var features = 0;
        for (var shard = from; shard < to; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // What was loaded once need not be again to be left out.
            if (_sizes[shard - from] is { } size && size <= skip)
            {
                skip -= size;
                continue;
            }

            NmfData<float>? data = Load(shard, cancellationToken);
            features = batch is null ? data.Features : features;
            batch ??= new NmfBatchBuilder<float>(features, batchSize, _memory);
            if (data.Features != features)
            {
                throw new NmfDataException(
                    $"{source.NameOf(address, shard)} has {data.Features} features, but those before it have "
                    + $"{features}.");
            }

            for (var n = (int)Math.Min(skip, data.Samples); n < data.Samples; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var isAdded = data.Dense is { } dense ? batch.TryAdd(dense.Row(n), out _)
                    : batch.TryAdd(data.Sparse!.RowIndices(n), data.Sparse.RowValues(n), out _);
                System.Diagnostics.Debug.Assert(isAdded, "the data of a shard were looked at");
                if (batch.IsFull)
                    yield return batch.Take();
            }

            skip -= Math.Min(skip, data.Samples);

            // An enumerator keeps its variables: the next shard would be loaded beside this one.
            data = null;
        }

        if (batch?.Count > 0)
            yield return batch.Take();
    }

    private NmfData<float> Load(int shard, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_loaded is { } loaded && loaded.Shard == shard)
                return loaded.Data;

            // Before the next one takes its memory.
            _loaded = null;
            var data = LoadNamed(shard, cancellationToken);
            _sizes[shard - from] = data.Samples;
            _features = shard == from ? data.Features : _features;
            _loaded = (shard, data);
            return data;
        }
    }

    private NmfData<float> LoadNamed(int shard, CancellationToken cancellationToken)
    {
        string Place(Exception e) => $"{source.NameOf(address, shard)}: {e.Message}";
        try
        {
            var data = source.LoadAsync(address, shard, cancellationToken).AsTask().GetAwaiter().GetResult()
                ?? throw new ArgumentException("The source has returned no samples, but null.");
            return !data.IsWeighted ? data : throw new ArgumentException(
                "The shard has missing entries or weights, which cannot be learnt online.");
        }
        catch (NmfDataException e)
        {
            throw new NmfDataException(Place(e), e.Sample, e.Feature, e.Value);
        }
        catch (FormatException e)
        {
            throw new FormatException(Place(e), e);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException(Place(e), e);
        }
    }
}
