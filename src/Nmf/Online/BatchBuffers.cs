using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What one batch after the other is made of: a dense matrix, or a sparse one and its transpose, and the sum of every
/// sample. Each exists once it was needed, and grows with the batch: a batch may have fewer samples than it may have.
/// </summary>
internal sealed class BatchBuffers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int FirstRows = 1024;

    private Matrix<T>? _rows;
    private Matrix<T>? _firstRows;

    /// <summary>Non-zeros of the samples that were added sparsely, and in the end of all.</summary>
    public SparseMatrix<T>? Sparse { get; private set; }

    public SparseMatrix<T>? Transposed { get; private set; }

    public double[] SampleSums { get; private set; } = [];

    /// <summary>A dense row, with whatever it held; there is room for the rows before it.</summary>
    public Span<T> Row(int row, int features, int mostRows)
    {
        if (_rows is not null && _rows.Columns != features)
        {
            // The memory has served another source.
            (_rows, _firstRows) = (null, null);
        }

        if (_rows is null || row >= _rows.Rows)
        {
            var larger = new Matrix<T>(Grown(_rows?.Rows ?? 0, row, mostRows), features);
            for (var n = 0; n < (_rows?.Rows ?? 0); n++)
                _rows!.Row(n).CopyTo(larger.Row(n));
            (_rows, _firstRows) = (larger, null);
        }

        return _rows.Row(row);
    }

    /// <summary>The first rows as a matrix: the same one for the same number of rows.</summary>
    public Matrix<T> FirstDenseRows(int rows)
    {
        if (rows == _rows!.Rows)
            return _rows;
        if (_firstRows?.Rows != rows)
            _firstRows = _rows.FirstRows(rows);
        return _firstRows;
    }

    public unsafe void AppendSparse(int rows, int features, long at, ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        Sparse ??= new SparseMatrix<T>(0, features, 0);
        Sparse.Resize(rows, features, at + values.Length);
        indices.CopyTo(new Span<int>(Sparse.ColumnIndices + at, indices.Length));
        values.CopyTo(new Span<T>(Sparse.Values + at, values.Length));
    }

    public void Transpose(WorkTeam team)
    {
        Transposed ??= new SparseMatrix<T>(0, 0, 0);
        Sparse!.TransposeTo(Transposed, team);
    }

    public void SetSampleSum(int row, double sum, int mostRows)
    {
        if (row >= SampleSums.Length)
        {
            var larger = new double[Grown(SampleSums.Length, row, mostRows)];
            SampleSums.CopyTo(larger, 0);
            SampleSums = larger;
        }

        SampleSums[row] = sum;
    }

    // As many rows as the batch may have, but never many more than it has.
    private static int Grown(int rows, int row, int mostRows)
        => (int)Math.Min(mostRows, Math.Max(rows == 0 ? FirstRows : 2L * rows, row + 1L));
}
