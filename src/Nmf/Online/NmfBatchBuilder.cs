using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Makes batches from samples that come one by one. A sample is checked and summed while it is copied, and not looked
/// at again before it is learnt; it is kept as its non-zeros where at most a quarter of its entries are, else as all
/// its entries. The same rule decides on the form of the batch when it is full, so that sparse samples are never
/// densified, and neither form nor bits depend on the form in which a sample came.
/// </summary>
/// <remarks>A batch of the full size takes no new memory once the memory has held such a batch.
/// Not thread-safe.</remarks>
/// <typeparam name="T">float or double.</typeparam>
#pragma warning disable CA1001 // A team of one has no thread to end.
public sealed class NmfBatchBuilder<T>
#pragma warning restore CA1001
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>At most one in so many entries is not zero where samples and batches are kept sparse.</summary>
    private const int SparseFraction = 4;

    private readonly int _features;
    private readonly int _batchSize;
    private readonly NmfBatchMemory<T> _memory;
    private readonly WorkTeam _alone = new(1);
    private readonly T[] _sparseValues;
    private readonly int[] _sparseIndices;
    private readonly List<SampleForm> _samples = [];
    private BatchBuffers<T>? _buffers;
    private DataSummary _summary = new();
    private long _nonZeros;
    private long _stored;
    private bool _lastWasDense;

    /// <summary>Begins with an empty batch.</summary>
    /// <param name="features">Number of features of every sample, at least 1.</param>
    /// <param name="batchSize">Most samples of a batch, at least 1.</param>
    /// <param name="memory">Memory for the batches; it may be shared with other builders, best
    /// of the same sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public NmfBatchBuilder(int features, int batchSize, NmfBatchMemory<T> memory)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentNullException.ThrowIfNull(memory);
        (_features, _batchSize, _memory) = (features, batchSize, memory);
        (_sparseValues, _sparseIndices) = (new T[features], new int[features]);
    }

    /// <summary>Number of samples in the batch so far.</summary>
    public int Count => _samples.Count;

    /// <summary>Whether the batch has as many samples as it may have.</summary>
    public bool IsFull => Count == _batchSize;

    /// <summary>Adds a sample.</summary>
    /// <param name="values">All its values.</param>
    /// <param name="nonZeros">How many of them are not zero.</param>
    /// <returns>False when a value is negative, NaN or infinite: then nothing was added.</returns>
    /// <exception cref="ArgumentException">The number of values is not that of the features.</exception>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public bool TryAdd(ReadOnlySpan<T> values, out int nonZeros)
    {
        if (values.Length != _features)
            throw new ArgumentException(
                $"The sample has {values.Length} values, but there are {_features} features.", nameof(values));
        RequireRoom();

        // A dense sample mostly follows a dense one: then it is copied in the walk that checks it.
        var summary = _lastWasDense ? RowKernels.Copy(values, DenseRow(Count)) : RowKernels.Summarize(values);
        nonZeros = summary.NonZeros;
        if (!summary.IsValid)
            return false;
        if (nonZeros > _features / SparseFraction)
        {
            if (!_lastWasDense)
                values.CopyTo(DenseRow(Count));
            AddDense(summary);
        }
        else
        {
            AddNonZeros([], values);
        }

        return true;
    }

    /// <summary>Adds a sample of which some values are given and the others are zero.</summary>
    /// <param name="indices">The features of the values, strictly increasing.</param>
    /// <param name="values">As many values; zeros among them are left out.</param>
    /// <param name="nonZeros">How many of them are not zero.</param>
    /// <returns>False when a value is negative, NaN or infinite: then nothing was added.</returns>
    /// <exception cref="ArgumentException">The numbers of indices and values differ, or an index is out of range or
    /// out of order.</exception>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public bool TryAdd(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, out int nonZeros)
    {
        RequireIndices(indices, values.Length, _features);
        RequireRoom();
        var summary = RowKernels.Summarize(values);
        nonZeros = summary.NonZeros;
        if (!summary.IsValid)
            return false;
        if (nonZeros > _features / SparseFraction)
        {
            var row = DenseRow(Count);
            row.Clear();
            for (var j = 0; j < values.Length; j++)
                row[indices[j]] = values[j];

            // Summed in the order in which a sample given as all its values is summed.
            AddDense(RowKernels.Summarize<T>(row));
        }
        else if (nonZeros == values.Length)
        {
            AddSparse(indices, values, summary);
        }
        else
        {
            AddNonZeros(indices, values);
        }

        return true;
    }

    /// <summary>Takes the batch; the next one begins.</summary>
    /// <returns>The batch. <see cref="NmfData{T}.GiveBack"/> makes its memory that of a later one.</returns>
    /// <exception cref="InvalidOperationException">There is no sample.</exception>
    public NmfData<T> Take()
    {
        if (Count == 0)
            throw new InvalidOperationException("There is no sample in the batch.");
        var isSparse = _nonZeros <= (long)Count * _features / SparseFraction;
        var buffers = _buffers!;
        if (isSparse)
            FinishSparse(buffers);
        else
            FinishDense(buffers);
        _summary.Observed = (long)Count * _features;
        _summary.Weight = _summary.Observed;
        _summary.SampleSums = buffers.SampleSums;
        _summary.RequireFiniteSum();
        var data = isSparse
            ? NmfData<T>.Recycled(buffers.Sparse!, buffers.Transposed!, _summary, () => _memory.GiveBack(buffers))
            : NmfData<T>.Recycled(buffers.FirstDenseRows(Count), _summary, () => _memory.GiveBack(buffers));
        (_buffers, _summary, _nonZeros, _stored) = (null, new DataSummary(), 0, 0);
        _samples.Clear();
        return data;
    }

    private static void RequireIndices(ReadOnlySpan<int> indices, int count, int features)
    {
        if (indices.Length != count)
            throw new ArgumentException($"There are {indices.Length} indices but {count} values.", nameof(indices));
        var previous = -1;
        foreach (var index in indices)
        {
            if (index <= previous || index >= features)
                throw new ArgumentException(
                    $"Index {index} follows {previous}; indices must increase strictly and be below {features}.",
                    nameof(indices));
            previous = index;
        }
    }

    private void RequireRoom()
    {
        if (IsFull)
            throw new InvalidOperationException($"The batch has its {_batchSize} samples.");
        _buffers ??= _memory.Take();
    }

    private Span<T> DenseRow(int row) => _buffers!.Row(row, _features, _batchSize);

    private void AddDense(in RowSummary summary)
    {
        if (summary.NonZeros < _features && _summary.FirstZero.Sample < 0)
            _summary.FirstZero = (Count, DenseRow(Count).IndexOf(T.Zero));
        Add(isDense: true, summary);
    }

    /// <summary>Adds a sample without its zeros; without indices all its values are given.</summary>
    private void AddNonZeros(ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        var count = 0;
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] == T.Zero)
                continue;
            (_sparseIndices[count], _sparseValues[count]) = (indices.IsEmpty ? j : indices[j], values[j]);
            count++;
        }

        var nonZeros = _sparseValues.AsSpan(0, count);
        AddSparse(_sparseIndices.AsSpan(0, count), nonZeros, RowKernels.Summarize<T>(nonZeros));
    }

    private void AddSparse(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, in RowSummary summary)
    {
        _buffers!.AppendSparse(Count + 1, _features, _stored, indices, values);
        _stored += values.Length;
        if (_summary.FirstZero.Sample < 0)
            _summary.FirstZero = (Count, DataScan<T>.FirstAbsent(indices));
        Add(isDense: false, summary);
    }

    private void Add(bool isDense, in RowSummary summary)
    {
        _buffers!.SetSampleSum(Count, summary.Sum, _batchSize);
        _summary.Sum += summary.Sum;
        _summary.SumOfSquares += summary.SumOfSquares;
        _nonZeros += summary.NonZeros;
        _samples.Add(new SampleForm(isDense, summary.NonZeros));
        _lastWasDense = isDense;
    }

    // More than a quarter of all entries are not zero, so some sample was added densely; the sparse
    // ones get their rows now.
    private unsafe void FinishDense(BatchBuffers<T> buffers)
    {
        DenseRow(Count - 1);
        var at = 0L;
        for (var n = 0; n < Count; n++)
        {
            if (_samples[n].IsDense)
                continue;
            var row = DenseRow(n);
            row.Clear();
            for (var end = at + _samples[n].NonZeros; at < end; at++)
                row[buffers.Sparse!.ColumnIndices[at]] = buffers.Sparse.Values[at];
        }
    }

    // From the last sample to the first, so that what is moved never lands on what has not been moved yet.
    private unsafe void FinishSparse(BatchBuffers<T> buffers)
    {
        buffers.AppendSparse(Count, _features, _nonZeros, [], []);
        var matrix = buffers.Sparse!;
        var indices = matrix.ColumnIndices;
        var values = matrix.Values;
        var (from, to) = (_stored, _nonZeros);
        for (var n = Count - 1; n >= 0; n--)
        {
            var count = _samples[n].NonZeros;
            matrix.RowStarts[n + 1] = to;
            to -= count;
            if (_samples[n].IsDense)
            {
                CompressTo(DenseRow(n), indices + to, values + to);
                continue;
            }

            from -= count;
            if (from == to)
                continue;
            new Span<int>(indices + from, count).CopyTo(new Span<int>(indices + to, count));
            new Span<T>(values + from, count).CopyTo(new Span<T>(values + to, count));
        }

        matrix.RowStarts[0] = 0;
        buffers.Transpose(_alone);
    }

    private static unsafe void CompressTo(ReadOnlySpan<T> row, int* indices, T* values)
    {
        for (var f = 0; f < row.Length; f++)
        {
            if (row[f] == T.Zero)
                continue;
            *indices++ = f;
            *values++ = row[f];
        }
    }

    private readonly record struct SampleForm(bool IsDense, int NonZeros);
}
