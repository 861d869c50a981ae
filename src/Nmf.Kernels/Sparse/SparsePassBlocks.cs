using System.Numerics;

namespace Nmf.Kernels;

/// <summary>Cuts the rows of sparse data into blocks of about equal work. The cut depends on the data alone.</summary>
internal static unsafe class SparsePassBlocks
{
    private const long WorkOfBlock = 1 << 14;
    private const long WorkOfRow = 8;

    /// <summary>Most blocks that a cut makes.</summary>
    public const int MostBlocks = 512;

    /// <summary>First row of every block, and the number of rows at the end.</summary>
    public static int[] Cut<T>(SparseMatrix<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var firstRows = new int[BlocksOf(data) + 1];
        Cut(data, firstRows);
        return firstRows;
    }

    /// <summary>The same into memory of the caller.</summary>
    /// <returns>The number of blocks.</returns>
    public static int Cut<T>(SparseMatrix<T> data, Span<int> firstRows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var total = WorkOf(data);
        var blocks = BlocksOf(data);
        firstRows[0] = 0;
        var row = 0;
        for (var block = 1; block <= blocks; block++)
        {
            // Int128: non-zeros times blocks may exceed 64 bits only in theory, but rounding the
            // boundary is free this way.
            var until = (long)((Int128)total * block / blocks);
            while (row < data.Rows && data.RowStarts[row] + (WorkOfRow * row) < until)
                row++;
            firstRows[block] = row;
        }

        firstRows[blocks] = data.Rows;
        return blocks;
    }

    private static long WorkOf<T>(SparseMatrix<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => data.NonZeros + (WorkOfRow * data.Rows);

    private static int BlocksOf<T>(SparseMatrix<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => (int)long.Clamp(WorkOf(data) / WorkOfBlock, 1, MostBlocks);
}
