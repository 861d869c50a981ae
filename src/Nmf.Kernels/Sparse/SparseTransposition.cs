using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// Counting sort of the entries by column, in two rounds over blocks of columns: count, then place. A block searches
/// its first entry in every row, so that blocks never write the same column, no table of counts per thread is needed,
/// and the order within a column is that of the rows whoever does the work.
/// </summary>
internal sealed unsafe class SparseTransposition<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Every block costs a search in every row: a few more than there are cores, so that an uneven
    // cut does not matter much.
    private const int MostBlocks = 16;
    private const int LeastColumns = 64;

    private SparseMatrix<T>? _source;
    private SparseMatrix<T>? _target;
    private long[] _next = [];
    private int _blocks;
    private bool _placing;

    /// <summary>Fills the target with the transpose.</summary>
    public void Run(SparseMatrix<T> source, SparseMatrix<T> target, WorkTeam team)
    {
        target.Resize(source.Columns, source.Rows, source.NonZeros);
        if (_next.Length < source.Columns)
            _next = new long[source.Columns];
        var next = _next.AsSpan(0, source.Columns);
        next.Clear();
        (_source, _target, _placing) = (source, target, false);

        // Alone, one block saves the searches; the result does not depend on the cut.
        _blocks = team.Threads == 1 ? 1 : int.Clamp(source.Columns / LeastColumns, 1, MostBlocks);
        team.Run(this, _blocks);
        var starts = target.RowStarts;
        starts[0] = 0;
        for (var c = 0; c < next.Length; c++)
        {
            starts[c + 1] = starts[c] + next[c];
            next[c] = starts[c];
        }

        _placing = true;
        team.Run(this, _blocks);
        (_source, _target) = (null, null);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var source = _source!;
        var from = (int)((long)source.Columns * block / _blocks);
        var to = (int)((long)source.Columns * (block + 1) / _blocks);
        var starts = source.RowStarts;
        var indices = source.ColumnIndices;
        var values = source.Values;
        var targetIndices = _target!.ColumnIndices;
        var targetValues = _target.Values;
        fixed (long* next = _next)
        {
            for (var i = 0; i < source.Rows; i++)
            {
                var at = from == 0 ? starts[i] : FirstNotBelow(indices, starts[i], starts[i + 1], from);
                if (_placing)
                {
                    for (; at < starts[i + 1] && indices[at] < to; at++)
                    {
                        var place = next[indices[at]]++;
                        targetIndices[place] = i;
                        targetValues[place] = values[at];
                    }
                }
                else
                {
                    for (; at < starts[i + 1] && indices[at] < to; at++)
                        next[indices[at]]++;
                }
            }
        }
    }

    private static long FirstNotBelow(int* indices, long low, long high, int column)
    {
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (indices[middle] < column)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
