using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Pixels in the space of their first K singular vectors, where endmembers are looked for at a cost that the bands do
/// not enter, and the noise of what is outside.
/// </summary>
/// <param name="Points">pixels x K.</param>
/// <param name="Basis">features x K, orthonormal columns.</param>
/// <param name="Noise">Variance of the noise of one feature: what K directions leave.</param>
internal sealed record SceneSubspace(Matrix<double> Points, Matrix<double> Basis, double Noise)
{
    // Variances below this part of the mean square are rounding.
    private const double Rounding = 1e-12;

    public static SceneSubspace Of<T>(
        NmfData<T> data, int rank, int seed, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (points, values, basis) = TruncatedSvd.Compute(
            data, rank, new CounterRandom(seed, 0), team, cancellationToken);
        double inside = 0;
        for (var k = 0; k < rank; k++)
        {
            inside += values[k] * values[k];
            for (var n = 0; n < points.Rows; n++)
                points[n, k] *= values[k];
        }

        var freedoms = (double)(data.Samples - rank) * (data.Features - rank);
        var least = Rounding * data.SumOfSquares / ((double)data.Samples * data.Features);
        return new SceneSubspace(
            points, basis, Math.Max(least, freedoms > 0 ? (data.SumOfSquares - inside) / freedoms : 0));
    }

    /// <summary>
    /// The pixels as points of a plane, divided by their component along the mean, their brightness, which comes
    /// first; and the brightness. The dictionary of such points has ones in its first row.
    /// </summary>
    public (SceneSubspace Plane, double[] Brightness) Project()
    {
        var size = Points.Columns;
        var mean = new double[size];
        FactorKernels.ColumnSums(Points, mean);
        var axes = Axes(mean);
        var turned = SmallMatrices.Multiply(Points, axes);
        var brightness = new double[turned.Rows];
        double largest = 0;
        for (var n = 0; n < turned.Rows; n++)
            largest = Math.Max(largest, turned[n, 0]);
        for (var n = 0; n < turned.Rows; n++)
        {
            // A pixel without light, or behind the mean by rounding, has no direction.
            brightness[n] = Math.Max(turned[n, 0], 1e-3 * largest);
            for (var k = 1; k < size; k++)
                turned[n, k] /= brightness[n];
            turned[n, 0] = 1;
        }

        return (new SceneSubspace(turned, SmallMatrices.Multiply(Basis, axes), Noise), brightness);
    }

    /// <summary>Spectra of points, features x as many; what is negative becomes zero.</summary>
    public Matrix<T> Spectra<T>(Matrix<double> vertices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var product = SmallMatrices.Multiply(Basis, vertices);
        var spectra = new Matrix<T>(product.Rows, product.Columns);
        for (var f = 0; f < product.Rows; f++)
        {
            for (var k = 0; k < product.Columns; k++)
                spectra[f, k] = T.CreateChecked(Math.Max(0, product[f, k]));
        }

        return spectra;
    }

    // An orthonormal basis whose first vector is a given direction: a reflection.
    private static Matrix<double> Axes(double[] direction)
    {
        var size = direction.Length;
        var norm = Math.Sqrt(direction.Sum(x => x * x));
        var mirror = new double[size];
        for (var k = 0; k < size; k++)
            mirror[k] = (norm > 0 ? direction[k] / norm : k == 0 ? 1 : 0) - (k == 0 ? 1 : 0);
        var squares = mirror.Sum(x => x * x);
        var axes = new Matrix<double>(size, size);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                axes[i, j] = (i == j ? 1 : 0) - (squares > 0 ? 2 * mirror[i] * mirror[j] / squares : 0);
        }

        return axes;
    }
}
