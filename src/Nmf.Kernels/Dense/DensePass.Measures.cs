using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

// What a tile goes through beyond the β-divergence of dense data: sparse data spread out, and the outlier term.
internal sealed unsafe partial class DensePass<T, TVector, TSimd, TTiles>
{
    /// <summary>V at a tile, where it lies or spread out in scratch.</summary>
    private DataTile<T> DataTile(int rowTile, int featureTile, TileScratch<T> scratch)
    {
        nint firstSample = rowTile * (nint)_cut.TileRows, firstFeature = featureTile * (nint)_cut.TileColumns;
        if (_observed is not null)
            return _observed.Tile(_data!, firstSample, firstFeature);
        if (_data is not null)
            return new(_data.Data + (firstSample * _data.Stride) + firstFeature, _data.Stride);
        SparseTiles.Spread(
            _sparse!, (int)firstSample, _cut.RowsOf(rowTile), (int)firstFeature, _cut.ColumnsOf(featureTile),
            scratch.Data, _cut.TileColumns);
        return new(scratch.Data, _cut.TileColumns);
    }

    private void AddOutliers(in DataTile<T> data, int rowTile, int featureTile, TileScratch<T> scratch)
        => _outliers!.Add<TVector, TSimd>(
            data.Data, data.Stride, scratch.Negative, _cut.TileColumns, _floor, rowTile * _cut.TileRows,
            _cut.RowsOf(rowTile), _cut.ColumnsOf(featureTile), start: featureTile == 0, keep: KeepsOutliers);

    /// <summary>The passes over the activations see whole rows; those over the dictionary alone, which need not, leave
    /// the norms as they are.</summary>
    private bool KeepsOutliers => _pass.NegativeH is not null || _pass.UpdatesActivations || _pass.WithObjective;
}
