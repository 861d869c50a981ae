namespace Nmf.Kernels.Tests;

/// <summary>The passes of a divergence written out cell by cell in double.</summary>
internal static class SparseReference
{
    private const double Floor = 1e-16;

    public static double[,] Model(double[,] h, double[,] w)
    {
        var y = new double[h.GetLength(0), w.GetLength(0)];
        for (var n = 0; n < h.GetLength(0); n++)
        {
            for (var f = 0; f < w.GetLength(0); f++)
            {
                for (var k = 0; k < w.GetLength(1); k++)
                    y[n, f] += h[n, k] * w[f, k];
                y[n, f] = Math.Max(y[n, f], Floor);
            }
        }

        return y;
    }

    /// <summary>Both parts of the gradient with respect to <paramref name="given"/>, rows of
    /// the data by rank.</summary>
    public static (double[,] Negative, double[,] Positive) Gradient(
        double[,] v, double[,] given, double[,] basis, double beta)
    {
        var (rows, columns, rank) = (v.GetLength(0), v.GetLength(1), basis.GetLength(1));
        var y = Model(given, basis);
        var (negative, positive) = (new double[rows, rank], new double[rows, rank]);
        for (var n = 0; n < rows; n++)
        {
            for (var f = 0; f < columns; f++)
            {
                for (var k = 0; k < rank; k++)
                {
                    negative[n, k] += v[n, f] * Math.Pow(y[n, f], beta - 2) * basis[f, k];
                    positive[n, k] += Math.Pow(y[n, f], beta - 1) * basis[f, k];
                }
            }
        }

        return (negative, positive);
    }

    public static double Objective(double[,] v, double[,] h, double[,] w, double beta)
    {
        var y = Model(h, w);
        double sum = 0;
        for (var n = 0; n < v.GetLength(0); n++)
            for (var f = 0; f < v.GetLength(1); f++)
                sum += Divergence(v[n, f], y[n, f], beta);
        return sum;
    }

    public static double Divergence(double x, double y, double beta) => beta switch
    {
        0 => (x / y) - Math.Log(x / y) - 1,
        1 => (x == 0 ? 0 : x * Math.Log(x / y)) - x + y,
        _ => (Math.Pow(x, beta) + ((beta - 1) * Math.Pow(y, beta))
            - (beta * x * Math.Pow(y, beta - 1))) / (beta * (beta - 1)),
    };

    public static double[,] Product(double[,] a, double[,] b)
    {
        var c = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < b.GetLength(1); j++)
                for (var k = 0; k < a.GetLength(1); k++)
                    c[i, j] += a[i, k] * b[k, j];
        return c;
    }

    public static double[,] Transpose(double[,] a)
    {
        var t = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++)
                t[j, i] = a[i, j];
        return t;
    }
}
