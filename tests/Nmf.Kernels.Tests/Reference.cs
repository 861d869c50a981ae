using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>The definitions, written out in double with one loop per index: what every kernel is
/// compared with.</summary>
internal sealed class Reference
{
    private readonly double[,] _v;
    private readonly double[,] _w;
    private readonly double[,] _h;
    private readonly double _beta;
    private readonly double _floor;

    public Reference(double[,] v, double[,] w, double[,] h, double beta, double floor)
    {
        (_v, _w, _h, _beta, _floor) = (v, w, h, beta, floor);
        int samples = v.GetLength(0), features = v.GetLength(1), rank = w.GetLength(1);
        NegativeH = new double[samples, rank];
        PositiveH = new double[samples, rank];
        NegativeW = new double[features, rank];
        PositiveW = new double[features, rank];
        ProductH = new double[samples, rank];
        ProductW = new double[features, rank];
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                var y = Model(n, f);
                var negative = v[n, f] * Math.Pow(y, beta - 2);
                var positive = Math.Pow(y, beta - 1);
                Objective += Divergence(v[n, f], y, beta);
                for (var k = 0; k < rank; k++)
                {
                    NegativeH[n, k] += negative * w[f, k];
                    PositiveH[n, k] += positive * w[f, k];
                    NegativeW[f, k] += negative * h[n, k];
                    PositiveW[f, k] += positive * h[n, k];
                    ProductH[n, k] += v[n, f] * w[f, k];
                    ProductW[f, k] += v[n, f] * h[n, k];
                }
            }
        }
    }

    public double[,] NegativeH { get; }

    public double[,] PositiveH { get; }

    public double[,] NegativeW { get; }

    public double[,] PositiveW { get; }

    public double[,] ProductH { get; }

    public double[,] ProductW { get; }

    public double Objective { get; }

    public static double Divergence(double v, double y, double beta)
    {
        var t = (v - y) / y;
        if (Math.Abs(t) < 0.1)
        {
            // y^β Σ_{j≥2} binomial-like terms: the same series for every β, with 0 and 1 as limits.
            double sum = 0, term = 0.5 * t * t;
            for (var j = 0; j < 40; j++)
            {
                sum += term;
                term *= t * (beta - 2 - j) / (j + 3);
            }

            return Math.Pow(y, beta) * sum;
        }

        return beta switch
        {
            1 => v == 0 ? y : (v * Math.Log(v / y)) - v + y,
            0 => (v / y) - Math.Log(v / y) - 1,
            _ => (Math.Pow(v, beta) + ((beta - 1) * Math.Pow(y, beta))
                - (beta * v * Math.Pow(y, beta - 1))) / (beta * (beta - 1)),
        };
    }

    private double Model(int n, int f)
    {
        double y = 0;
        for (var k = 0; k < _w.GetLength(1); k++)
            y += _h[n, k] * _w[f, k];
        return _beta == 2 ? y : Math.Max(y, _floor);
    }
}

/// <summary>Conversions between matrices and arrays of double, and comparisons entry by entry.</summary>
internal static class MatrixAssert
{
    public static double[,] ToArray<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new double[matrix.Rows, matrix.Columns];
        for (var i = 0; i < matrix.Rows; i++)
            for (var j = 0; j < matrix.Columns; j++)
                values[i, j] = double.CreateChecked(matrix[i, j]);
        return values;
    }

    public static void Close<T>(double[,] expected, Matrix<T> actual, double tolerance, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < actual.Rows; i++)
            for (var j = 0; j < actual.Columns; j++)
                Close(
                    AboveUnderflow(expected[i, j]), double.CreateChecked(actual[i, j]), tolerance, $"{what}[{i}, {j}]");
        PaddingIsZero(actual);

        // Powers of a model at its floor may lie below the range of float.
        static double AboveUnderflow(double x) => typeof(T) == typeof(float) && x < 1e-45 ? 0 : x;
    }

    public static void Close(double expected, double actual, double tolerance, string what)
    {
        if (!(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected)) && expected != actual)
            Assert.Fail(
                $"{what}: expected {expected:R}, got {actual:R}, "
                + $"relative difference {Math.Abs(expected - actual) / Math.Abs(expected):E1}.");
    }

    public static void Same<T>(Matrix<T> expected, Matrix<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Assert.Equal(expected.ToRowMajor(), actual.ToRowMajor());

    public static unsafe void PaddingIsZero<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < matrix.Rows; i++)
            for (nint j = matrix.Columns; j < matrix.Stride; j++)
                Assert.Equal(T.Zero, (matrix.Data + i * matrix.Stride)[j]);
        GC.KeepAlive(matrix);
    }
}
