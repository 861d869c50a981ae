using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Pixels that have light. Those of a masked background, or of next to nothing, are no mixtures of materials: every
/// search would take them for the corner of a simplex, every mean and median would count them, and where abundances sum
/// to one they would pull an endmember into the dark.
/// </summary>
internal static class LitPixels
{
    // Of the brightness with which pixels are compared: the median, pixels counted by the square root of their
    // brightness, so that neither many of next to no light nor a few that are far too bright change it much.
    private const double Darkest = 1e-3;

    // Of the median of those that are not zero.
    private const double Brightest = 1e3;

    /// <summary>The pixels with light, or null where all have.</summary>
    public static int[]? Of<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[data.Samples];
        for (var n = 0; n < sums.Length; n++)
            sums[n] = data.SampleSum(n);
        var sorted = (double[])sums.Clone();
        Array.Sort(sorted);
        var positive = Array.FindIndex(sorted, sum => sum > 0);
        if (positive < 0)
            return null;

        // A pixel that is hot, or filled with a number that means none, counts for thirty others at most.
        var most = Brightest * sorted[(positive + sorted.Length) / 2];
        var (usual, rest) = (sorted.Length, sorted.Sum(sum => Math.Sqrt(Math.Min(sum, most))) / 2);
        do
            rest -= Math.Sqrt(Math.Min(sorted[--usual], most));
        while (rest > 0 && usual > 0);
        var least = Darkest * sorted[usual];
        return sorted[0] >= least ? null : [.. Enumerable.Range(0, sums.Length).Where(n => sums[n] >= least)];
    }

    /// <summary>Some pixels, in memory of their own: dense where more than a quarter of them is not zero, though the
    /// picture of which they are a part may be sparse.</summary>
    public static NmfData<T> Select<T>(NmfData<T> data, int[] pixels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Select(
            data, pixels,
            data.StoredEntries > (double)pixels.Length * data.Features / NmfSampleBuilder<T>.SparseFraction);

    /// <summary>The same, dense or as they are.</summary>
    public static NmfData<T> Select<T>(NmfData<T> data, ReadOnlySpan<int> pixels, bool isDense)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.Dense is { } dense)
            return NmfData<T>.FromMatrix(Rows(dense, pixels), isBatch: true);
        var sparse = data.Sparse!;
        if (isDense)
        {
            var matrix = new Matrix<T>(pixels.Length, data.Features);
            for (var n = 0; n < pixels.Length; n++)
            {
                var stored = sparse.RowValues(pixels[n]);
                for (var j = 0; j < stored.Length; j++)
                    matrix[n, sparse.RowIndices(pixels[n])[j]] = stored[j];
            }

            return NmfData<T>.FromMatrix(matrix, isBatch: true);
        }

        var (starts, columns, values) = (new long[pixels.Length + 1], new List<int>(), new List<T>());
        for (var n = 0; n < pixels.Length; n++)
        {
            columns.AddRange(sparse.RowIndices(pixels[n]));
            values.AddRange(sparse.RowValues(pixels[n]));
            starts[n + 1] = values.Count;
        }

        return NmfData<T>.FromMatrix(
            SparseMatrix<T>.FromCsr(pixels.Length, data.Features, starts, [.. columns], [.. values]),
            data.AbsentEntries, isBatch: true);
    }

    /// <summary>Some rows of a matrix.</summary>
    public static Matrix<T> Rows<T>(Matrix<T> matrix, ReadOnlySpan<int> rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var some = new Matrix<T>(rows.Length, matrix.Columns);
        for (var n = 0; n < rows.Length; n++)
            matrix.Row(rows[n]).CopyTo(some.Row(n));
        return some;
    }
}
