using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>
/// A dense row-major matrix in pinned memory, made for the kernels: the first row starts on a 64-byte boundary, every
/// row is padded to a whole number of 32-byte vectors, and the padding is zero.
/// </summary>
/// <remarks>
/// Three shapes use it: data (samples x features), activations (samples x rank) and the dictionary (features
/// x rank). Rows are contiguous in all three, so that "update the activations given the dictionary" and "update the
/// dictionary given the activations" are the same routine with the roles swapped. Not thread-safe for writing;
/// concurrent reads are safe. /// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class Matrix<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowAlignment = 32;

    private readonly PinnedMemory<T> _memory;
    private readonly nint _first;

    /// <summary>Allocates a matrix of zeros. Pages of a large one are taken from the system when they are
    /// first touched.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="OutOfMemoryException">The memory is not there.</exception>
    public Matrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        var lanes = RowAlignment / sizeof(T);
        Rows = rows;
        Columns = columns;
        Stride = ((nint)columns + lanes - 1) / lanes * lanes;
        _memory = new PinnedMemory<T>(checked(rows * (long)Stride));
        Data = _memory.Pointer;
    }

    private Matrix(Matrix<T> whole, int first, int rows)
    {
        (Rows, Columns, Stride) = (rows, whole.Columns, whole.Stride);
        (_memory, _first) = (whole._memory, whole._first + (first * whole.Stride));
        Data = _memory.Pointer + _first;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Distance between the starts of two rows, in elements: <see cref="Columns"/> rounded up to whole 32-byte
    /// vectors.</summary>
    internal nint Stride { get; }

    /// <summary>Size of the elements and their padding, in bytes.</summary>
    internal long ByteCount => Rows * (long)Stride * sizeof(T);

    /// <summary>The first element. A pointer does not keep the matrix alive: hold it, or call <see
    /// cref="GC.KeepAlive"/>, until the pointer's last use.</summary>
    internal T* Data { get; }

    /// <summary>One element, checked.</summary>
    public ref T this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return ref Row(row)[column];
        }
    }

    /// <summary>Copies row-major values without padding into a new matrix.</summary>
    /// <param name="values">rows x columns values, row-major.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <exception cref="ArgumentException">The span has another length than rows x columns.</exception>
    public static Matrix<T> FromRowMajor(ReadOnlySpan<T> values, int rows, int columns)
    {
        if (values.Length != (long)rows * columns)
            throw new ArgumentException(
                $"A {rows} x {columns} matrix needs {(long)rows * columns} values, but there are {values.Length}.",
                nameof(values));
        var matrix = new Matrix<T>(rows, columns);
        for (var i = 0; i < rows; i++)
            values.Slice(i * columns, columns).CopyTo(matrix.Row(i));
        return matrix;
    }

    /// <summary>The first rows as a matrix that shares this one's memory.</summary>
    /// <param name="rows">How many, at most <see cref="Rows"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    internal Matrix<T> FirstRows(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rows, (uint)Rows, nameof(rows));
        return new Matrix<T>(this, 0, rows);
    }

    /// <summary>Some rows as a matrix that shares this one's memory. It starts on a 32-byte boundary only.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    internal Matrix<T> RowsFrom(int first, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, (uint)Rows, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)rows, (uint)(Rows - first), nameof(rows));
        return new Matrix<T>(this, first, rows);
    }

    /// <summary>One row, without its padding.</summary>
    public Span<T> Row(int row)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The matrix has {Rows} rows.");
        return _memory.Span(_first + (row * Stride), Columns);
    }

    /// <summary>Copies the matrix to a new row-major array of rows x columns values.</summary>
    public T[] ToRowMajor()
    {
        var values = new T[(long)Rows * Columns];
        for (var i = 0; i < Rows; i++)
            Row(i).CopyTo(values.AsSpan(i * Columns, Columns));
        return values;
    }

    /// <summary>Copies all values to a matrix of the same shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyTo(Matrix<T> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ArgumentException(
                $"The destination is {destination.Rows} x {destination.Columns}, not {Rows} x {Columns}.",
                nameof(destination));
        NativeMemory.Copy(Data, destination.Data, (nuint)ByteCount);
        GC.KeepAlive(this);
        GC.KeepAlive(destination);
    }

    /// <summary>A new matrix with the same values.</summary>
    public Matrix<T> Clone()
    {
        var copy = new Matrix<T>(Rows, Columns);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear()
    {
        NativeMemory.Clear(Data, (nuint)ByteCount);
        GC.KeepAlive(this);
    }
}
