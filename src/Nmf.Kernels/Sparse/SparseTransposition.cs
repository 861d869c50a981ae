using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// Counting sort of the entries by column, in two rounds over blocks of columns: count, then place. A block searches its first entry
/// in every row, so that blocks never write the same column, no table of counts per thread is needed, and the order within a column is
/// that of the rows whoever does the work.
/// </summary>
internal sealed unsafe class SparseTransposition<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Every block costs a search in every row: a few more than there are cores, so that an uneven cut does not matter much.
    private const int MostBlocks = 16;
    private const int LeastColumns = 64;

    private readonly SparseMatrix<T> _source;
    private readonly SparseMatrix<T> _target;
    private readonly long[] _next;
    private readonly int _blocks;
    private bool _placing;

    private SparseTransposition(SparseMatrix<T> source, SparseMatrix<T> target)
    {
        (_source, _target, _next) = (source, target, new long[source.Columns]);
        _blocks = int.Clamp(source.Columns / LeastColumns, 1, MostBlocks);
    }

    /// <summary>The transpose, in memory of its own.</summary>
    public static SparseMatrix<T> Run(SparseMatrix<T> source, WorkTeam team)
    {
        var target = new SparseMatrix<T>(source.Columns, source.Rows, source.NonZeros);
        try
        {
            new SparseTransposition<T>(source, target).Run(team);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        var from = (int)((long)_source.Columns * block / _blocks);
        var to = (int)((long)_source.Columns * (block + 1) / _blocks);
        var starts = _source.RowStarts;
        var indices = _source.ColumnIndices;
        var values = _source.Values;
        var targetIndices = _target.ColumnIndices;
        var targetValues = _target.Values;
        fixed (long* next = _next)
        {
            for (var i = 0; i < _source.Rows; i++)
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

    private void Run(WorkTeam team)
    {
        team.Run(this, _blocks);
        var starts = _target.RowStarts;
        for (var c = 0; c < _next.Length; c++)
        {
            starts[c + 1] = starts[c] + _next[c];
            _next[c] = starts[c];
        }

        _placing = true;
        team.Run(this, _blocks);
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
