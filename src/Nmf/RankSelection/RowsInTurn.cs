using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>A sparse matrix that is made row after row, entry after entry.</summary>
internal sealed class RowsInTurn<T>(int columns)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<long> _rowStarts = [];
    private readonly List<int> _indices = [];
    private readonly List<T> _values = [];

    public void BeginRow() => _rowStarts.Add(_values.Count);

    /// <summary>Adds an entry to the current row; columns must increase.</summary>
    public void Add(int column, T value)
    {
        _indices.Add(column);
        _values.Add(value);
    }

    public unsafe SparseMatrix<T> ToMatrix()
    {
        var matrix = new SparseMatrix<T>(_rowStarts.Count, columns, _values.Count);
        for (var n = 0; n < _rowStarts.Count; n++)
            matrix.RowStarts[n] = _rowStarts[n];
        matrix.RowStarts[_rowStarts.Count] = _values.Count;
        for (var i = 0; i < _values.Count; i++)
        {
            matrix.ColumnIndices[i] = _indices[i];
            matrix.Values[i] = _values[i];
        }

        return matrix;
    }
}
