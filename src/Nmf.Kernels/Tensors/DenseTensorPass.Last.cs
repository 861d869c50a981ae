using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tensors;

// The end of a pass over the factor of the last mode: sums of the slabs, and the positive part.
internal sealed unsafe partial class DenseTensorPass<T, TVector, TSimd, TTiles>
{
    private nint GramSize => _cut.RankRows * Stride;

    private void AllocateGrams() => _gramPartials ??= new PinnedMemory<T>((nint)_cut.Slabs * GramSize);

    // HᵀH, the slabs in their order.
    private void AddGrams()
    {
        for (var k = 0; k < _cut.Rank; k++)
        {
            var row = new Span<T>(_packedGram.Pointer + (k * Stride), _cut.Rank);
            row.Clear();
            for (var slab = 0; slab < _slabs && _cut.RowTiles > 0; slab++)
                System.Numerics.Tensors.TensorPrimitives.Add<T>(
                    row, new Span<T>(_gramPartials!.Pointer + (slab * GramSize) + (k * Stride), _cut.Rank), row);
        }
    }

    /// <summary>Adds the slabs' sums for the columns of one tile, in order, and writes the gradient.</summary>
    private void ReduceLast(int featureTile, TileScratch<T> scratch)
    {
        nint rows = _cut.ColumnsOf(featureTile);
        var first = featureTile * _cut.TileColumns;
        WriteTransposed(_pass.Negative!, first, rows, AddSlabs(_negativePartials, featureTile));
        if (_pass.Positive is not { } positive)
            return;
        switch (TTiles.PositivePart)
        {
            case PositivePart.ColumnSums:
                WriteRows(positive, first, rows, _columnSums.Pointer, 0);
                break;
            case PositivePart.Gram:
                TimesGram(_dictionary.Rows(featureTile), rows, scratch.PositiveRows);
                WriteRows(positive, first, rows, scratch.PositiveRows, Stride);
                break;
            default:
                WriteTransposed(positive, first, rows, AddSlabs(_positivePartials, featureTile));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T* AddSlabs(PinnedMemory<T> partials, int featureTile)
    {
        var count = (nint)_cut.PartialTile;
        var offset = featureTile * count;
        var sums = partials.Pointer + offset;
        for (var slab = 1; slab < _slabs; slab++)
        {
            var partial = partials.Pointer + (slab * _partial) + offset;
            for (nint i = 0; i < count; i += TSimd.Count)
                TSimd.Store(sums + i, TSimd.Add(TSimd.Load(sums + i), TSimd.Load(partial + i)));
        }

        return sums;
    }

    private void WriteRows(Matrix<T> matrix, int first, nint rows, T* source, nint sourceStride)
    {
        for (var i = 0; i < rows; i++)
            new Span<T>(source + (i * sourceStride), _cut.Rank).CopyTo(matrix.Row(first + i));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteTransposed(Matrix<T> matrix, int first, nint rows, T* source)
    {
        nint sourceStride = _cut.TileColumns;
        for (nint i = 0; i < rows; i++)
        {
            var row = matrix.Data + ((first + i) * matrix.Stride);
            for (nint k = 0; k < _cut.Rank; k++)
                row[k] = source[(k * sourceStride) + i];
        }
    }
}
