using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Collects the rows of one batch. A row is kept as its non-zeros where at most a quarter of its entries are, else as all its entries; the same rule
/// decides on the form of the batch when it is full, so that sparse rows are never densified.
/// </summary>
internal sealed class RowBatch(int capacity, int features, BatchMatrices pool) : IDisposable
{
    private const int SparseFraction = 4;
    private const int FirstRows = 1024;

    // Non-zeros of the sparse rows, one row after the other; the rows that are dense lie in the matrix, which exists once there is one.
    private readonly List<int> _indices = [];
    private readonly List<float> _values = [];
    private readonly List<RowForm> _rows = [];
    private Matrix<float>? _matrix;
    private long _total;

    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <returns>Its number of non-zeros.</returns>
    public int Add(in VBuffer<float> row)
    {
        var values = row.GetValues();
        var nonZeros = CountNonZeros(values);
        var isDense = nonZeros > features / SparseFraction;
        if (isDense)
            row.CopyTo(MatrixFor(Count).Row(Count));
        else
            AddNonZeros(values, row.GetIndices());
        _rows.Add(new RowForm(isDense, nonZeros));
        _total += nonZeros;
        return nonZeros;
    }

    /// <summary>The batch; the collection is empty afterwards.</summary>
    public NmfData<float> Take()
    {
        var data = _total <= (long)Count * features / SparseFraction
            ? NmfData<float>.BatchFromMatrix(ToSparse())
            : TakeDense();
        _indices.Clear();
        _values.Clear();
        _rows.Clear();
        _total = 0;
        return data;
    }

    public void Dispose() => _matrix?.Dispose();

    private static int CountNonZeros(ReadOnlySpan<float> values)
    {
        var count = 0;
        var at = 0;
        if (Vector.IsHardwareAccelerated)
        {
            // Comparisons give -1 where they hold.
            var zeros = Vector<int>.Zero;
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
            foreach (var vector in vectors)
                zeros -= Vector.Equals(vector, Vector<float>.Zero);
            at = vectors.Length * Vector<float>.Count;
            count = at - Vector.Sum(zeros);
        }

        foreach (var value in values[at..])
            count += value != 0 ? 1 : 0;
        return count;
    }

    private void AddNonZeros(ReadOnlySpan<float> values, ReadOnlySpan<int> indices)
    {
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] == 0)
                continue;
            _indices.Add(indices.IsEmpty ? j : indices[j]);
            _values.Add(values[j]);
        }
    }

    // As many rows as the batch may have, but never many more than it has.
    private Matrix<float> MatrixFor(int row)
    {
        _matrix ??= pool.TryTake() ?? new Matrix<float>((int)Math.Min(capacity, Math.Max(FirstRows, row + 1L)), features);
        if (row >= _matrix.Rows)
            _matrix = Resized(_matrix, (int)Math.Min(capacity, Math.Max(2L * _matrix.Rows, row + 1L)));
        return _matrix;
    }

    private Matrix<float> Resized(Matrix<float> matrix, int rows)
    {
        var resized = new Matrix<float>(rows, features);
        for (var n = 0; n < Math.Min(rows, matrix.Rows); n++)
            matrix.Row(n).CopyTo(resized.Row(n));
        matrix.Dispose();
        return resized;
    }

    private NmfData<float> TakeDense()
    {
        // There is a dense row, so there is a matrix; a last batch that is smaller gets one of its own size.
        var isWhole = _matrix!.Rows == Count;
        var matrix = isWhole ? _matrix : Resized(_matrix, Count);
        _matrix = null;
        FillSparseRows(matrix);
        return isWhole && Count == capacity ? NmfData<float>.BatchFromMatrix(matrix, pool.GiveBack) : NmfData<float>.BatchFromMatrix(matrix);
    }

    private void FillSparseRows(Matrix<float> matrix)
    {
        var indices = CollectionsMarshal.AsSpan(_indices);
        var values = CollectionsMarshal.AsSpan(_values);
        var at = 0;
        for (var n = 0; n < Count; n++)
        {
            if (_rows[n].IsDense)
                continue;
            var row = matrix.Row(n);
            row.Clear();
            for (var j = 0; j < _rows[n].NonZeros; j++, at++)
                row[indices[at]] = values[at];
        }
    }

    private unsafe SparseMatrix<float> ToSparse()
    {
        var matrix = new SparseMatrix<float>(Count, features, _total);
        var indices = CollectionsMarshal.AsSpan(_indices);
        var values = CollectionsMarshal.AsSpan(_values);
        long at = 0;
        var stored = 0;
        for (var n = 0; n < Count; n++)
        {
            var count = _rows[n].NonZeros;
            if (_rows[n].IsDense)
            {
                var row = _matrix!.Row(n);
                for (var f = 0; f < row.Length; f++)
                {
                    if (row[f] == 0)
                        continue;
                    matrix.ColumnIndices[at] = f;
                    matrix.Values[at++] = row[f];
                }
            }
            else
            {
                indices.Slice(stored, count).CopyTo(new Span<int>(matrix.ColumnIndices + at, count));
                values.Slice(stored, count).CopyTo(new Span<float>(matrix.Values + at, count));
                stored += count;
                at += count;
            }

            matrix.RowStarts[n + 1] = at;
        }

        return matrix;
    }

    private readonly record struct RowForm(bool IsDense, int NonZeros);
}
