using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf.Hyperspectral;

namespace Microsoft.ML.Transforms.Hyperspectral;

/// <summary>
/// Goes over every <paramref name="parts"/>th block of a picture. The number of the batch is the position of the block
/// in the order of all, so the order of the serial cursor can be recovered from any set of parallel ones.
/// </summary>
/// <param name="view">The picture.</param>
/// <param name="active">Which columns were asked for.</param>
/// <param name="shuffle">The order of blocks and pixels; null for that of the file.</param>
/// <param name="part">Position of the first block.</param>
/// <param name="parts">Distance of two blocks: the number of cursors.</param>
internal sealed class EnviCursor(EnviView view, bool[] active, EnviShuffle? shuffle, int part, int parts)
    : DataViewRowCursor
{
    private readonly float[] _block =
        active[EnviView.SpectrumIndex] ? new float[view.BlockPixels * view.BandCount] : [];
    private readonly int[] _order = shuffle is null ? [] : new int[view.BlockPixels];
    private EnviCube? _cube;
    private long _position = -1;
    private long _blockStart;
    private int _blockPosition = part - parts;
    private int _blockPixels;
    private int _row = -1;
    private bool _ended;

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => Math.Max(_blockPosition, part);

    private int PixelOfBlock => shuffle is null ? _row : _order[_row];

    private long Pixel
        => _position >= 0
            ? _blockStart + PixelOfBlock
            : throw view.Host.Except("There is no row: MoveNext was not called, or there are no more.");

    public override ValueGetter<DataViewRowId> GetIdGetter()
        => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Pixel, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[column.Index])
            throw view.Host.ExceptParam(
                nameof(column), $"Column '{column.Name}' was not asked for when the cursor was made.");
        Delegate getter = column.Index switch
        {
            EnviView.SpectrumIndex => new ValueGetter<VBuffer<float>>(GetSpectrum),
            EnviView.RowIndex => new ValueGetter<int>((ref int value) => value = (int)(Pixel / view.Samples)),
            _ => new ValueGetter<int>((ref int value) => value = (int)(Pixel % view.Samples)),
        };
        return getter as ValueGetter<TValue> ?? throw view.Host.ExceptParam(
            nameof(column), $"Column '{column.Name}' is of type {column.Type}, not {typeof(TValue).Name}.");
    }

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_row >= _blockPixels && !NextBlock())
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

    private bool NextBlock()
    {
        view.Host.CheckAlive();
        if (_blockPosition >= view.BlockCount - parts)
            return false;
        _blockPosition += parts;
        var block = shuffle?.Block(_blockPosition) ?? _blockPosition;
        (_blockStart, _blockPixels, _row) = ((long)block * view.BlockPixels, view.PixelsOf(block), 0);
        if (shuffle is not null)
        {
            var order = _order.AsSpan(0, _blockPixels);
            for (var i = 0; i < order.Length; i++)
                order[i] = i;
            shuffle.Order(_blockPosition, order);
        }

        if (_block.Length > 0)
        {
            _cube ??= view.Open();
            _cube.ReadPixels(_blockStart, _block.AsSpan(0, _blockPixels * view.BandCount));
        }

        return true;
    }

    private void GetSpectrum(ref VBuffer<float> destination)
    {
        _ = Pixel;
        var editor = VBufferEditor.Create(ref destination, view.BandCount);
        _block.AsSpan(PixelOfBlock * view.BandCount, view.BandCount).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    private void Close()
    {
        _cube?.Dispose();
        _cube = null;
    }
}
