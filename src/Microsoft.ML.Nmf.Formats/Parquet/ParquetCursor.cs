using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>
/// Goes over every <paramref name="parts"/>th row group. The number of the batch is that of the row group, so the order
/// of the serial cursor can be recovered from any set of parallel ones.
/// </summary>
/// <param name="view">The files.</param>
/// <param name="active">Which columns were asked for.</param>
/// <param name="part">The first row group.</param>
/// <param name="parts">Distance of two row groups: the number of cursors.</param>
internal sealed class ParquetCursor(ParquetView view, bool[] active, int part, int parts) : DataViewRowCursor
{
    private readonly ColumnBlock?[] _blocks =
        [.. view.Columns.Select((column, c) => active[c] ? column.CreateBlock() : null)];

    private ParquetFile? _file;
    private int _group = part - parts;
    private int _row;
    private int _rows;
    private long _position = -1;
    private bool _ended;

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => Math.Max(_group, part);

    public override ValueGetter<DataViewRowId> GetIdGetter()
        => (ref DataViewRowId id) => id = new DataViewRowId((ulong)(view.Groups[_group].First + RowOfGroup()), 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (_blocks[column.Index] is not { } block)
            throw view.Host.ExceptParam(
                nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        return block.Getter(RowOfGroup) as ValueGetter<TValue> ?? throw view.Host.ExceptParam(
            nameof(column), $"Column '{column.Name}' is of type {column.Type}, not {typeof(TValue).Name}.");
    }

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_row >= _rows && !NextGroup())
        {
            _ended = true;
            _position = -1;
            Close();
            return false;
        }

        _position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    private int RowOfGroup() => _position >= 0
        ? _row
        : throw view.Host.Except("There is no row: MoveNext was not called, or there are no more.");

    private bool NextGroup()
    {
        view.Host.CheckAlive();
        if (_group >= view.Groups.Count - parts)
            return false;
        _group += parts;
        var place = view.Groups[_group];
        (_row, _rows) = (0, place.Rows);
        if (Array.TrueForAll(_blocks, block => block is null))
            return true;
        if (_file?.Path != place.Path)
        {
            Close();
            _file = ParquetFile.Open(place.Path);
        }

        var file = _file!;
        return ParquetFile.Run(file.Path, async () =>
        {
            using var reader = file.OpenGroup(place.Group);
            var group = new GroupPlace(file, reader, place.FirstInFile, place.Rows, default);
            foreach (var block in _blocks.OfType<ColumnBlock>())
            {
                view.Host.CheckAlive();
                await block.LoadAsync(group).ConfigureAwait(false);
            }

            return true;
        });
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
