using System.Numerics;
using Nmf.Kernels;
using Nmf.Kernels.Dense;

namespace Nmf;

/// <summary>Memory for one batch of a part of a stream in the unit in which it is learnt. See
/// <see cref="StreamUnit{T}"/>.</summary>
internal sealed class BatchUnit<T>(double beta, WorkTeam team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BatchBuffers<T> _buffers = new();
    private readonly DataSummary _summary = new();
    private NmfData<T>? _batch;

    /// <summary>A batch in the unit: the batch itself, or one in memory that holds the next one afterwards.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mean">The mean that decides the unit.</param>
    /// <exception cref="NmfDataException">A value is so far below the mean that it looks like zero to a divergence that
    /// is infinite there.</exception>
    public NmfData<T> Apply(NmfData<T> batch, double mean)
    {
        var exponent = StreamUnit<T>.ExponentOf(mean);
        var result = exponent == 0 ? batch : batch.Dense is { } dense ? Dense(batch, dense, exponent)
            : Sparse(batch, batch.Sparse!, exponent);
        if (beta <= 0)
            result.RequireAbove(ModelFloor.Of<T>(beta), batch, new BetaMeasure(beta), mean);
        return result;
    }

    private NmfData<T> Dense(NmfData<T> batch, Matrix<T> dense, int exponent)
    {
        Begin(batch);
        for (var n = 0; n < dense.Rows; n++)
        {
            var row = _buffers.Row(n, dense.Columns, dense.Rows);
            dense.Row(n).CopyTo(row);
            Add(row, n, exponent, dense.Rows);
        }

        _summary.SampleSums = _buffers.SampleSums;
        var scaled = _buffers.FirstDenseRows(dense.Rows);
        return ReferenceEquals(_batch?.Dense, scaled) ? _batch!
            : _batch = NmfData<T>.Recycled(scaled, _summary, static () => { });
    }

    private unsafe NmfData<T> Sparse(NmfData<T> batch, SparseMatrix<T> sparse, int exponent)
    {
        Begin(batch);
        _buffers.AppendSparse(
            sparse.Rows, sparse.Columns, 0, new ReadOnlySpan<int>(sparse.ColumnIndices, checked((int)sparse.NonZeros)),
            new ReadOnlySpan<T>(sparse.Values, (int)sparse.NonZeros));
        var scaled = _buffers.Sparse!;
        new ReadOnlySpan<long>(sparse.RowStarts, sparse.Rows + 1).CopyTo(
            new Span<long>(scaled.RowStarts, sparse.Rows + 1));
        for (var n = 0; n < sparse.Rows; n++)
            Add(scaled.RowMemory(n), n, exponent, sparse.Rows);
        _buffers.Transpose(team);
        GC.KeepAlive(sparse);
        _summary.SampleSums = _buffers.SampleSums;
        return ReferenceEquals(_batch?.Sparse, scaled) ? _batch!
            : _batch = NmfData<T>.Recycled(scaled, _buffers.Transposed!, _summary, static () => { });
    }

    private void Begin(NmfData<T> batch)
    {
        (_summary.Weight, _summary.Observed) = (batch.TotalWeight, batch.ObservedEntries);
        (_summary.Sum, _summary.SumOfSquares) = (0, 0);
    }

    private void Add(Span<T> row, int sample, int exponent, int rows)
    {
        PowerOfTwo.Scale(row, -exponent);
        var sums = RowKernels.Summarize<T>(row);
        _buffers.SetSampleSum(sample, sums.Sum, rows);
        _summary.Sum += sums.Sum;
        _summary.SumOfSquares += sums.SumOfSquares;
    }
}
