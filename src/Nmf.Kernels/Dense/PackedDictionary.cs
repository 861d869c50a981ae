using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// The dictionary in the orders that the micro-kernels want as their right operand: rows padded to whole aligned
/// vectors (for <c>R W</c>), panels of the transpose, one register block wide (for <c>H Wᵀ</c>), and the last columns
/// on their own (for <see cref="LaneSums{T,TVector,TSimd}"/>).
/// </summary>
internal sealed unsafe class PackedDictionary<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    private readonly DenseCut _cut;
    private readonly PinnedMemory<T> _rows;
    private readonly PinnedMemory<T> _panels;
    private readonly PinnedMemory<T> _lastColumns;
    private readonly PinnedMemory<T> _tileSums;
    private readonly PinnedMemory<T> _columnSums;

    public PackedDictionary(DenseCut cut)
    {
        _cut = cut;
        var features = (nint)cut.FeatureTiles * cut.TileColumns;
        _rows = new PinnedMemory<T>(features * cut.PaddedRank);
        _panels = new PinnedMemory<T>(features * cut.Rank);
        _lastColumns = new PinnedMemory<T>(features * cut.LaneSumColumns);
        _tileSums = new PinnedMemory<T>((nint)cut.FeatureTiles * cut.PaddedRank);
        _columnSums = new PinnedMemory<T>(cut.PaddedRank);
    }

    /// <summary>Width of a panel, in elements.</summary>
    public static nint PanelWidth => (nint)MicroKernel<T, TVector, TSimd>.PanelVectors * TSimd.Count;

    /// <summary>Sum over features of each column, set by <see cref="SumColumns"/>.</summary>
    public T* ColumnSums => _columnSums.Pointer;

    /// <summary>The rows of a feature tile, <see cref="DenseCut.PaddedRank"/> apart.</summary>
    public T* Rows(int featureTile) => _rows.Pointer + ((nint)featureTile * _cut.TileColumns * _cut.PaddedRank);

    /// <summary>
    /// The columns of a feature tile from <see cref="DenseCut.BlockedRank"/> on, transposed:
    /// LaneSumColumns x TileColumns.
    /// </summary>
    public T* LastColumns(int featureTile)
        => _lastColumns.Pointer + ((nint)featureTile * _cut.TileColumns * _cut.LaneSumColumns);

    /// <summary>Packs the rows of one feature tile.</summary>
    public void Pack(Matrix<T> w, int featureTile)
    {
        var first = featureTile * _cut.TileColumns;
        var count = _cut.ColumnsOf(featureTile);
        for (var i = 0; i < count; i++)
            PackRow(w.Data + ((first + i) * w.Stride), featureTile, i);
        SumRows(featureTile, count);
    }

    /// <summary>Packs the points from which the rows of one feature tile are updated.</summary>
    public void Pack(Matrix<T> w, int featureTile, in RowUpdate<T> update, T* row)
    {
        var first = featureTile * _cut.TileColumns;
        var count = _cut.ColumnsOf(featureTile);
        for (var i = 0; i < count; i++)
        {
            update.Start(first + i, w.Data + ((first + i) * w.Stride), row, _cut.Rank);
            PackRow(row, featureTile, i);
        }

        SumRows(featureTile, count);
    }

    /// <summary>Adds the sums of all packed tiles.</summary>
    public void SumColumns()
        => RowSums<T, TVector, TSimd>.Total(_tileSums.Pointer, _cut.FeatureTiles, _cut.PaddedRank, ColumnSums);

    /// <summary>The model of one tile: <c>samples Wᵀ</c>.</summary>
    /// <param name="featureTile">Which features.</param>
    /// <param name="samples">Packed rows of H.</param>
    /// <param name="rows">Their number, padded.</param>
    /// <param name="model">Receives rows x features of the tile, <see cref="DenseCut.TileColumns"/> apart.</param>
    /// <param name="ahead">What is asked for meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Model(int featureTile, T* samples, nint rows, T* model, ref TileAhead ahead)
    {
        var panel = Panels(featureTile);
        nint vectors = (_cut.ColumnsOf(featureTile) + TSimd.Count - 1) / TSimd.Count;
        while (vectors > 0)
        {
            var width = nint.Min(vectors, MicroKernel<T, TVector, TSimd>.PanelVectors);
            MicroKernel<T, TVector, TSimd>.Multiply(
                samples, _cut.PaddedRank, 1, panel, PanelWidth, _cut.Rank, model, _cut.TileColumns, rows, width, false,
                ref ahead);
            vectors -= width;
            panel += PanelWidth * _cut.Rank;
            model += PanelWidth;
        }
    }

    private void PackRow(T* source, int featureTile, int i)
    {
        var row = Rows(featureTile) + ((nint)i * _cut.PaddedRank);
        var column = Panels(featureTile) + (i / PanelWidth * PanelWidth * _cut.Rank) + (i % PanelWidth);
        for (var k = 0; k < _cut.Rank; k++)
        {
            row[k] = source[k];
            *column = source[k];
            column += PanelWidth;
        }

        var last = LastColumns(featureTile);
        for (var k = _cut.BlockedRank; k < _cut.Rank; k++)
            last[((k - _cut.BlockedRank) * _cut.TileColumns) + i] = source[k];
    }

    private void SumRows(int featureTile, int count)
        => RowSums<T, TVector, TSimd>.Sum(
            Rows(featureTile), count, _cut.PaddedRank, _tileSums.Pointer + ((nint)featureTile * _cut.PaddedRank));

    private T* Panels(int featureTile) => _panels.Pointer + ((nint)featureTile * _cut.TileColumns * _cut.Rank);
}
