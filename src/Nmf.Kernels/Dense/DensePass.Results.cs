using System.Runtime.CompilerServices;

namespace Nmf.Kernels.Dense;

// What becomes of the sums of a pass: a gradient that is written, or new rows of the factor in
// the place of the old ones.
internal sealed unsafe partial class DensePass<T, TVector, TSimd, TTiles>
{
    private void PackDictionary(int featureTile, TileScratch<T> scratch)
    {
        if (_pass.UpdatesDictionary)
            _dictionary.Pack(_pass.W!, featureTile, _pass.Update, scratch.NegativeRows);
        else
            _dictionary.Pack(_pass.W!, featureTile);
    }

    private void WriteActivations(int rowTile, TileScratch<T> scratch)
    {
        if (!_pass.UpdatesActivations && _pass.NegativeH is null)
            return;
        nint rows = _cut.RowsOf(rowTile);
        var first = rowTile * _cut.TileRows;
        if (_cut.FeatureTiles == 0)
        {
            new Span<T>(scratch.NegativeRows, (int)(rows * Stride)).Clear();
            new Span<T>(scratch.PositiveRows, (int)(rows * Stride)).Clear();
            var lanes = (int)(rows * _cut.LaneSumColumns * TSimd.Count);
            new Span<T>(scratch.NegativeLanes, lanes).Clear();
            new Span<T>(scratch.PositiveLanes, lanes).Clear();
        }

        FinishSums(rows, scratch.NegativeRows, scratch.NegativeLanes);
        if (_pass.UpdatesActivations)
        {
            var sums = PositiveOfSamples(rows, scratch, out var sumsStride);
            for (nint i = 0; i < rows; i++)
            {
                var h = _pass.H!.Data + ((first + i) * _pass.H.Stride);
                _pass.Update.Finish(
                    first + (int)i, h, scratch.Samples + (i * Stride), scratch.NegativeRows + (i * Stride),
                    sums + (i * sumsStride), Rank);
            }

            return;
        }

        WriteRows(_pass.NegativeH!, first, rows, scratch.NegativeRows, Stride);
        if (_pass.PositiveH is { } positive)
        {
            var sums = PositiveOfSamples(rows, scratch, out var sumsStride);
            WriteRows(positive, first, rows, sums, sumsStride);
        }
    }

    /// <summary>Rows of the positive part of a row of tiles; they are <paramref name="stride"/> apart.</summary>
    private T* PositiveOfSamples(nint rows, TileScratch<T> scratch, out nint stride)
    {
        stride = Stride;
        switch (TTiles.PositivePart)
        {
            case PositivePart.ColumnSums:
                stride = 0;
                return _dictionary.ColumnSums;
            case PositivePart.Gram:
                TimesGram(scratch.Samples, rows, _gramOfDictionary, scratch.PositiveRows);
                break;
            default:
                FinishSums(rows, scratch.PositiveRows, scratch.PositiveLanes);
                break;
        }

        return scratch.PositiveRows;
    }

    /// <summary>Adds the slabs' sums for the features of one tile, in order, and writes the gradient.</summary>
    private void Reduce(int featureTile, TileScratch<T> scratch)
    {
        nint rows = _cut.ColumnsOf(featureTile);
        var first = featureTile * _cut.TileColumns;
        var negative = AddSlabs(_negativePartials!, featureTile);
        var positive = _pass.ProductOnly ? null : PositiveOfFeatures(featureTile, rows, scratch);
        if (_pass.UpdatesDictionary)
        {
            UpdateFeatures(featureTile, rows, negative, positive, scratch);
            return;
        }

        WriteTransposed(_pass.NegativeW!, first, rows, negative);
        if (_pass.PositiveW is not { } result)
            return;
        if (TTiles.PositivePart == PositivePart.Product)
            WriteTransposed(result, first, rows, positive);
        else
            WriteRows(result, first, rows, positive, TTiles.PositivePart == PositivePart.Gram ? Stride : 0);
    }

    /// <summary>The positive part of a feature tile: one row for all features, a row for each, or, for
    /// products, transposed.</summary>
    private T* PositiveOfFeatures(int featureTile, nint rows, TileScratch<T> scratch)
    {
        switch (TTiles.PositivePart)
        {
            case PositivePart.ColumnSums:
                return _activationSums.Pointer;
            case PositivePart.Gram:
                TimesGram(_dictionary.Rows(featureTile), rows, _gramOfActivations, scratch.PositiveRows);
                return scratch.PositiveRows;
            default:
                return AddSlabs(_positivePartials!, featureTile);
        }
    }

    private void UpdateFeatures(int featureTile, nint rows, T* negative, T* positive, TileScratch<T> scratch)
    {
        var first = featureTile * _cut.TileColumns;
        var w = _pass.W!;
        for (nint i = 0; i < rows; i++)
        {
            var negativeRow = scratch.NegativeRows;
            Gather(negative + i, negativeRow);
            var positiveRow = positive;
            if (TTiles.PositivePart == PositivePart.Gram)
                positiveRow += i * Stride;
            else if (TTiles.PositivePart == PositivePart.Product)
                Gather(positive + i, positiveRow = negativeRow + Stride);
            var row = w.Data + ((first + i) * w.Stride);
            _pass.Update.Finish(
                first + (int)i, row, _dictionary.Rows(featureTile) + (i * Stride), negativeRow, positiveRow, Rank);
        }
    }
}
