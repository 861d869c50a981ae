using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>Solution of small symmetric positive definite systems in double, in place.</summary>
internal static unsafe class Cholesky
{
    // A pivot that has lost this much of its diagonal is rounding: the system is singular for our purposes.
    private const double RelativePivot = 1e-12;

    /// <summary>Replaces x by A⁻¹ x, and the lower triangle of A by its factor.</summary>
    /// <param name="a">n x n, row-major; the lower triangle is read.</param>
    /// <param name="n">Order.</param>
    /// <param name="x">n numbers.</param>
    /// <returns>False when A is singular to working precision; x is then not a solution.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Solve(double* a, int n, double* x)
    {
        for (var i = 0; i < n; i++)
        {
            var row = a + (i * n);
            for (var j = 0; j < i; j++)
                row[j] = (row[j] - Dot(row, a + (j * n), j)) / a[(j * n) + j];
            var diagonal = row[i];
            var pivot = diagonal - Dot(row, row, i);
            if (!(pivot > RelativePivot * diagonal))
                return false;
            row[i] = Math.Sqrt(pivot);
            x[i] = (x[i] - Dot(row, x, i)) / row[i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            var row = a + (i * n);
            x[i] /= row[i];
            for (var j = 0; j < i; j++)
                x[j] -= row[j] * x[i];
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Dot(double* a, double* b, int n)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        var j = 0;
        for (; j + 4 <= n; j += 4)
        {
            s0 += a[j] * b[j];
            s1 += a[j + 1] * b[j + 1];
            s2 += a[j + 2] * b[j + 2];
            s3 += a[j + 3] * b[j + 3];
        }

        for (; j < n; j++)
            s0 += a[j] * b[j];
        return (s0 + s1) + (s2 + s3);
    }
}
