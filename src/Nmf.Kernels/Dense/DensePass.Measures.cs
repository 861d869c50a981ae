using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

// What a tile goes through beyond the β-divergence of dense data: sparse data spread out, the outlier term, and
// divergences evaluated by rows.
internal sealed unsafe partial class DensePass<T, TVector, TSimd, TDivergence>
{
    /// <summary>V at a tile, where it lies or spread out in scratch.</summary>
    private T* DataTile(int rowTile, int featureTile, TileScratch<T> scratch, out nint stride)
    {
        if (_sparse is null)
        {
            stride = _data!.Stride;
            return _data.Data + (rowTile * (nint)DenseCut.TileRows * stride) + (featureTile * (nint)_cut.TileColumns);
        }

        stride = _cut.TileColumns;
        SparseTiles.Spread(
            _sparse, rowTile * DenseCut.TileRows, _cut.RowsOf(rowTile), featureTile * _cut.TileColumns,
            _cut.ColumnsOf(featureTile), scratch.Data, stride);
        return scratch.Data;
    }

    private void AddOutliers(T* data, nint stride, int rowTile, int featureTile, TileScratch<T> scratch)
        => _outliers!.Add<TVector, TSimd>(
            data, stride, scratch.Negative, _cut.TileColumns, _floor, rowTile * DenseCut.TileRows, _cut.RowsOf(rowTile),
            _cut.ColumnsOf(featureTile), start: featureTile == 0, keep: KeepsOutliers);

    /// <summary>The passes over the activations see whole rows; those over the dictionary alone, which need not, leave
    /// the norms as they are.</summary>
    private bool KeepsOutliers => _pass.NegativeH is not null || _pass.UpdatesActivations || _pass.WithObjective;

    private double Value(T* data, nint stride, TileScratch<T> scratch, nint rows, nint columns)
    {
        if (_divergence is not Bregman<T> bregman)
        {
            return TileArithmetic<T, TVector, TSimd, TDivergence>.Value(
                _divergence, _floor, data, stride, scratch.Negative, _cut.TileColumns, rows, columns, scratch.Tail);
        }

        double sum = 0;
        for (nint i = 0; i < rows; i++)
            sum += bregman.Value(
                _floor, data + (i * stride), scratch.Negative + (i * _cut.TileColumns), (int)columns, scratch.Positive);
        return sum;
    }

    private void Parts(T* data, nint stride, nint next, TileScratch<T> scratch, nint rows, nint columns)
    {
        if (_divergence is not Bregman<T> bregman)
        {
            TileArithmetic<T, TVector, TSimd, TDivergence>.Parts(
                _divergence, _floor, data, stride, next, scratch.Negative, scratch.Positive, _cut.TileColumns, rows,
                columns);
            return;
        }

        for (nint i = 0; i < rows; i++)
        {
            var offset = i * _cut.TileColumns;
            bregman.Parts(
                _floor, data + (i * stride), scratch.Negative + offset, scratch.Positive + offset, (int)columns);
        }
    }
}
