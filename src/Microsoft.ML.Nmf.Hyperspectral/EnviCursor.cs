using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Fitting;
using Nmf.Hyperspectral;

namespace Microsoft.ML.Transforms.Hyperspectral;

/// <summary>Goes over every <paramref name="parts"/>th block of a picture.</summary>
/// <param name="view">The picture.</param>
/// <param name="active">Which columns were asked for.</param>
/// <param name="shuffle">The order of blocks and pixels; null for that of the file.</param>
/// <param name="part">Position of the first block.</param>
/// <param name="parts">Distance of two blocks: the number of cursors.</param>
internal sealed class EnviCursor(EnviView view, bool[] active, EnviShuffle? shuffle, int part, int parts)
    : BlockCursor(view.Host, view.Schema, active, view.BlockCount, part, parts)
{
    private readonly float[] _block =
        active[EnviView.SpectrumIndex] ? new float[view.BlockPixels * view.BandCount] : [];
    private readonly int[] _order = shuffle is null ? [] : new int[view.BlockPixels];
    private EnviCube? _cube;
    private long _blockStart;

    protected override long RowOfAll => _blockStart + PixelOfBlock;

    private int PixelOfBlock => shuffle is null ? RowOfBlock : _order[RowOfBlock];

    protected override Delegate Getter(DataViewSchema.Column column) => column.Index switch
    {
        EnviView.SpectrumIndex => new ValueGetter<VBuffer<float>>(GetSpectrum),
        EnviView.RowIndex => new ValueGetter<int>((ref int value) => value = (int)(RowOfAll / view.Samples)),
        _ => new ValueGetter<int>((ref int value) => value = (int)(RowOfAll % view.Samples)),
    };

    protected override int Load()
    {
        var block = shuffle?.Block(Block) ?? Block;
        var pixels = view.PixelsOf(block);
        _blockStart = (long)block * view.BlockPixels;
        if (shuffle is not null)
        {
            var order = _order.AsSpan(0, pixels);
            for (var i = 0; i < order.Length; i++)
                order[i] = i;
            shuffle.Order(Block, order);
        }

        if (_block.Length > 0)
        {
            _cube ??= view.Open();
            _cube.ReadPixels(_blockStart, _block.AsSpan(0, pixels * view.BandCount));
        }

        return pixels;
    }

    protected override void Close()
    {
        _cube?.Dispose();
        _cube = null;
    }

    private void GetSpectrum(ref VBuffer<float> destination)
    {
        var pixel = PixelOfBlock;
        var editor = VBufferEditor.Create(ref destination, view.BandCount);
        _block.AsSpan(pixel * view.BandCount, view.BandCount).CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
