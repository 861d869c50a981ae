using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>Makes compressed rows of what other programs store: rows or columns in any order, or single entries.
/// Entries of the same place are added.</summary>
internal static class SparseEntries
{
    /// <summary>From compressed rows, or columns.</summary>
    /// <exception cref="MatrixFormatException">The arrays do not agree.</exception>
    public static SparseMatrix<T> FromCompressed<T>(
        string source, int rows, int columns, long[] starts, long[] indices, T[] values, bool isByColumn)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (lines, across) = isByColumn ? (columns, rows) : (rows, columns);
        var line = isByColumn ? "column" : "row";
        if (indices.Length != values.Length)
            throw new MatrixFormatException(
                source, $"there are {indices.Length} indices but {values.Length} values.");
        if (starts.Length != lines + 1L)
            throw new MatrixFormatException(
                source, $"{lines} {line}s need {lines + 1L} numbers in indptr, but there are {starts.Length}.");
        if (starts[0] != 0 || starts[^1] != values.Length)
            throw new MatrixFormatException(
                source, $"indptr goes from {starts[0]} to {starts[^1]}, not from 0 to {values.Length}.");
        var lineOf = new long[values.Length];
        for (var i = 0; i < lines; i++)
        {
            if (starts[i + 1] < starts[i] || starts[i + 1] > values.Length)
                throw new MatrixFormatException(
                    source, $"{line} {i} starts at {starts[i]} and ends at {starts[i + 1]}.");
            Array.Fill(lineOf, i, (int)starts[i], (int)(starts[i + 1] - starts[i]));
        }

        for (var j = 0; j < indices.Length; j++)
        {
            if (indices[j] < 0 || indices[j] >= across)
                throw new MatrixFormatException(
                    source, $"{line} {lineOf[j]} has an entry with index {indices[j]}, "
                    + $"but the shape is {rows} x {columns}.");
        }

        return isByColumn
            ? Build(rows, columns, indices, lineOf, values)
            : Build(rows, columns, lineOf, indices, values);
    }

    /// <summary>From single entries.</summary>
    /// <exception cref="MatrixFormatException">The arrays do not agree.</exception>
    public static SparseMatrix<T> FromCoordinates<T>(
        string source, int rows, int columns, long[] rowOf, long[] columnOf, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rowOf.Length != values.Length || columnOf.Length != values.Length)
            throw new MatrixFormatException(
                source, $"there are {rowOf.Length} rows, {columnOf.Length} columns and {values.Length} values.");
        for (var j = 0; j < values.Length; j++)
        {
            if (rowOf[j] < 0 || rowOf[j] >= rows || columnOf[j] < 0 || columnOf[j] >= columns)
                throw new MatrixFormatException(
                    source, $"entry {j} is at row {rowOf[j]}, column {columnOf[j]}, "
                    + $"but the shape is {rows} x {columns}.");
        }

        return Build(rows, columns, rowOf, columnOf, values);
    }

    public static (int[] Starts, int[] Indices, T[] Values) ToArrays<T>(SparseMatrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (matrix.NonZeros > Array.MaxLength)
            throw new ArgumentException($"The matrix has {matrix.NonZeros} entries, too many for one array.");
        var starts = new int[matrix.Rows + 1];
        var (indices, values) = (new int[matrix.NonZeros], new T[matrix.NonZeros]);
        for (var i = 0; i < matrix.Rows; i++)
        {
            matrix.RowIndices(i).CopyTo(indices.AsSpan(starts[i]));
            matrix.RowValues(i).CopyTo(values.AsSpan(starts[i]));
            starts[i + 1] = starts[i] + matrix.RowIndices(i).Length;
        }

        return (starts, indices, values);
    }

    // Sorted by columns, then by rows, both stable: in time of the size of the matrix.
    private static SparseMatrix<T> Build<T>(int rows, int columns, long[] rowOf, long[] columnOf, T[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var byColumn = Sorted(columnOf, columns, [.. Enumerable.Range(0, values.Length)]);
        var order = Sorted(rowOf, rows, byColumn);
        var starts = new long[rows + 1];
        var (indices, sums) = (new int[values.Length], new T[values.Length]);
        var count = 0;
        long previousRow = -1;
        foreach (var j in order)
        {
            if (rowOf[j] == previousRow && indices[count - 1] == columnOf[j])
            {
                sums[count - 1] += values[j];
                continue;
            }

            previousRow = rowOf[j];
            (indices[count], sums[count]) = ((int)columnOf[j], values[j]);
            count++;
            starts[rowOf[j] + 1]++;
        }

        for (var i = 0; i < rows; i++)
            starts[i + 1] += starts[i];
        return SparseMatrix<T>.FromCsr(rows, columns, starts, indices.AsSpan(0, count), sums.AsSpan(0, count));
    }

    private static int[] Sorted(long[] keys, int most, int[] order)
    {
        var places = new int[most + 1];
        foreach (var key in keys)
            places[key + 1]++;
        for (var i = 0; i < most; i++)
            places[i + 1] += places[i];
        var sorted = new int[order.Length];
        foreach (var j in order)
            sorted[places[keys[j]]++] = j;
        return sorted;
    }
}
