using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Data and factors of the sparse tests, from fixed seeds.</summary>
internal static class SparseSamples
{
    /// <summary>Counts with a share of non-zeros; some rows and columns are empty.</summary>
    public static double[,] Counts(int rows, int columns, double density, int seed)
    {
        var random = new Random(seed);
        var dense = new double[rows, columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                if (random.NextDouble() < density && i % 7 != 3 && j % 11 != 5)
                    dense[i, j] = 1 + random.Next(9);
            }
        }

        return dense;
    }

    public static SparseMatrix<T> Sparse<T>(double[,] dense)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rows, columns) = (dense.GetLength(0), dense.GetLength(1));
        var starts = new long[rows + 1];
        var (indices, values) = (new List<int>(), new List<T>());
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                if (dense[i, j] == 0)
                    continue;
                indices.Add(j);
                values.Add(T.CreateChecked(dense[i, j]));
            }

            starts[i + 1] = indices.Count;
        }

        return SparseMatrix<T>.FromCsr(rows, columns, starts, indices.ToArray(), values.ToArray());
    }

    public static Matrix<T> Dense<T>(double[,] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new Matrix<T>(values.GetLength(0), values.GetLength(1));
        for (var i = 0; i < matrix.Rows; i++)
            for (var j = 0; j < matrix.Columns; j++)
                matrix[i, j] = T.CreateChecked(values[i, j]);
        return matrix;
    }

    /// <summary>Positive entries between 0.1 and 1.1 that float holds exactly.</summary>
    public static double[,] Factor(int rows, int rank, int seed)
    {
        var random = new Random(seed);
        var factor = new double[rows, rank];
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rank; k++)
                factor[i, k] = 0.1f + random.NextSingle();
        return factor;
    }

    public static double[,] ToDoubles<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new double[matrix.Rows, matrix.Columns];
        for (var i = 0; i < matrix.Rows; i++)
            for (var j = 0; j < matrix.Columns; j++)
                values[i, j] = double.CreateChecked(matrix[i, j]);
        return values;
    }

    /// <summary>Tolerance of a sum of a few thousand products in T.</summary>
    public static double Rounding<T>() => typeof(T) == typeof(float) ? 2e-5 : 1e-12;

    public static void AssertClose(double expected, double actual, double relative, double scale = 0)
    {
        var allowed = relative * Math.Max(Math.Abs(expected), scale);
        if (!(Math.Abs(expected - actual) <= allowed))
            Assert.Fail(
                $"Expected {expected:R}, got {actual:R}: off by {Math.Abs(expected - actual):G3}, "
                + $"allowed {allowed:G3}.");
    }

    public static void AssertClose<T>(double[,] expected, Matrix<T> actual, double relative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (actual.Rows, actual.Columns));
        double scale = 0;
        foreach (var value in expected)
            scale = Math.Max(scale, Math.Abs(value) * 1e-3);
        for (var i = 0; i < actual.Rows; i++)
            for (var j = 0; j < actual.Columns; j++)
                AssertClose(expected[i, j], double.CreateChecked(actual[i, j]), relative, scale);
    }

    /// <summary>The kernels rely on it: what lies between the last column and the next row is zero.</summary>
    public static unsafe void AssertPaddingIsZero<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
        {
            for (nint j = matrix.Columns; j < matrix.Stride; j++)
            {
                if (matrix.Data[(i * matrix.Stride) + j] != T.Zero)
                    Assert.Fail($"The padding of row {i} holds {matrix.Data[(i * matrix.Stride) + j]}.");
            }
        }

        GC.KeepAlive(matrix);
    }
}
