using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tensors;

// What one worker does with one block of a round.
internal sealed unsafe partial class DenseTensorPass<T, TVector, TSimd, TTiles>
{
    private Pass _pass;
    private Phase _phase;
    private int _slabs;
    private nint _partial;
    private int _targetStride;
    private PinnedMemory<T>? _gramPartials;

    private enum Phase
    {
        Pack,
        Objective,
        Rows,
        Last,
        ReduceLast,
    }

    private nint Stride => _cut.PaddedRank;

    private bool UsesShared => _sharedIsThere && _pass.Positive is null;

    void IBlockWork.Run(int block, int worker)
    {
        var scratch = _scratch[worker];
        switch (_phase)
        {
            case Phase.Pack:
                _dictionary.Pack(_pass.W!, block);
                break;
            case Phase.Objective:
                RowOfTiles(block, worker, (0, _cut.FeatureTiles), null, null, false);
                break;
            case Phase.Rows:
                RowSlab(block, worker, scratch);
                break;
            case Phase.Last:
                LastSlab(block % _slabs, block / _slabs, worker, scratch);
                break;
            case Phase.ReduceLast:
                ReduceLast(block, scratch);
                break;
        }
    }

    private void Run(Phase phase, int blocks)
    {
        _phase = phase;
        Team.Run(this, blocks);
    }

    // Derivatives with respect to rows of H, passed on to the target.
    private void RowSlab(int slab, int worker, TileScratch<T> scratch)
    {
        var (firstTile, endTile) = SlabTiles(slab);
        var (first, count) = ReachedBy(slab);
        T* negative = _negativePartials.Pointer + (slab * _partial),
            positive = _pass.Positive is null ? null : _positivePartials.Pointer + (slab * _partial);
        new Span<T>(negative, count * _targetStride).Clear();
        if (positive != null)
            new Span<T>(positive, count * _targetStride).Clear();
        for (var rowTile = firstTile; rowTile < endTile; rowTile++)
        {
            nint rows = _cut.RowsOf(rowTile);
            var firstRow = (long)rowTile * _cut.TileRows;
            var derivatives = _pass.Positive is null && _shared is not null
                ? _shared.Pointer + ((nint)firstRow * Stride) : scratch.NegativeRows;
            if (!UsesShared)
            {
                RowOfTiles(rowTile, worker, (0, _cut.FeatureTiles), null, null, false, derivatives);
                FinishSums(rows, derivatives, scratch.NegativeLanes);
            }

            _rows.Add(_pass.Target, firstRow, rows, derivatives, Stride, negative, first, worker);
            if (positive == null)
                continue;
            var sums = PositiveOfRows(rows, scratch, out var stride);
            _rows.Add(_pass.Target, firstRow, rows, sums, stride, positive, first, worker);
        }
    }

    private T* PositiveOfRows(nint rows, TileScratch<T> scratch, out nint stride)
    {
        stride = Stride;
        switch (TTiles.PositivePart)
        {
            case PositivePart.ColumnSums:
                stride = 0;
                return _dictionary.ColumnSums;
            case PositivePart.Gram:
                TimesGram(scratch.Samples, rows, scratch.PositiveRows);
                break;
            default:
                FinishSums(rows, scratch.PositiveRows, scratch.PositiveLanes);
                break;
        }

        return scratch.PositiveRows;
    }

    private void LastSlab(int slab, int group, int worker, TileScratch<T> scratch)
    {
        var (first, end) = _cut.SlabTiles(slab);
        T* negative = _negativePartials.Pointer + (slab * _partial),
            positive = _pass.Positive is null ? null : _positivePartials.Pointer + (slab * _partial);
        for (var rowTile = first; rowTile < end; rowTile++)
        {
            RowOfTiles(rowTile, worker, _cut.GroupTiles(group), negative, positive, rowTile > first);
            if (group > 0 || _pass.Positive is null)
                continue;
            nint rows = _cut.RowsOf(rowTile);
            if (TTiles.PositivePart == PositivePart.ColumnSums)
                RowSums<T, TVector, TSimd>.Sum(scratch.Samples, rows, Stride, _tileSums.Pointer + (rowTile * Stride));
            else if (TTiles.PositivePart == PositivePart.Gram)
                MicroKernel<T, TVector, TSimd>.Multiply(
                    scratch.Samples, 1, Stride, scratch.Samples, Stride, rows,
                    _gramPartials!.Pointer + (slab * GramSize), Stride, _cut.RankRows, Stride / TSimd.Count,
                    rowTile > first);
        }
    }

    /// <summary>Walks the tiles of one row of tiles: model, arithmetic, and products for the side that the pass asks
    /// for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RowOfTiles(
        int rowTile, int worker, (int First, int End) featureTiles, T* negativeW, T* positiveW, bool accumulateW,
        T* negativeRows = null)
    {
        var scratch = _scratch[worker];
        nint rows = _cut.RowsOf(rowTile), tileColumns = _cut.TileColumns;
        var paddedRows = (rows + DenseCut.RowQuantum - 1) & -DenseCut.RowQuantum;
        var toLast = negativeW != null;
        var copies = !_pass.WithObjective && (_pass.Positive is null || TTiles.PositivePart == PositivePart.Gram);
        var withPositive = !copies && TTiles.PositivePart == PositivePart.Product;

        // Products may read a tile where it lies, but for rows behind the last.
        var inPlace = copies && _observed is null && rows == paddedRows;
        if (toLast || !copies || _pass.Positive is not null)
            PackRows(rowTile, rows, worker);
        nint tileVectors = tileColumns / TSimd.Count;
        var atOnce = !copies ? MicroKernel<T, TVector, TSimd>.Share(rows, paddedRows, tileVectors)
            : !toLast ? MicroKernel<T, TVector, TSimd>.Share(rows, paddedRows, _cut.BlockedRank / TSimd.Count)
            : MicroKernel<T, TVector, TSimd>.Share(rows, _cut.RankRows, tileVectors);
        double objective = 0;
        for (var featureTile = featureTiles.First; featureTile < featureTiles.End; featureTile++)
        {
            nint columns = _cut.ColumnsOf(featureTile);
            var data = DataTile(rowTile, featureTile);
            if (featureTile == featureTiles.First)
                TileAhead.Of(data, 0, rows, columns, rows).Ask();
            var ahead = TileAhead.Of(
                data, _cut.Ahead(data.Stride, featureTile, featureTiles), rows, tileColumns, atOnce);
            if (!copies)
                _dictionary.Model(featureTile, scratch.Samples, paddedRows, scratch.Negative, ref ahead);

            if (_pass.WithObjective)
            {
                objective += _tiles.Value(data, _floor, scratch, tileColumns, rows, columns);
                continue;
            }

            var tile = scratch.Negative;
            var stride = tileColumns;
            if (copies)
            {
                if (inPlace)
                {
                    tile = data.Data;
                    stride = data.Stride;
                }
                else
                {
                    _tiles.Copy(data, tile, tileColumns, rows, columns);
                }
            }
            else
            {
                _tiles.Parts(data, _floor, scratch, tileColumns, rows, columns);
            }

            if (!toLast)
            {
                SumRows(tile, stride, featureTile, paddedRows, negativeRows, scratch.NegativeLanes, !inPlace,
                    ref ahead);
                if (withPositive)
                    SumRows(
                        scratch.Positive, tileColumns, featureTile, paddedRows, scratch.PositiveRows,
                        scratch.PositiveLanes, clears: true, ref ahead);
                continue;
            }

            var offset = (nint)(featureTile * _cut.PartialTile);
            SumColumns(tile, stride, scratch.Samples, rows, columns, negativeW + offset, accumulateW, ref ahead);
            if (withPositive)
                SumColumns(
                    scratch.Positive, tileColumns, scratch.Samples, rows, columns, positiveW + offset, accumulateW,
                    ref ahead);
        }

        if (_pass.WithObjective)
            _objectives[rowTile] = objective;
    }

    private DataTile<T> DataTile(int rowTile, int featureTile)
    {
        nint firstRow = rowTile * (nint)_cut.TileRows, firstColumn = featureTile * (nint)_cut.TileColumns;
        return _observed is not null
            ? _observed.Tile(_data, firstRow, firstColumn)
            : new(_data.Data + (firstRow * _data.Stride) + firstColumn, _data.Stride);
    }

    private void PackRows(int rowTile, nint rows, int worker)
    {
        var samples = _scratch[worker].Samples;
        _rows.Pack((long)rowTile * _cut.TileRows, rows, samples, Stride, worker);
        new Span<T>(samples + (rows * Stride), (int)((_cut.TileRows - rows) * Stride)).Clear();
    }

    // sums += R W, for the columns of one tile. What a tile in place has behind its last column is finite and meets
    // zeros.
    private void SumRows(
        T* tile, nint stride, int featureTile, nint paddedRows, T* sums, T* laneSums, bool clears,
        ref TileAhead ahead)
    {
        nint columns = _cut.ColumnsOf(featureTile), vectors = _cut.BlockedRank / TSimd.Count;
        MicroKernel<T, TVector, TSimd>.Multiply(
            tile, stride, 1, _dictionary.Rows(featureTile), Stride, columns, sums, Stride, paddedRows,
            vectors, featureTile > 0, ref ahead);
        if (_cut.LaneSumColumns == 0)
            return;
        if (clears)
            TileArithmetic<T, TVector, TSimd>.ClearTail(tile, stride, paddedRows, columns);
        LaneSums<T, TVector, TSimd>.Add(
            tile, stride, _dictionary.LastColumns(featureTile), _cut.TileColumns, columns, laneSums,
            paddedRows, _cut.LaneSumColumns, featureTile > 0);
    }

    // sums += Hᵀ R, for the rows of one tile.
    private void SumColumns(
        T* tile, nint stride, T* samples, nint rows, nint columns, T* sums, bool accumulate, ref TileAhead ahead)
    {
        var vectors = (columns + TSimd.Count - 1) / TSimd.Count;
        MicroKernel<T, TVector, TSimd>.Multiply(
            samples, 1, Stride, tile, stride, rows, sums, _cut.TileColumns, _cut.RankRows, vectors, accumulate,
            ref ahead);
    }

    private void FinishSums(nint rows, T* sums, T* laneSums)
    {
        if (_cut.LaneSumColumns > 0)
            LaneSums<T, TVector, TSimd>.Finish(
                laneSums, rows, _cut.LaneSumColumns, sums + _cut.BlockedRank, Stride, _cut.Rank - _cut.BlockedRank);
    }

    private void TimesGram(T* factorRows, nint rows, T* result)
        => MicroKernel<T, TVector, TSimd>.Multiply(
            factorRows, Stride, 1, _packedGram.Pointer, Stride, _cut.Rank, result, Stride,
            (rows + DenseCut.RowQuantum - 1) & -DenseCut.RowQuantum, Stride / TSimd.Count, false);
}
