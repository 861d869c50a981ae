using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>
/// A sparse matrix in compressed-row form in pinned memory: the non-zeros of row i are
/// <c>ColumnIndices[j], Values[j]</c> for <c>RowStarts[i] ≤ j &lt; RowStarts[i + 1]</c>, with strictly
/// increasing column indices.
/// </summary>
/// <remarks>
/// Not thread-safe for writing; concurrent reads are safe. A stored zero is allowed and means the same as an absent
/// one. Sixty-four bytes after the last value are readable and zero, so that kernels may load whole vectors.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe partial class SparseMatrix<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ReadableBeyondEnd = 64;

    private PinnedMemory<long> _rowStarts;
    private PinnedMemory<int> _columnIndices;
    private PinnedMemory<T> _values;

    private bool _isValid;
    private SparseMatrix<T>? _original;
    private long _layoutOfOriginal;

    /// <summary>Allocates room for a number of non-zeros; the caller fills the three arrays.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="nonZeros">Number of stored entries, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="OutOfMemoryException">The memory is not there.</exception>
    internal SparseMatrix(int rows, int columns, long nonZeros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(nonZeros);
        _rowStarts = new(rows + 1L);
        _columnIndices = new(nonZeros);
        _values = new(nonZeros);
        (Rows, Columns, NonZeros) = (rows, columns, nonZeros);
    }

    // The same pattern, which is shared, with room for other values.
    private SparseMatrix(SparseMatrix<T> pattern)
    {
        (_rowStarts, _columnIndices) = (pattern._rowStarts, pattern._columnIndices);
        _values = new(pattern.NonZeros);
        (Rows, Columns, NonZeros, _isValid) = (pattern.Rows, pattern.Columns, pattern.NonZeros, pattern._isValid);
        NativeMemory.Copy(pattern.Values, Values, (nuint)NonZeros * (nuint)sizeof(T));
        GC.KeepAlive(pattern);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; private set; }

    /// <summary>Number of stored entries.</summary>
    public long NonZeros { get; private set; }

    /// <summary>Changes when the matrix is resized: it has other entries then.</summary>
    internal long Layout { get; private set; }

    /// <summary>Size of the three arrays, in bytes.</summary>
    internal long ByteCount => (_rowStarts.Count * sizeof(long)) + (_values.Count * (sizeof(int) + sizeof(T)));

    /// <summary>Rows + 1 offsets into the other two arrays. The pointers do not keep
    /// the matrix alive.</summary>
    internal long* RowStarts => _rowStarts.Pointer;

    /// <summary>Column of every stored entry.</summary>
    internal int* ColumnIndices => _columnIndices.Pointer;

    /// <summary>Value of every stored entry.</summary>
    internal T* Values => _values.Pointer;

    /// <summary>Copies compressed rows from managed memory, checking that they are in order.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rowStarts">rows + 1 offsets, the first 0, never decreasing, the last the number of entries.</param>
    /// <param name="indices">Column of every entry, strictly increasing within a row.</param>
    /// <param name="values">Value of every entry; not inspected.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, an offset decreases, or an index is out of range
    /// or out of order; the message names the row and the position in it.</exception>
    public static SparseMatrix<T> FromCsr(
        int rows, int columns, ReadOnlySpan<long> rowStarts, ReadOnlySpan<int> indices, ReadOnlySpan<T> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (rowStarts.Length != rows + 1L)
            throw new ArgumentException(
                $"{rows} rows need {rows + 1L} row starts, but there are {rowStarts.Length}.", nameof(rowStarts));
        if (indices.Length != values.Length)
            throw new ArgumentException(
                $"There are {indices.Length} indices but {values.Length} values.", nameof(values));
        if (rowStarts[0] != 0)
            throw new ArgumentException($"The first row must start at 0, not at {rowStarts[0]}.", nameof(rowStarts));
        if (rowStarts[rows] != indices.Length)
            throw new ArgumentException(
                $"The last row must end at {indices.Length}, the number of entries, not at {rowStarts[rows]}.",
                nameof(rowStarts));
        for (var i = 0; i < rows; i++)
        {
            if (rowStarts[i + 1] < rowStarts[i] || rowStarts[i + 1] > indices.Length)
                throw new ArgumentException(
                    $"Row {i} starts at {rowStarts[i]} and ends at {rowStarts[i + 1]}.", nameof(rowStarts));
            CheckRow(i, columns, indices[(int)rowStarts[i]..(int)rowStarts[i + 1]]);
        }

        var matrix = new SparseMatrix<T>(rows, columns, values.Length);
        rowStarts.CopyTo(matrix._rowStarts.Span(0, rows + 1));
        indices.CopyTo(matrix._columnIndices.Span(0, indices.Length));
        values.CopyTo(matrix._values.Span(0, values.Length));
        matrix._isValid = true;
        return matrix;
    }

    /// <summary>
    /// Gives the matrix another size, for the next batch of a stream. The row starts and the entries that were there
    /// stay, as far as they fit; new rows have no
    /// entries, and new entries are zero, until the caller fills them. Memory is taken only where that of earlier sizes
    /// does not suffice, and then half as much again as it was.
    /// </summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="nonZeros">Number of stored entries, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="OutOfMemoryException">The memory is not there; the matrix keeps its size.</exception>
    internal void Resize(int rows, int columns, long nonZeros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(nonZeros);
        var rowStarts = Reserve(_rowStarts, rows + 1L);
        var columnIndices = Reserve(_columnIndices, nonZeros);
        (_rowStarts, _columnIndices, _values) = (rowStarts, columnIndices, Reserve(_values, nonZeros));
        for (var i = Rows; i < rows; i++)
            RowStarts[i + 1] = RowStarts[i];
        if (nonZeros > NonZeros)
        {
            NativeMemory.Clear(ColumnIndices + NonZeros, (nuint)(nonZeros - NonZeros) * sizeof(int));
            NativeMemory.Clear(Values + NonZeros, (nuint)(nonZeros - NonZeros) * (nuint)sizeof(T));
        }

        NativeMemory.Clear(Values + nonZeros, ReadableBeyondEnd);
        (Rows, Columns, NonZeros) = (rows, columns, nonZeros);
        Layout++;
        (_isValid, _original) = (false, null);
        GC.KeepAlive(this);
    }

    /// <summary>A copy of the values with the pattern of this matrix, which must not be resized while the copy is
    /// in use.</summary>
    internal SparseMatrix<T> CloneValues() => new(this);

    /// <summary>Columns of the entries of one row, increasing.</summary>
    public ReadOnlySpan<int> RowIndices(int row) => _columnIndices.Span(Start(row), Count(row));

    /// <summary>Values of the entries of one row.</summary>
    public ReadOnlySpan<T> RowValues(int row) => RowMemory(row);

    /// <summary>The values of one row, to be written.</summary>
    internal Span<T> RowMemory(int row) => _values.Span(Start(row), Count(row));

    /// <summary>Sum of the squared values, in double.</summary>
    internal double SquaredNorm()
    {
        var values = Values;
        double sum = 0;
        for (long j = 0; j < NonZeros; j++)
            sum += double.CreateChecked(values[j]) * double.CreateChecked(values[j]);
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>The same entries in compressed-column order, as the compressed rows of the transpose. Runs on the
    /// calling thread.</summary>
    /// <returns>A columns x rows matrix; its memory is its own.</returns>
    internal SparseMatrix<T> Transpose()
    {
        using var alone = new WorkTeam(1);
        return Transpose(alone);
    }

    /// <summary>
    /// The same entries in compressed-column order, as the compressed rows of the transpose. O(non-zeros) time; beside
    /// the result it needs 8 bytes per column. The result does not depend on the number of threads.
    /// </summary>
    /// <param name="team">Threads to use.</param>
    /// <returns>A columns x rows matrix; its memory is its own.</returns>
    internal SparseMatrix<T> Transpose(WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        var target = new SparseMatrix<T>(Columns, Rows, NonZeros);
        TransposeTo(target, team);
        return target;
    }

    /// <summary>Like <see cref="Transpose(WorkTeam)"/>, into a matrix that has held another: no memory is taken where
    /// its own and the team's suffice.</summary>
    /// <param name="target">Receives the transpose; gets its size.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The target is the matrix itself.</exception>
    internal void TransposeTo(SparseMatrix<T> target, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(team);
        if (ReferenceEquals(target, this))
            throw new ArgumentException("A matrix cannot be transposed into itself.", nameof(target));
        RequireValid();
        team.Resident<SparseTransposition<T>>().Run(this, target, team);
        (target._isValid, target._original, target._layoutOfOriginal) = (true, this, Layout);
    }

    /// <summary>Checks what the kernels rely on: rows one after the other, and columns that there are. Done once for
    /// every layout.</summary>
    /// <exception cref="ArgumentException">It is not so.</exception>
    internal void RequireValid()
    {
        if (_isValid)
            return;
        for (var i = 0; i < Rows; i++)
        {
            if (RowStarts[i + 1] < RowStarts[i])
                throw new ArgumentException($"Row {i} of the {Rows} x {Columns} matrix ends before it starts.");
        }

        if (RowStarts[0] != 0 || RowStarts[Rows] != NonZeros)
        {
            throw new ArgumentException(
                $"The rows of the {Rows} x {Columns} matrix go from entry {RowStarts[0]} to {RowStarts[Rows]}, "
                + $"but it has {NonZeros} entries.");
        }

        for (var i = 0; i < Rows; i++)
        {
            var indices = MemoryMarshal.Cast<int, uint>(RowIndices(i));
            var last = indices.IsEmpty ? 0 : TensorPrimitives.Max(indices);
            if (!indices.IsEmpty && last >= (uint)Columns)
                throw new ArgumentException($"Row {i} of the {Rows} x {Columns} matrix has column {(int)last}.");
        }

        GC.KeepAlive(this);
        _isValid = true;
    }

    /// <summary>Checks that this is the transpose: at once where it was made by <see cref="TransposeTo"/>, else entry
    /// by entry.</summary>
    /// <param name="original">What this is to be the transpose of.</param>
    /// <param name="name">Of this, in the error.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    internal void RequireTransposeOf(SparseMatrix<T> original, string name)
    {
        RequireValid();
        if (IsKnownAsTransposeOf(original) || original.IsKnownAsTransposeOf(this))
            return;
        if (Rows != original.Columns || Columns != original.Rows || NonZeros != original.NonZeros)
        {
            throw new ArgumentException(
                $"The second matrix, {Rows} x {Columns} with {NonZeros} entries, is not the transpose of the first, "
                + $"{original.Rows} x {original.Columns} with {original.NonZeros}: "
                + "its shape or its number of entries differs.",
                name);
        }

        var next = _rowStarts.Span(0, Rows).ToArray();
        for (var i = 0; i < original.Rows; i++)
        {
            var indices = original.RowIndices(i);
            ReadOnlySpan<T> values = original.RowValues(i);
            for (var j = 0; j < indices.Length; j++)
            {
                var at = next[indices[j]]++;
                if (at >= RowStarts[indices[j] + 1] || ColumnIndices[at] != i || !Values[at].Equals(values[j]))
                {
                    throw new ArgumentException(
                        "The second matrix is not the transpose of the first: they differ at row "
                        + $"{i}, column {indices[j]} of the first.",
                        name);
                }
            }
        }

        GC.KeepAlive(this);
        (_original, _layoutOfOriginal) = (original, original.Layout);
    }

    private bool IsKnownAsTransposeOf(SparseMatrix<T> original)
        => ReferenceEquals(_original, original) && _layoutOfOriginal == original.Layout;

    private static void CheckRow(int row, int columns, ReadOnlySpan<int> indices)
    {
        var previous = -1;
        for (var j = 0; j < indices.Length; j++)
        {
            if ((uint)indices[j] >= (uint)columns)
                throw new ArgumentException(
                    $"Row {row}, position {j}: index {indices[j]} is outside 0..{columns - 1}.", nameof(indices));
            if (indices[j] <= previous)
                throw new ArgumentException(
                    $"Row {row}, position {j}: index {indices[j]} follows {previous}; indices must increase strictly.",
                    nameof(indices));
            previous = indices[j];
        }
    }

    private static PinnedMemory<TItem> Reserve<TItem>(PinnedMemory<TItem> old, long count)
        where TItem : unmanaged
    {
        if (count <= old.Count)
            return old;
        var grown = new PinnedMemory<TItem>(Math.Max(count, old.Count + (old.Count / 2)), isCleared: false);
        NativeMemory.Copy(old.Pointer, grown.Pointer, (nuint)old.Count * (nuint)sizeof(TItem));
        GC.KeepAlive(old);
        return grown;
    }

    private nint Start(int row)
    {
        if ((uint)row >= (uint)Rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The matrix has {Rows} rows.");
        return (nint)_rowStarts.Span(row, 1)[0];
    }

    private int Count(int row)
    {
        var starts = _rowStarts.Span(row, 2);
        return checked((int)(starts[1] - starts[0]));
    }
}
