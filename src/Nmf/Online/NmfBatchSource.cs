using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Batches of data that are in memory already.</summary>
public static class NmfBatchSource
{
    /// <summary>Cuts data into batches, in their order. A batch is a copy.</summary>
    /// <param name="data">The data.</param>
    public static INmfBatchSource<T> FromData<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        return new Slices<T>(data);
    }

    /// <summary>Shards one after the other, in batches that may reach from one into the next; one shard at a time is in
    /// memory, and the only one of its source stays there.</summary>
    /// <remarks>What a part of an online fit of <c>MLNmf.Distributed</c> reads. A shard that cannot be read is an error
    /// that names it.</remarks>
    /// <param name="source">The shards.</param>
    /// <param name="address">What the source understands.</param>
    /// <param name="from">The first shard.</param>
    /// <param name="to">The first behind them.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no shard from one to the other.</exception>
    public static INmfBatchSource<float> FromShards(IShardSource source, string address, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        return new ShardBatches(source, address, from, to);
    }

    private sealed class Slices<T>(NmfData<T> data) : INmfBatchSource<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public int Features => data.Features;

        public IEnumerable<NmfData<T>> Read(int batchSize, long skip, CancellationToken cancellationToken)
        {
            for (var from = skip; from < data.Samples; from += batchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (first, count) = ((int)from, (int)Math.Min(batchSize, data.Samples - from));
                yield return data.Dense is { } dense
                    ? NmfData<T>.FromMatrix(Slice(dense, first, count), isBatch: true)
                    : NmfData<T>.FromMatrix(Slice(data.Sparse!, first, count), isBatch: true);
            }
        }

        private static Matrix<T> Slice(Matrix<T> matrix, int first, int count)
        {
            var slice = new Matrix<T>(count, matrix.Columns);
            for (var n = 0; n < count; n++)
                matrix.Row(first + n).CopyTo(slice.Row(n));
            return slice;
        }

        private static unsafe SparseMatrix<T> Slice(SparseMatrix<T> matrix, int first, int count)
        {
            var (from, to) = (matrix.RowStarts[first], matrix.RowStarts[first + count]);
            var slice = new SparseMatrix<T>(count, matrix.Columns, to - from);
            for (var n = 0; n < count; n++)
            {
                var at = matrix.RowStarts[first + n] - from;
                var indices = matrix.RowIndices(first + n);
                indices.CopyTo(new Span<int>(slice.ColumnIndices + at, indices.Length));
                matrix.RowValues(first + n).CopyTo(new Span<T>(slice.Values + at, indices.Length));
                slice.RowStarts[n + 1] = at + indices.Length;
            }

            return slice;
        }
    }
}
