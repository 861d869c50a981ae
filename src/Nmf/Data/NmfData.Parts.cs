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
        _elementWeights = source._elementWeights?.RowsFrom(first, count) is { } part
            && HasWeightsIn(part, memory.Dense!) ? part : null;
        _storedWeights = source._storedWeights is { } stored
            && stored.Matrix.RowsFrom(first, count) is var matrix && HasWeightsIn(matrix)
            ? new TransposableMatrix<T>(matrix) : null;
        _combinedWeights = new Lazy<TransposableMatrix<T>>(CombineWeights);
        _summary = Walk(mayBeZero: true);
    }

    // As where the part is given its weights on its own: those that are all 1 are none.
    private static bool HasWeightsIn(Matrix<T> weights, Matrix<T> values)
    {
        for (var n = 0; n < weights.Rows; n++)
        {
            var row = weights.Row(n);
            var entries = values.Row(n);
            for (var f = 0; f < row.Length; f++)
            {
                if (row[f] != T.One && !T.IsNaN(entries[f]))
                    return true;
            }
        }

        return false;
    }

    private static bool HasWeightsIn(SparseMatrix<T> weights)
    {
        for (var n = 0; n < weights.Rows; n++)
        {
            if (weights.RowValues(n).ContainsAnyExcept(T.One))
                return true;
        }

        return false;
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

    /// <summary>The same samples without their zeros: these themselves, where they are sparse.</summary>
    /// <remarks>Dense samples without missing entries, and without weights of entries.</remarks>
    internal unsafe NmfData<T> ToSparse()
    {
        if (Dense is not { } dense)
            return this;
        long stored = 0;
        for (var n = 0; n < dense.Rows; n++)
            stored += dense.Columns - dense.Row(n).Count(T.Zero);
        var sparse = new SparseMatrix<T>(dense.Rows, dense.Columns, stored);
        long j = 0;
        for (var n = 0; n < dense.Rows; n++)
        {
            sparse.RowStarts[n] = j;
            var row = dense.Row(n);
            for (var f = 0; f < row.Length; f++)
            {
                if (row[f] != T.Zero)
                    (sparse.ColumnIndices[j], sparse.Values[j++]) = (f, row[f]);
            }
        }

        sparse.RowStarts[dense.Rows] = j;
        GC.KeepAlive(this);
        var data = FromMatrix(sparse, AbsentEntries.Zero, isBatch: true);
        return _sampleWeights is { } weights ? data.WithSampleWeights(weights) : data;
    }

    /// <summary>These data with sums that were added by the tree of some shards.</summary>
    internal NmfData<T> SummedBy(NmfShards shards)
    {
        var starts = shards.Boundaries(Samples);
        return new(this, ShardFacts.Of([.. starts.Zip(
            starts.Skip(1), (from, to) => ShardFacts.Of(RowsFrom(from, to - from)))]).Summary);
    }
}
