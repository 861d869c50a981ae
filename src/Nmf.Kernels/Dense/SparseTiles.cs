using System.Numerics;

namespace Nmf.Kernels.Dense;

/// <summary>Sparse data in the dense walk: one tile at a time is spread out in scratch memory, the
/// matrix never is.</summary>
internal static unsafe class SparseTiles
{
    /// <summary>Writes a tile with its zeros.</summary>
    /// <param name="data">V.</param>
    /// <param name="firstRow">First row of the tile.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="firstColumn">First column of the tile.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="tile">Receives the rows.</param>
    /// <param name="stride">Distance between rows of the tile; what lies beyond the columns is cleared too.</param>
    public static void Spread<T>(
        SparseMatrix<T> data, int firstRow, int rows, int firstColumn, int columns, T* tile, nint stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = firstRow; row < firstRow + rows; row++, tile += stride)
        {
            new Span<T>(tile, (int)stride).Clear();
            var indices = data.RowIndices(row);
            var values = data.RowValues(row);
            var at = indices.BinarySearch(firstColumn);
            for (var j = at < 0 ? ~at : at; j < indices.Length && indices[j] < firstColumn + columns; j++)
                tile[indices[j] - firstColumn] = values[j];
        }
    }
}
