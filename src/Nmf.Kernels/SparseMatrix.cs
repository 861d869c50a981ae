using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>
/// A sparse matrix in compressed-row form in native memory: the non-zeros of row i are <c>ColumnIndices[j], Values[j]</c> for
/// <c>RowStarts[i] ≤ j &lt; RowStarts[i + 1]</c>, with strictly increasing column indices.
/// </summary>
/// <remarks>
/// Not thread-safe for writing; concurrent reads are safe. A stored zero is allowed and means the same as an absent one. Sixty-four bytes after the
/// last value are readable and zero, so that kernels may load whole vectors.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class SparseMatrix<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Alignment = 64;

    private long* _rowStarts;
    private int* _columnIndices;
    private T* _values;
    private long _rowCapacity;
    private long _entryCapacity;

    /// <summary>Allocates room for a number of non-zeros; the caller fills the three arrays.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="nonZeros">Number of stored entries, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="OutOfMemoryException">The memory is not there.</exception>
    public SparseMatrix(int rows, int columns, long nonZeros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(nonZeros);
        try
        {
            Reserve(rows, nonZeros);
        }
        catch
        {
            FreeArrays();
            throw;
        }

        (Rows, Columns, NonZeros) = (rows, columns, nonZeros);
        NativeMemory.Clear(_rowStarts, (nuint)(rows + 1L) * sizeof(long));
        NativeMemory.Clear(_values + nonZeros, Alignment);
        if (ByteCount > 0)
            GC.AddMemoryPressure(ByteCount);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; private set; }

    /// <summary>Number of stored entries.</summary>
    public long NonZeros { get; private set; }

    /// <summary>Size of the native memory, in bytes.</summary>
    public long ByteCount => (_rowCapacity * sizeof(long)) + (_entryCapacity * (sizeof(int) + sizeof(T)));

    /// <summary>Rows + 1 offsets into the other two arrays.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public long* RowStarts => Alive(_rowStarts);

    /// <summary>Column of every stored entry.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public int* ColumnIndices => Alive(_columnIndices);

    /// <summary>Value of every stored entry.</summary>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    public T* Values => Alive(_values);

    /// <summary>Copies compressed rows from managed memory, checking that they are in order.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rowStarts">rows + 1 offsets, the first 0, never decreasing, the last the number of entries.</param>
    /// <param name="indices">Column of every entry, strictly increasing within a row.</param>
    /// <param name="values">Value of every entry; not inspected.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, an offset decreases, or an index is out of range or out of order;
    /// the message names the row and the position in it.</exception>
    public static SparseMatrix<T> FromCsr(int rows, int columns, ReadOnlySpan<long> rowStarts, ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (rowStarts.Length != rows + 1L)
            throw new ArgumentException($"{rows} rows need {rows + 1L} row starts, but there are {rowStarts.Length}.", nameof(rowStarts));
        if (indices.Length != values.Length)
            throw new ArgumentException($"There are {indices.Length} indices but {values.Length} values.", nameof(values));
        if (rowStarts[0] != 0)
            throw new ArgumentException($"The first row must start at 0, not at {rowStarts[0]}.", nameof(rowStarts));
        if (rowStarts[rows] != indices.Length)
            throw new ArgumentException($"The last row must end at {indices.Length}, the number of entries, not at {rowStarts[rows]}.", nameof(rowStarts));
        for (var i = 0; i < rows; i++)
        {
            if (rowStarts[i + 1] < rowStarts[i] || rowStarts[i + 1] > indices.Length)
                throw new ArgumentException($"Row {i} starts at {rowStarts[i]} and ends at {rowStarts[i + 1]}.", nameof(rowStarts));
            CheckRow(i, columns, indices[(int)rowStarts[i]..(int)rowStarts[i + 1]]);
        }

        var matrix = new SparseMatrix<T>(rows, columns, values.Length);
        rowStarts.CopyTo(new Span<long>(matrix.RowStarts, rows + 1));
        indices.CopyTo(new Span<int>(matrix.ColumnIndices, indices.Length));
        values.CopyTo(new Span<T>(matrix.Values, values.Length));
        return matrix;
    }

    /// <summary>
    /// Gives the matrix another size, for the next batch of a stream. The row starts and the entries that were there stay, as far as they fit; what is new holds
    /// anything until the caller fills it. Memory is taken only where that of earlier sizes does not suffice, and then half as much again as it was.
    /// </summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="nonZeros">Number of stored entries, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="ObjectDisposedException">The memory was freed.</exception>
    /// <exception cref="OutOfMemoryException">The memory is not there; the matrix keeps its size.</exception>
    public void Resize(int rows, int columns, long nonZeros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(nonZeros);
        ObjectDisposedException.ThrowIf(_values == null, this);
        var before = ByteCount;
        try
        {
            Reserve(rows, nonZeros);
        }
        finally
        {
            if (ByteCount > before)
                GC.AddMemoryPressure(ByteCount - before);
        }

        (Rows, Columns, NonZeros) = (rows, columns, nonZeros);
        NativeMemory.Clear(_values + nonZeros, Alignment);
    }

    /// <summary>Columns of the entries of one row, increasing.</summary>
    public ReadOnlySpan<int> RowIndices(int row) => new(ColumnIndices + Start(row), Count(row));

    /// <summary>Values of the entries of one row.</summary>
    public Span<T> RowValues(int row) => new(Values + Start(row), Count(row));

    /// <summary>Sum of the squared values, in double.</summary>
    public double SquaredNorm()
    {
        var values = Values;
        double sum = 0;
        for (long j = 0; j < NonZeros; j++)
            sum += double.CreateChecked(values[j]) * double.CreateChecked(values[j]);
        return sum;
    }

    /// <summary>The same entries in compressed-column order, as the compressed rows of the transpose. Runs on the calling thread.</summary>
    /// <returns>A columns x rows matrix; its memory is its own.</returns>
    public SparseMatrix<T> Transpose()
    {
        using var alone = new WorkTeam(1);
        return Transpose(alone);
    }

    /// <summary>
    /// The same entries in compressed-column order, as the compressed rows of the transpose. O(non-zeros) time; beside the result it needs 8 bytes per
    /// column. The result does not depend on the number of threads.
    /// </summary>
    /// <param name="team">Threads to use.</param>
    /// <returns>A columns x rows matrix; its memory is its own.</returns>
    public SparseMatrix<T> Transpose(WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        var target = new SparseMatrix<T>(Columns, Rows, NonZeros);
        try
        {
            TransposeTo(target, team);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Like <see cref="Transpose(WorkTeam)"/>, into a matrix that has held another: no memory is taken where its own and the team's suffice.</summary>
    /// <param name="target">Receives the transpose; gets its size.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The target is the matrix itself.</exception>
    public void TransposeTo(SparseMatrix<T> target, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(team);
        if (ReferenceEquals(target, this))
            throw new ArgumentException("A matrix cannot be transposed into itself.", nameof(target));
        team.Resident<SparseTransposition<T>>().Run(this, target, team);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the native memory of a matrix that nobody disposed.</summary>
    ~SparseMatrix() => Free();

    private static void CheckRow(int row, int columns, ReadOnlySpan<int> indices)
    {
        var previous = -1;
        for (var j = 0; j < indices.Length; j++)
        {
            if ((uint)indices[j] >= (uint)columns)
                throw new ArgumentException($"Row {row}, position {j}: index {indices[j]} is outside 0..{columns - 1}.", nameof(indices));
            if (indices[j] <= previous)
                throw new ArgumentException($"Row {row}, position {j}: index {indices[j]} follows {previous}; indices must increase strictly.", nameof(indices));
            previous = indices[j];
        }
    }

    private void Reserve(int rows, long nonZeros)
    {
        if (rows >= _rowCapacity)
        {
            var capacity = Math.Max(rows + 1L, _rowCapacity + (_rowCapacity / 2));
            _rowStarts = Reallocate(_rowStarts, capacity);
            _rowCapacity = capacity;
        }

        // A capacity of zero entries has no arrays yet.
        if (nonZeros > _entryCapacity || _values == null)
        {
            var capacity = Math.Max(nonZeros, _entryCapacity + (_entryCapacity / 2));
            _columnIndices = Reallocate(_columnIndices, capacity);
            _values = Reallocate(_values, capacity);
            _entryCapacity = capacity;
        }
    }

    private static TItem* Reallocate<TItem>(TItem* old, long count)
        where TItem : unmanaged
        => (TItem*)NativeMemory.AlignedRealloc(old, checked(((nuint)count * (nuint)sizeof(TItem)) + Alignment), Alignment);

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
        if (_values == null)
            return;
        FreeArrays();
        if (ByteCount > 0)
            GC.RemoveMemoryPressure(ByteCount);
        (_rowCapacity, _entryCapacity) = (0, 0);
    }

    private void FreeArrays()
    {
        NativeMemory.AlignedFree(_rowStarts);
        NativeMemory.AlignedFree(_columnIndices);
        NativeMemory.AlignedFree(_values);
        _rowStarts = null;
        _columnIndices = null;
        _values = null;
    }
}
