using System.Runtime.InteropServices;

namespace Nmf.Kernels;

// Runs of rows.
public sealed unsafe partial class SparseMatrix<T>
{
    /// <summary>A copy of some rows.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    internal SparseMatrix<T> RowsFrom(int first, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)Rows, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rows, (uint)(Rows - first), nameof(rows));
        var start = RowStarts[first];
        var part = new SparseMatrix<T>(rows, Columns, RowStarts[first + rows] - start) { _isValid = _isValid };
        for (var i = 0; i <= rows; i++)
            part.RowStarts[i] = RowStarts[first + i] - start;
        NativeMemory.Copy(ColumnIndices + start, part.ColumnIndices, (nuint)part.NonZeros * sizeof(int));
        NativeMemory.Copy(Values + start, part.Values, (nuint)part.NonZeros * (nuint)sizeof(T));
        GC.KeepAlive(this);
        return part;
    }
}
