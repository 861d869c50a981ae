using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Makes batches from samples that come one by one. A sample is not looked at again
/// before it is learnt.</summary>
/// <remarks>A batch of the full size takes no new memory once the memory has held such a batch.</remarks>
/// <typeparam name="T">float or double.</typeparam>
#pragma warning disable CA1001 // A team of one has no thread to end.
public sealed class NmfBatchBuilder<T> : NmfSampleBuilder<T>
#pragma warning restore CA1001
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _batchSize;
    private readonly NmfBatchMemory<T> _memory;
    private readonly WorkTeam _alone = new(1);
    private readonly List<SampleForm> _samples = [];
    private BatchBuffers<T>? _buffers;
    private DataSummary _summary = new();
    private long _stored;

    /// <summary>Begins with an empty batch.</summary>
    /// <param name="features">Number of features of every sample, at least 1.</param>
    /// <param name="batchSize">Most samples of a batch, at least 1.</param>
    /// <param name="memory">Memory for the batches; it may be shared with other builders, best
    /// of the same sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public NmfBatchBuilder(int features, int batchSize, NmfBatchMemory<T> memory)
        : base(features, nanIsMissing: false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentNullException.ThrowIfNull(memory);
        (_batchSize, _memory) = (batchSize, memory);
    }

    /// <summary>Whether the batch has as many samples as it may have.</summary>
    public bool IsFull => Count == _batchSize;

    /// <summary>Takes the batch; the next one begins.</summary>
    /// <returns>The batch. <see cref="NmfData{T}.GiveBack"/> makes its memory that of a later one.</returns>
    /// <exception cref="InvalidOperationException">There is no sample.</exception>
    public NmfData<T> Take()
    {
        if (Count == 0)
            throw new InvalidOperationException("There is no sample in the batch.");
        var isSparse = NonZeros <= (long)Count * Features / SparseFraction;
        var buffers = _buffers!;
        if (isSparse)
            FinishSparse(buffers);
        else
            FinishDense(buffers);
        _summary.Observed = (long)Count * Features;
        _summary.Weight = _summary.Observed;
        _summary.SampleSums = buffers.SampleSums;
        _summary.RequireFiniteSum();
        var data = isSparse
            ? NmfData<T>.Recycled(buffers.Sparse!, buffers.Transposed!, _summary, () => _memory.GiveBack(buffers))
            : NmfData<T>.Recycled(buffers.FirstDenseRows(Count), _summary, () => _memory.GiveBack(buffers));
        (_buffers, _summary, Count, NonZeros, _stored) = (null, new DataSummary(), 0, 0, 0);
        _samples.Clear();
        return data;
    }

    private protected override void RequireRoom()
    {
        if (IsFull)
            throw new InvalidOperationException($"The batch has its {_batchSize} samples.");
        _buffers ??= _memory.Take();
    }

    private protected override Span<T> DenseRow() => RowOf(Count);

    private protected override void AddDense(in RowSummary summary)
    {
        if (summary.NonZeros < Features && _summary.FirstZero.Sample < 0)
            _summary.FirstZero = (Count, DenseRow().IndexOf(T.Zero));
        Add(isDense: true, summary);
    }

    private protected override void AddSparse(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, in RowSummary summary)
    {
        _buffers!.AppendSparse(Count + 1, Features, _stored, indices, values);
        _stored += values.Length;
        if (_summary.FirstZero.Sample < 0)
            _summary.FirstZero = (Count, DataWalk<T>.FirstAbsent(indices));
        Add(isDense: false, summary);
    }

    private Span<T> RowOf(int sample) => _buffers!.Row(sample, Features, _batchSize);

    private void Add(bool isDense, in RowSummary summary)
    {
        _buffers!.SetSampleSum(Count, summary.Sum, _batchSize);
        _summary.Sum += summary.Sum;
        _summary.SumOfSquares += summary.SumOfSquares;
        _samples.Add(new SampleForm(isDense, summary.NonZeros));
    }

    // More than a quarter of all entries are not zero, so some sample was added densely; the sparse
    // ones get their rows now.
    private unsafe void FinishDense(BatchBuffers<T> buffers)
    {
        RowOf(Count - 1);
        var at = 0L;
        for (var n = 0; n < Count; n++)
        {
            if (_samples[n].IsDense)
                continue;
            var row = RowOf(n);
            row.Clear();
            for (var end = at + _samples[n].NonZeros; at < end; at++)
                row[buffers.Sparse!.ColumnIndices[at]] = buffers.Sparse.Values[at];
        }
    }

    // From the last sample to the first, so that what is moved never lands on what has not been moved yet.
    private unsafe void FinishSparse(BatchBuffers<T> buffers)
    {
        buffers.AppendSparse(Count, Features, NonZeros, [], []);
        var matrix = buffers.Sparse!;
        var indices = matrix.ColumnIndices;
        var values = matrix.Values;
        var (from, to) = (_stored, NonZeros);
        for (var n = Count - 1; n >= 0; n--)
        {
            var count = _samples[n].NonZeros;
            matrix.RowStarts[n + 1] = to;
            to -= count;
            if (_samples[n].IsDense)
            {
                CompressTo(RowOf(n), indices + to, values + to);
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
