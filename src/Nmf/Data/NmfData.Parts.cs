using Nmf.Kernels;

namespace Nmf;

// Runs of samples, for fits in shards.
public sealed partial class NmfData<T>
{
    private NmfData(NmfData<T> source, DataSummary summary)
    {
        (_missing, AbsentEntries, _sampleWeights) = (source._missing, source.AbsentEntries, source._sampleWeights);
        (_elementWeights, _storedWeights, _combinedWeights) = (source._elementWeights, source._storedWeights,
            source._combinedWeights);
        (_memory, _summary) = (source._memory, summary);
    }

    // A part of other data, in which all may be zero or of weight 0.
    private NmfData(NmfData<T> source, Memory memory, int first, int count)
    {
        (_missing, AbsentEntries, _memory) = (source._missing, source.AbsentEntries, memory);
        var weights = source._sampleWeights?[first..(first + count)];
        _sampleWeights = weights is not null && weights.AsSpan().ContainsAnyExcept(T.One) ? weights : null;
        _elementWeights = source._elementWeights?.RowsFrom(first, count);
        _storedWeights = source._storedWeights is { } stored
            ? new TransposableMatrix<T>(stored.Matrix.RowsFrom(first, count)) : null;
        _combinedWeights = new Lazy<TransposableMatrix<T>>(CombineWeights);
        _summary = Walk(mayBeZero: true);
    }

    /// <summary>Sums over all entries.</summary>
    internal DataSummary Summary => _summary;

    /// <summary>A run of samples with their weights: dense samples in the memory of these data, sparse ones
    /// copied.</summary>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many, at least 1.</param>
    internal NmfData<T> RowsFrom(int first, int count)
        => new(
            this, Dense is { } dense
                ? new Memory { Dense = dense.RowsFrom(first, count) }
                : new Memory { Sparse = new TransposableMatrix<T>(Sparse!.RowsFrom(first, count)) }, first, count);

    /// <summary>These data with sums that were added by the tree of some shards.</summary>
    internal NmfData<T> SummedBy(NmfShards shards)
    {
        var starts = shards.Boundaries(Samples);
        return new(this, ShardFacts.Of([.. starts.Zip(
            starts.Skip(1), (from, to) => ShardFacts.Of(RowsFrom(from, to - from)))]).Summary);
    }
}
