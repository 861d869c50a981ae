using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>Goes over every <paramref name="parts"/>th row group.</summary>
/// <param name="view">The files.</param>
/// <param name="active">Which columns were asked for.</param>
/// <param name="part">The first row group.</param>
/// <param name="parts">Distance of two row groups: the number of cursors.</param>
internal sealed class ParquetCursor(ParquetView view, bool[] active, int part, int parts)
    : BlockCursor(view.Host, view.Schema, active, view.Groups.Count, part, parts)
{
    private readonly ColumnBlock?[] _blocks =
        [.. view.Columns.Select((column, c) => active[c] ? column.CreateBlock() : null)];

    private ParquetFile? _file;

    protected override long RowOfAll => view.Groups[Block].First + RowOfBlock;

    protected override Delegate Getter(DataViewSchema.Column column)
        => _blocks[column.Index]!.Getter(() => RowOfBlock);

    protected override int Load()
    {
        var place = view.Groups[Block];
        if (Array.TrueForAll(_blocks, block => block is null))
            return place.Rows;
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

            return place.Rows;
        });
    }

    protected override void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
