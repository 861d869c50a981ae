using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Components of a given start that add nothing: columns of W that are zero, or copies of one before them, as a model
/// of data of a lower rank has them. No update parts copies: what one of them learns the others learn, too. They become
/// components of the start that the data themselves give, those that are least like the ones that stay.
/// </summary>
internal static class SpareComponents
{
    // Less than a hundredth of a column is in any other direction.
    private const double LeastCosine = 1 - 5e-5;

    /// <summary>Replaces spare components; what copies contribute goes to their originals.</summary>
    /// <param name="start">Factors of a user; changed in place.</param>
    /// <param name="data">Data in the unit of the factors.</param>
    /// <param name="known">Number of components, the first ones, that stay whatever they are.</param>
    /// <param name="kind">Where new components come from.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="team">Threads to use.</param>
    public static void Replace<T>(
        NmfStart<T> start, NmfData<T> data, int known, NmfInitialization kind, int seed, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (w, h) = (start.Dictionary, start.Activations);
        var columns = Directions(w, out var sizes);
        var isSpare = new bool[w.Columns];
        for (var k = known; k < w.Columns; k++)
        {
            var original = Array.FindIndex(
                columns, 0, k, column => TensorPrimitives.Dot<double>(column, columns[k]) >= LeastCosine);
            isSpare[k] = original >= 0 || sizes[k] == 0;
            for (var n = 0; n < (h?.Rows ?? 0) && isSpare[k]; n++)
            {
                if (original >= 0)
                    h![n, original] += h[n, k] * T.CreateChecked(sizes[k] / sizes[original]);
                h![n, k] = T.Zero;
            }

            columns[k] = isSpare[k] ? new double[w.Rows] : columns[k];
        }

        if (!isSpare.Contains(true) || !isSpare.Contains(false) || data.Sum == 0)
            return;
        var fresh = Initializer.Create(data, w.Columns, kind, seed, 0, team).Dictionary;
        var candidates = Directions(fresh, out _);
        var size = sizes.Where((_, k) => !isSpare[k]).Average();
        for (var k = known; k < w.Columns; k++)
        {
            if (!isSpare[k])
                continue;
            var chosen = candidates.Where(c => c.AsSpan().ContainsAnyExcept(0)).MinBy(
                c => columns.Max(column => TensorPrimitives.Dot<double>(column, c)));
            if (chosen is null)
                return;
            columns[k] = [.. chosen];
            for (var f = 0; f < w.Rows; f++)
                w[f, k] = T.CreateChecked(size * chosen[f]);
            Array.Clear(chosen);
        }
    }

    // Columns of length 1, or of zeros, and their lengths.
    private static double[][] Directions<T>(Matrix<T> w, out double[] sizes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var columns = new double[w.Columns][];
        sizes = new double[w.Columns];
        for (var k = 0; k < columns.Length; k++)
        {
            columns[k] = [.. Enumerable.Range(0, w.Rows).Select(f => double.CreateTruncating(w[f, k]))];
            sizes[k] = TensorPrimitives.Norm<double>(columns[k]);
            if (sizes[k] > 0)
                TensorPrimitives.Divide(columns[k], sizes[k], columns[k]);
        }

        return columns;
    }
}
