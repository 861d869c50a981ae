using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>
/// A sparse matrix in compressed-row form in native memory: the non-zeros of row i are <c>ColumnIndices[j], Values[j]</c> for
/// <c>RowStarts[i] ≤ j &lt; RowStarts[i + 1]</c>, with strictly increasing column indices.
/// </summary>
/// <remarks>Not thread-safe for writing; concurrent reads are safe.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class SparseMatrix<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private long* _rowStarts;
    private int* _columnIndices;
    private T* _values;

    /// <summary>Allocates room for a number of non-zeros; the caller fills the three arrays.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="nonZeros">Number of stored entries.</param>
    public SparseMatrix(int rows, int columns, long nonZeros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(nonZeros);
        Rows = rows;
        Columns = columns;
        NonZeros = nonZeros;
        _rowStarts = Allocate<long>(rows + 1L);
        _columnIndices = Allocate<int>(nonZeros);
        _values = Allocate<T>(nonZeros);
        NativeMemory.Clear(_rowStarts, (nuint)(rows + 1L) * sizeof(long));
        GC.AddMemoryPressure(ByteCount);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Number of stored entries.</summary>
    public long NonZeros { get; }

    /// <summary>Size of the native memory, in bytes.</summary>
    public long ByteCount => ((Rows + 1L) * sizeof(long)) + (NonZeros * (sizeof(int) + sizeof(T)));

    /// <summary>Rows + 1 offsets into the other two arrays.</summary>
    public long* RowStarts => Alive(_rowStarts);

    /// <summary>Column of every stored entry.</summary>
    public int* ColumnIndices => (int*)Alive(_columnIndices);

    /// <summary>Value of every stored entry.</summary>
    public T* Values => (T*)Alive(_values);

    /// <summary>Columns of the entries of one row, increasing.</summary>
    public ReadOnlySpan<int> RowIndices(int row) => new(ColumnIndices + Start(row), Count(row));

    /// <summary>Values of the entries of one row.</summary>
    public Span<T> RowValues(int row) => new(Values + Start(row), Count(row));

    /// <summary>The same entries in compressed-column order, as the compressed rows of the transpose.</summary>
    /// <returns>A columns x rows matrix; its memory is its own.</returns>
    public SparseMatrix<T> Transpose()
    {
        var transposed = new SparseMatrix<T>(Columns, Rows, NonZeros);
        var starts = transposed.RowStarts;
        for (long j = 0; j < NonZeros; j++)
            starts[ColumnIndices[j] + 1]++;
        for (var c = 0; c < Columns; c++)
            starts[c + 1] += starts[c];
        var next = new long[Columns];
        for (var c = 0; c < Columns; c++)
            next[c] = starts[c];
        for (var i = 0; i < Rows; i++)
        {
            for (var j = RowStarts[i]; j < RowStarts[i + 1]; j++)
            {
                var at = next[ColumnIndices[j]]++;
                transposed.ColumnIndices[at] = i;
                transposed.Values[at] = Values[j];
            }
        }

        return transposed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the native memory of a matrix that nobody disposed.</summary>
    ~SparseMatrix() => Free();

    private static TItem* Allocate<TItem>(long count)
        where TItem : unmanaged
        => (TItem*)NativeMemory.AlignedAlloc(nuint.Max(64, checked((nuint)count * (nuint)sizeof(TItem))), 64);

    private TItem* Alive<TItem>(TItem* pointer)
        where TItem : unmanaged
    {
        ObjectDisposedException.ThrowIf(pointer == null, this);
        return pointer;
    }

    private long Start(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return RowStarts[row];
    }

    private int Count(int row) => checked((int)(RowStarts[row + 1] - RowStarts[row]));

    private void Free()
    {
        if (_rowStarts == null)
            return;
        NativeMemory.AlignedFree(_rowStarts);
        NativeMemory.AlignedFree(_columnIndices);
        NativeMemory.AlignedFree(_values);
        _rowStarts = null;
        _columnIndices = null;
        _values = null;
        GC.RemoveMemoryPressure(ByteCount);
    }
}
