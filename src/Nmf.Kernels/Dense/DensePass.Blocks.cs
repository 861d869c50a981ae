using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

// What one worker does with one block of a round.
internal sealed unsafe partial class DensePass<T, TVector, TSimd, TTiles> : IBlockWork
{
    // Distance between addresses that compete for the same set of the first-level cache.
    private const int Aliasing = 4096;

    private Pass _pass;
    private Phase _phase;

    private enum Phase
    {
        Pack,
        Activation,
        Dictionary,
        Joint,
        Reduce,
    }

    private nint Stride => _cut.PaddedRank;

    private nint RankVectors => _cut.PaddedRank / TSimd.Count;

    public void Run(int block, int worker)
    {
        var scratch = _scratch[worker];
        switch (_phase)
        {
            case Phase.Pack:
                PackDictionary(block, scratch);
                break;
            case Phase.Activation:
                RowOfTiles(block, (0, _cut.FeatureTiles), scratch, null, null, false);
                WriteActivations(block, scratch);
                break;
            case Phase.Dictionary:
                Slab(block % _cut.Slabs, block / _cut.Slabs, scratch);
                break;
            case Phase.Joint:
                JointSlab(block, scratch);
                break;
            case Phase.Reduce:
                Reduce(block, scratch);
                break;
        }
    }

    private static nint PadRows(nint rows)
        => (rows + DenseCut.RowQuantum - 1) & -DenseCut.RowQuantum;

    private void Run(Phase phase, int blocks)
    {
        _phase = phase;
        Team.Run(this, blocks);
    }

    private void Slab(int slab, int group, TileScratch<T> scratch)
    {
        var (first, end) = _cut.SlabTiles(slab);
        T* negative = Partial(_negativePartials, slab), positive = Partial(_positivePartials, slab);
        for (var rowTile = first; rowTile < end; rowTile++)
        {
            RowOfTiles(rowTile, _cut.GroupTiles(group), scratch, negative, positive, rowTile > first);
            if (group == 0)
                SumSamples(rowTile, scratch);
        }
    }

    private void JointSlab(int slab, TileScratch<T> scratch)
    {
        var (first, end) = _cut.SlabTiles(slab);
        T* negative = Partial(_negativePartials, slab), positive = Partial(_positivePartials, slab);
        for (var rowTile = first; rowTile < end; rowTile++)
        {
            RowOfTiles(rowTile, (0, _cut.FeatureTiles), scratch, negative, positive, rowTile > first);
            SumSamples(rowTile, scratch);
            WriteActivations(rowTile, scratch);
        }
    }

    /// <summary>Walks the tiles of one row of tiles: model, arithmetic, products for the sides that the
    /// pass asks for.</summary>
    // Inlined, it would share the room for inlining with its callers, and loops would be left with calls.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void RowOfTiles(
        int rowTile, (int First, int End) featureTiles, TileScratch<T> scratch, T* negativeW, T* positiveW,
        bool accumulateW)
    {
        nint rows = _cut.RowsOf(rowTile), tileColumns = _cut.TileColumns;
        var paddedRows = PadRows(rows);
        var copies = _pass.ProductOnly || TTiles.PositivePart == PositivePart.Gram;
        var withModel = !copies || _pass.WithObjective;
        var toActivations = _pass.UpdatesActivations || _pass.NegativeH is not null;
        var withParts = toActivations || negativeW != null;
        var withPositive = !copies && TTiles.PositivePart == PositivePart.Product;
        var inPlace = copies && IsGoodInPlace(rows);
        var atOnce = RowsAtOnce(rows, paddedRows, withModel, toActivations);
        double objective = 0;
        if (_pass.H is { } h)
            PackSamples(h, rowTile, scratch.Samples);
        T* negativeSamples = scratch.Samples, positiveSamples = scratch.Samples;
        if (_pass.NegativeRows is { } negativeRows)
        {
            PackSamples(negativeRows, rowTile, negativeSamples = scratch.NegativeSamples);
            PackSamples(_pass.PositiveRows!, rowTile, positiveSamples = scratch.PositiveSamples);
        }

        for (var featureTile = featureTiles.First; featureTile < featureTiles.End; featureTile++)
        {
            nint columns = _cut.ColumnsOf(featureTile);
            var data = DataTile(rowTile, featureTile, scratch);
            var ahead = TileAhead.Nothing;
            if (_sparse is null)
            {
                if (featureTile == featureTiles.First)
                    TileAhead.Of(data, 0, rows, columns, rows).Ask();
                ahead = TileAhead.Of(
                    data, _cut.Ahead(data.Stride, featureTile, featureTiles), rows, tileColumns, atOnce);
            }

            if (withModel)
            {
                _dictionary.Model(featureTile, scratch.Samples, paddedRows, scratch.Negative, ref ahead);
                if (_outliers is not null)
                    AddOutliers(data, rowTile, featureTile, scratch);
            }

            if (_pass.WithObjective)
                objective += _tiles.Value(data, _floor, scratch, tileColumns, rows, columns);
            if (!withParts)
                continue;
            var tile = inPlace ? data.Data : scratch.Negative;
            var stride = inPlace ? data.Stride : tileColumns;
            if (!copies)
                _tiles.Parts(data, _floor, scratch, tileColumns, rows, columns);
            else if (!inPlace)
                _tiles.Copy(data, tile, stride, rows, columns);
            if (toActivations)
            {
                ActivationSums(
                    tile, stride, featureTile, paddedRows, scratch.NegativeRows, scratch.NegativeLanes, !inPlace,
                    ref ahead);
                if (withPositive)
                    ActivationSums(
                        scratch.Positive, tileColumns, featureTile, paddedRows, scratch.PositiveRows,
                        scratch.PositiveLanes, clears: true, ref ahead);
            }

            if (negativeW != null)
            {
                var offset = (nint)(featureTile * _cut.PartialTile);
                DictionarySums(
                    tile, stride, negativeSamples, rows, columns, negativeW + offset, accumulateW, ref ahead);
                if (withPositive)
                    DictionarySums(
                        scratch.Positive, tileColumns, positiveSamples, rows, columns, positiveW + offset, accumulateW,
                        ref ahead);
            }

            ahead.AskAll();
        }

        if (_outliers is not null && KeepsOutliers)
            objective += _outliers.Finish(rowTile * _cut.TileRows, rows);
        if (_pass.WithObjective)
            _objectives[rowTile] = objective;
    }

    // Between the register blocks of the first product that there is.
    private nint RowsAtOnce(nint rows, nint paddedRows, bool withModel, bool toActivations)
        => withModel ? MicroKernel<T, TVector, TSimd>.Share(rows, paddedRows, _cut.TileColumns / TSimd.Count)
            : toActivations ? MicroKernel<T, TVector, TSimd>.Share(rows, paddedRows, _cut.BlockedRank / TSimd.Count)
            : MicroKernel<T, TVector, TSimd>.Share(rows, _cut.RankRows, _cut.TileColumns / TSimd.Count);

    // Products may read a tile where it lies: all of its rows are there, and they do not fall into the same few sets of
    // the caches.
    private bool IsGoodInPlace(nint rows)
        => _data is not null && _observed is null && rows == PadRows(rows)
            && _data.Stride * sizeof(T) % Aliasing != 0;

    // sums += R W, for the features of one tile. What a tile in place has behind its last column is finite and meets
    // zeros.
    private void ActivationSums(
        T* tile, nint stride, int featureTile, nint paddedRows, T* sums, T* laneSums, bool clears, ref TileAhead ahead)
    {
        nint columns = _cut.ColumnsOf(featureTile), vectors = _cut.BlockedRank / TSimd.Count;
        var accumulate = featureTile > 0;
        MicroKernel<T, TVector, TSimd>.Multiply(
            tile,
            stride,
            1,
            _dictionary.Rows(featureTile),
            Stride,
            columns,
            sums,
            Stride,
            paddedRows,
            vectors,
            accumulate,
            ref ahead);
        if (_cut.LaneSumColumns > 0)
        {
            if (clears)
                TileArithmetic<T, TVector, TSimd>.ClearTail(tile, stride, paddedRows, columns);
            LaneSums<T, TVector, TSimd>.Add(
                tile,
                stride,
                _dictionary.LastColumns(featureTile),
                _cut.TileColumns,
                columns,
                laneSums,
                paddedRows,
                _cut.LaneSumColumns,
                accumulate);
        }
    }

    // sums += Hᵀ R, for the samples of one tile: transposed, because R has features side by side and few
    // ranks fill whole vectors.
    private void DictionarySums(
        T* tile, nint stride, T* samples, nint rows, nint columns, T* sums, bool accumulate, ref TileAhead ahead)
    {
        var vectors = (columns + TSimd.Count - 1) / TSimd.Count;
        MicroKernel<T, TVector, TSimd>.Multiply(
            samples,
            1,
            Stride,
            tile,
            stride,
            rows,
            sums,
            _cut.TileColumns,
            _cut.RankRows,
            vectors,
            accumulate,
            ref ahead);
    }

    private void PackSamples(Matrix<T> h, int rowTile, T* samples)
    {
        var rows = _cut.RowsOf(rowTile);
        for (var i = 0; i < _cut.TileRows; i++)
        {
            var packed = samples + (i * Stride);
            var n = (rowTile * _cut.TileRows) + i;
            if (i >= rows)
                new Span<T>(packed, Rank).Clear();
            else if (_pass.UpdatesActivations)
                _pass.Update.Start(n, h.Data + (n * h.Stride), packed, Rank);
            else
                h.Row(n).CopyTo(new Span<T>(packed, Rank));
        }
    }

    private void SumSamples(int rowTile, TileScratch<T> scratch)
    {
        if (TTiles.PositivePart == PositivePart.ColumnSums)
            RowSums<T, TVector, TSimd>.Sum(
                scratch.Samples, _cut.RowsOf(rowTile), Stride, _activationTileSums.Pointer + (rowTile * Stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T* AddSlabs(PinnedMemory<T> partials, int featureTile)
    {
        var count = (nint)_cut.PartialTile;
        var offset = featureTile * count;
        var sums = Partial(partials, 0) + offset;
        if (_cut.RowTiles == 0)
            new Span<T>(sums, (int)count).Clear();
        for (var slab = 1; slab < _cut.Slabs; slab++)
        {
            var partial = Partial(partials, slab) + offset;
            for (nint i = 0; i < count; i += TSimd.Count)
                TSimd.Store(sums + i, TSimd.Add(TSimd.Load(sums + i), TSimd.Load(partial + i)));
        }

        return sums;
    }

    private void TimesGram(T* factorRows, nint rows, PinnedMemory<T> gram, T* result)
        => MicroKernel<T, TVector, TSimd>.Multiply(
            factorRows, Stride, 1, gram.Pointer, Stride, Rank, result, Stride, PadRows(rows), RankVectors, false);

    private void FinishSums(nint rows, T* sums, T* laneSums)
    {
        if (_cut.LaneSumColumns > 0)
        {
            var used = Rank - _cut.BlockedRank;
            LaneSums<T, TVector, TSimd>.Finish(
                laneSums, rows, _cut.LaneSumColumns, sums + _cut.BlockedRank, Stride, used);
        }
    }

    // Writes rank values a row: the padding of the matrix stays as it is, zero.
    private void WriteRows(Matrix<T> matrix, int first, nint rows, T* source, nint sourceStride)
    {
        for (var i = 0; i < rows; i++)
            new Span<T>(source + (i * sourceStride), Rank).CopyTo(matrix.Row(first + i));
    }

    private void WriteTransposed(Matrix<T> matrix, int first, nint rows, T* source)
    {
        for (nint i = 0; i < rows; i++)
            Gather(source + i, matrix.Data + ((first + i) * matrix.Stride));
    }

    // A row of the transpose of a tile of dictionary sums.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(T* column, T* row)
    {
        nint sourceStride = _cut.TileColumns;
        for (nint k = 0; k < _cut.Rank; k++)
            row[k] = column[k * sourceStride];
    }

    private T* Partial(PinnedMemory<T>? partials, int slab)
        => partials is null ? null : partials.Pointer + (nint)(slab * _cut.FeatureTiles * _cut.PartialTile);

    /// <summary>The arguments of the pass that is running; what is null is not computed.</summary>
    private struct Pass
    {
        public Matrix<T>? W;
        public Matrix<T>? H;
        public Matrix<T>? NegativeH;
        public Matrix<T>? PositiveH;
        public Matrix<T>? NegativeW;
        public Matrix<T>? PositiveW;
        public Matrix<T>? NegativeRows;
        public Matrix<T>? PositiveRows;
        public RowUpdate<T> Update;
        public bool UpdatesActivations;
        public bool UpdatesDictionary;
        public bool WithObjective;
        public bool ProductOnly;
    }
}
