using System.Numerics;

namespace Nmf.Kernels.Products;

/// <summary>A rectangle of a matrix, or of its transpose.</summary>
/// <param name="Whole">The matrix, which this keeps alive.</param>
/// <param name="Offset">Where the rectangle begins, in elements.</param>
/// <param name="RowStride">Distance between its rows.</param>
/// <param name="ColumnStride">Distance between its columns: 1, or where it is a transpose that of the rows of the
/// matrix.</param>
/// <param name="Rows">Number of its rows.</param>
/// <param name="Columns">Number of its columns.</param>
internal readonly unsafe record struct MatrixPart<T>(
    Matrix<T> Whole, nint Offset, nint RowStride, nint ColumnStride, int Rows, int Columns)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public MatrixPart(Matrix<T> whole)
        : this(whole, 0, whole.Stride, 1, whole.Rows, whole.Columns)
    {
    }

    public static implicit operator MatrixPart<T>(Matrix<T> whole) => new(whole);

    /// <summary>Its first element. Keep <see cref="Whole"/> until the last use.</summary>
    public T* Data => Whole.Data + Offset;

    public MatrixPart<T> Transposed => new(Whole, Offset, ColumnStride, RowStride, Columns, Rows);

    /// <summary>Some of its rows and columns.</summary>
    public MatrixPart<T> Part(Range rows, Range columns)
    {
        var (row, height) = rows.GetOffsetAndLength(Rows);
        var (column, width) = columns.GetOffsetAndLength(Columns);
        return new(Whole, Offset + (row * RowStride) + (column * ColumnStride), RowStride, ColumnStride, height, width);
    }
}
