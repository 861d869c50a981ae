using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Goes over every <paramref name="parts"/>th block of rows of a file. The number of the batch is the position of the
/// block in the order of all, so the order of the serial cursor can be recovered from any set of parallel ones.
/// </summary>
/// <param name="host">Where errors come from, and who is asked whether to stop.</param>
/// <param name="schema">The columns.</param>
/// <param name="active">Which of them were asked for.</param>
/// <param name="blocks">Number of blocks.</param>
/// <param name="part">The first block.</param>
/// <param name="parts">Distance of two blocks: the number of cursors.</param>
internal abstract class BlockCursor(
    IHost host, DataViewSchema schema, bool[] active, int blocks, int part, int parts) : DataViewRowCursor
{
    private int _block = part - parts;
    private int _row;
    private int _rows;
    private long _position = -1;
    private bool _ended;

    public sealed override DataViewSchema Schema => schema;

    public sealed override long Position => _position;

    public sealed override long Batch => Math.Max(_block, part);

    /// <summary>Position of the block among all.</summary>
    protected int Block => _block;

    /// <summary>The row within its block.</summary>
    protected int RowOfBlock => _position >= 0
        ? _row
        : throw host.Except("There is no row: MoveNext was not called, or there are no more.");

    /// <summary>Number of the row among all.</summary>
    protected abstract long RowOfAll { get; }

    public sealed override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public sealed override ValueGetter<DataViewRowId> GetIdGetter()
        => (ref DataViewRowId id) => id = new DataViewRowId((ulong)RowOfAll, 0);

    public sealed override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[column.Index])
            throw host.ExceptParam(
                nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        return Getter(column) as ValueGetter<TValue> ?? throw host.ExceptParam(
            nameof(column), $"Column '{column.Name}' is of type {column.Type}, not {typeof(TValue).Name}.");
    }

    public sealed override bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_row >= _rows && !NextBlock())
        {
            _ended = true;
            _position = -1;
            Close();
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>The getter of a column that was asked for, of its own type.</summary>
    protected abstract Delegate Getter(DataViewSchema.Column column);

    /// <summary>Reads what was asked for of the <see cref="Block"/>.</summary>
    /// <returns>Number of its rows.</returns>
    protected abstract int Load();

    /// <summary>Lets go of what is open; may be called again.</summary>
    protected abstract void Close();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    private bool NextBlock()
    {
        host.CheckAlive();
        if (_block >= blocks - parts)
            return false;
        _block += parts;
        _rows = Load();
        _row = 0;
        return true;
    }
}
