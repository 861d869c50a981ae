using Nmf.Kernels;
using SmallMatrix = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix;

namespace Nmf;

/// <summary>Products with matrices of a few columns.</summary>
internal static class SmallMatrices
{
    /// <summary>tall · small.</summary>
    public static Matrix<double> Multiply(Matrix<double> tall, Matrix<double> small)
    {
        var product = new Matrix<double>(tall.Rows, small.Columns);
        for (var i = 0; i < tall.Rows; i++)
        {
            Span<double> row = tall.Row(i), sum = product.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                for (var k = 0; k < sum.Length; k++)
                    sum[k] += row[j] * small[j, k];
            }
        }

        return product;
    }

    /// <summary>leftᵀ · right.</summary>
    public static Matrix<double> TransposedProduct(Matrix<double> left, Matrix<double> right)
    {
        var product = new Matrix<double>(left.Columns, right.Columns);
        for (var f = 0; f < left.Rows; f++)
        {
            for (var i = 0; i < left.Columns; i++)
            {
                for (var j = 0; j < right.Columns; j++)
                    product[i, j] += left[f, i] * right[f, j];
            }
        }

        return product;
    }

    /// <summary>Inverse of a positive definite matrix.</summary>
    public static Matrix<double> Inverse(Matrix<double> matrix)
        => From(ToMathNet(matrix).Cholesky().Solve(SmallMatrix.CreateIdentity(matrix.Rows)));

    /// <summary>Principal directions of points, most of them first, as columns, for centred points; and the
    /// variances.</summary>
    public static (Matrix<double> Directions, double[] Variances, double[] Mean) PrincipalDirections(
        Matrix<double> points, IReadOnlyList<int> rows)
    {
        var size = points.Columns;
        var mean = new double[size];
        foreach (var n in rows)
        {
            for (var k = 0; k < size; k++)
                mean[k] += points[n, k] / rows.Count;
        }

        var covariance = new SmallMatrix(size, size);
        foreach (var n in rows)
        {
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                    covariance[i, j] += (points[n, i] - mean[i]) * (points[n, j] - mean[j]) / rows.Count;
            }
        }

        var evd = covariance.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var directions = new Matrix<double>(size, size);
        var variances = new double[size];
        for (var k = 0; k < size; k++)
        {
            variances[k] = Math.Max(0, evd.EigenValues[size - 1 - k].Real);
            for (var i = 0; i < size; i++)
                directions[i, k] = evd.EigenVectors[i, size - 1 - k];
        }

        return (directions, variances, mean);
    }

    // Symmetric, so that the order of the entries does not matter.
    private static SmallMatrix ToMathNet(Matrix<double> matrix)
        => new(matrix.Rows, matrix.Columns, matrix.ToRowMajor());

    private static Matrix<double> From(MathNet.Numerics.LinearAlgebra.Matrix<double> matrix)
    {
        var copy = new Matrix<double>(matrix.RowCount, matrix.ColumnCount);
        for (var i = 0; i < copy.Rows; i++)
        {
            for (var j = 0; j < copy.Columns; j++)
                copy[i, j] = matrix[i, j];
        }

        return copy;
    }
}
