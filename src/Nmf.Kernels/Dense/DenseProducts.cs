using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// V W and Vᵀ H for plain dense data: what least squares need of the data, and sketches. V is multiplied where it
/// stands, or from a copy of a tile where the micro-kernel reads it many times; the lines of the next tile are asked
/// for a few at a time between the products, so that they do not wait for one another in the queue of misses.
/// </summary>
/// <remarks>
/// The cut follows from the shape alone. Of V W a block of samples is one result. Vᵀ H sums over samples: features are
/// cut into up to <see cref="MostGroups"/> groups and samples into as many slabs as make <see cref="WantedBlocks"/>
/// blocks of them; the slabs are added in order. Memory: a copy of W, and slabs x F x K for the second product.
/// </remarks>
internal sealed unsafe class DenseProducts<T, TVector, TSimd> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    private const int RowsOfBlock = 48;
    private const int RowsOfStrip = 12;
    private const int RowsOfTile = 48;
    private const int MostGroups = 8;
    private const int WantedBlocks = 32;
    private const int SamplesPerSlab = 96;

    private readonly Matrix<T> _data;
    private readonly WorkTeam _team;
    private readonly DenseCut _cut;
    private readonly PinnedMemory<T>[] _scratch;
    private readonly int _groups;
    private readonly int _slabs;

    // What the second factor of a product becomes; kept for the next one.
    private PinnedMemory<T>? _rows;
    private PinnedMemory<T>? _lastColumns;
    private PinnedMemory<T>? _partials;
    private Matrix<T>? _factor;
    private Matrix<T>? _result;
    private Phase _phase;

    public DenseProducts(Matrix<T> data, DenseCut cut, WorkTeam team)
    {
        (_data, _cut, _team) = (data, cut, team);
        _groups = Math.Clamp(cut.FeatureTiles, 1, MostGroups);
        _slabs = Math.Clamp((WantedBlocks + _groups - 1) / _groups, 1, Math.Max(1, data.Rows / SamplesPerSlab));
        _scratch = new PinnedMemory<T>[team.Threads];
        for (var i = 0; i < _scratch.Length; i++)
        {
            _scratch[i] = new PinnedMemory<T>(
                (RowsOfTile * (nint)_cut.TileColumns) + (RowsOfBlock * ((nint)_cut.PaddedRank + LanesOfRow)));
        }
    }

    private enum Phase
    {
        Samples,
        Features,
        Reduce,
    }

    private nint Stride => _cut.PaddedRank;

    private nint LanesOfRow => (nint)_cut.LaneSumColumns * TSimd.Count;

    private nint VectorsOfRow => _cut.BlockedRank / TSimd.Count;

    /// <summary>V W, samples x rank.</summary>
    public void Activations(Matrix<T> w, Matrix<T> result)
    {
        Pack(w);
        Run(Phase.Samples, null, result, (_data.Rows + RowsOfBlock - 1) / RowsOfBlock);
    }

    /// <summary>Vᵀ H, features x rank.</summary>
    public void Dictionary(Matrix<T> h, Matrix<T> result)
    {
        _partials ??= new PinnedMemory<T>(checked((nint)(_slabs * _cut.FeatureTiles * _cut.PartialTile)));
        if (_cut.FeatureTiles == 0)
            return;
        Run(Phase.Features, h, result, _slabs * _groups);
        Run(Phase.Reduce, h, result, _cut.FeatureTiles);
    }

    public void Run(int block, int worker)
    {
        var scratch = _scratch[worker].Pointer;
        if (_phase == Phase.Samples)
            Samples(block, scratch);
        else if (_phase == Phase.Features)
            Features(block % _slabs, block / _slabs, scratch);
        else
            Reduce(block);
    }

    private void Run(Phase phase, Matrix<T>? factor, Matrix<T> result, int blocks)
    {
        (_phase, _factor, _result) = (phase, factor, result);
        _team.Run(this, blocks);
        (_factor, _result) = (null, null);
    }

    // Rows of W as far apart as whole vectors ask, and the last columns side by side.
    private void Pack(Matrix<T> w)
    {
        var features = (nint)_cut.FeatureTiles * _cut.TileColumns;
        _rows ??= new PinnedMemory<T>(features * Stride);
        _lastColumns ??= new PinnedMemory<T>(features * _cut.LaneSumColumns);
        for (var f = 0; f < w.Rows; f++)
        {
            var row = w.Row(f);
            row.CopyTo(new Span<T>(_rows.Pointer + (f * Stride), row.Length));
            var last = _lastColumns.Pointer
                + ((nint)(f / _cut.TileColumns) * _cut.TileColumns * _cut.LaneSumColumns) + (f % _cut.TileColumns);
            for (var k = _cut.BlockedRank; k < row.Length; k++, last += _cut.TileColumns)
                *last = row[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Samples(int block, T* scratch)
    {
        nint first = (nint)block * RowsOfBlock, tileColumns = _cut.TileColumns, stride = _data.Stride;
        var rows = nint.Min(RowsOfBlock, _data.Rows - first);
        var padded = (rows + DenseCut.RowQuantum - 1) & -DenseCut.RowQuantum;
        T* sums = scratch + (RowsOfTile * tileColumns), lanes = sums + (RowsOfBlock * Stride);
        if (_cut.FeatureTiles == 0)
            new Span<T>(sums, (int)(RowsOfBlock * (Stride + LanesOfRow))).Clear();
        for (var tile = 0; tile < _cut.FeatureTiles; tile++)
        {
            nint columns = _cut.ColumnsOf(tile);

            // Lanes are summed in whole vectors, of which the last would reach beyond the data; and so would the last
            // register block.
            var copies = rows < padded || (_cut.LaneSumColumns > 0 && columns % TSimd.Count != 0);
            for (nint i = 0; i < padded; i += RowsOfStrip)
            {
                var strip = nint.Min(RowsOfStrip, padded - i);
                T* source = _data.Data + ((first + i) * stride) + (tile * tileColumns), a = source;
                var aStride = stride;
                var ahead = tile + 1 < _cut.FeatureTiles ? Ahead(source + tileColumns, strip, strip, VectorsOfRow)
                    : TileAhead.Nothing;
                if (copies)
                {
                    a = scratch;
                    aStride = tileColumns;
                    TileArithmetic<T, TVector, TSimd>.Copy(
                        source, stride, a, aStride, nint.Min(strip, rows - i), columns);
                    TileArithmetic<T, TVector, TSimd>.ClearTail(a, aStride, strip, columns);
                }

                MicroKernel<T, TVector, TSimd>.Multiply(
                    a, aStride, 1, _rows!.Pointer + (tile * tileColumns * Stride), Stride, columns, sums + (i * Stride),
                    Stride, strip, VectorsOfRow, tile > 0, ref ahead);
                ahead.AskAll();
                if (_cut.LaneSumColumns > 0)
                {
                    LaneSums<T, TVector, TSimd>.Add(
                        a, aStride, _lastColumns!.Pointer + (tile * tileColumns * _cut.LaneSumColumns), tileColumns,
                        columns, lanes + (i * LanesOfRow), strip, _cut.LaneSumColumns, tile > 0);
                }
            }
        }

        if (_cut.LaneSumColumns > 0)
        {
            LaneSums<T, TVector, TSimd>.Finish(
                lanes, rows, _cut.LaneSumColumns, sums + _cut.BlockedRank, Stride, _cut.Rank - _cut.BlockedRank);
        }

        for (nint i = 0; i < rows; i++)
            new Span<T>(sums + (i * Stride), _cut.Rank).CopyTo(_result!.Row((int)(first + i)));
    }

    // The sums of a tile of features stay in the first-level cache while the samples of the slab pass by.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Features(int slab, int group, T* scratch)
    {
        nint from = (nint)((long)_data.Rows * slab / _slabs), to = (nint)((long)_data.Rows * (slab + 1) / _slabs);
        nint tileColumns = _cut.TileColumns, stride = _data.Stride;
        var (firstTile, endTile) = (_cut.FeatureTiles * group / _groups, _cut.FeatureTiles * (group + 1) / _groups);
        for (var tile = firstTile; tile < endTile; tile++)
        {
            nint columns = _cut.ColumnsOf(tile);
            var sums = _partials!.Pointer + (((nint)slab * _cut.FeatureTiles) + tile) * (nint)_cut.PartialTile;
            if (from == to)
                new Span<T>(sums, (int)_cut.PartialTile).Clear();
            for (var n = from; n < to; n += RowsOfTile)
            {
                var depth = nint.Min(RowsOfTile, to - n);
                var source = _data.Data + (n * stride) + (tile * tileColumns);
                TileArithmetic<T, TVector, TSimd>.Copy(source, stride, scratch, tileColumns, depth, columns);
                var next = nint.Min(RowsOfTile, to - n - depth);
                var vectors = (columns + TSimd.Count - 1) / TSimd.Count;
                for (nint k = 0; k < _cut.RankRows; k += RowsOfStrip)
                {
                    // As much of the next tile as of the components.
                    nint begin = next * k / _cut.RankRows;
                    var strip = nint.Min(RowsOfStrip, _cut.RankRows - k);
                    var ahead = Ahead(
                        source + ((depth + begin) * stride), (next * (k + strip) / _cut.RankRows) - begin, strip,
                        vectors);
                    MicroKernel<T, TVector, TSimd>.Multiply(
                        _factor!.Data + (n * _factor.Stride) + k, 1, _factor.Stride, scratch, tileColumns, depth,
                        sums + (k * tileColumns), tileColumns, strip, vectors, n > from, ref ahead);
                }
            }
        }
    }

    private void Reduce(int tile)
    {
        var count = (nint)_cut.PartialTile;
        var sums = _partials!.Pointer + (tile * count);
        for (var slab = 1; slab < _slabs; slab++)
            Add(sums, sums + (slab * _cut.FeatureTiles * count), count);
        for (nint f = 0; f < _cut.ColumnsOf(tile); f++)
            Gather(sums + f, _result!.Data + (((tile * (nint)_cut.TileColumns) + f) * _result.Stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(T* sums, T* more, nint count)
    {
        for (nint i = 0; i < count; i += TSimd.Count)
            TSimd.Store(sums + i, TSimd.Add(TSimd.Load(sums + i), TSimd.Load(more + i)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(T* column, T* row)
    {
        nint stride = _cut.TileColumns;
        for (nint k = 0; k < _cut.Rank; k++)
            row[k] = column[k * stride];
    }

    // Between the register blocks of a product.
    private TileAhead Ahead(T* data, nint count, nint rows, nint vectors) => TileAhead.Of(
        new DataTile<T>(data, _data.Stride), 0, count, _cut.TileColumns,
        MicroKernel<T, TVector, TSimd>.Share(count, rows, vectors));
}
