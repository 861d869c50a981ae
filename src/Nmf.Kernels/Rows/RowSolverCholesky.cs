using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// Solution of small symmetric positive definite systems in double, in place: A = UᵀU by rows. Each step subtracts
/// multiples of one row from the rows below it, contiguous and independent of each other; the usual order by scalar
/// products waits for each of them.
/// </summary>
internal static unsafe class Cholesky
{
    // A pivot that has lost this much of its diagonal is rounding: the system is singular for our purposes.
    private const double RelativePivot = 1e-12;

    /// <summary>Replaces x by A⁻¹ x, and the upper triangle of A by its factor.</summary>
    /// <param name="a">n x n, row-major; the upper triangle is read.</param>
    /// <param name="n">Order.</param>
    /// <param name="x">n numbers.</param>
    /// <param name="diagonal">Room for n numbers.</param>
    /// <returns>False when A is singular to working precision; x is then not a solution.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Solve(double* a, int n, double* x, double* diagonal)
    {
        for (var k = 0; k < n; k++)
            diagonal[k] = a[(k * n) + k];
        for (var k = 0; k < n; k++)
        {
            var row = a + (k * n);
            if (!(row[k] > RelativePivot * diagonal[k]))
                return false;
            var inverse = 1 / row[k];
            for (var i = k + 1; i < n; i++)
                Subtract(row[i] * inverse, row, a + (i * n), i, n);

            // Uᵀ y = b in the same round: the right-hand side is one more column.
            Subtract(x[k] * inverse, row, x, k + 1, n);
        }

        // The rows hold D U with unit-diagonal U, the right-hand side D y.
        for (var k = n - 1; k >= 0; k--)
        {
            var row = a + (k * n);
            var sum = x[k];
            for (var i = k + 1; i < n; i++)
                sum -= row[i] * x[i];
            x[k] = sum / row[k];
        }

        return true;
    }

    // target[j] -= scale · source[j] for from ≤ j < to.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(double scale, double* source, double* target, int from, int to)
    {
        var j = from;
        for (; j + Vector<double>.Count <= to; j += Vector<double>.Count)
            (Vector.Load(target + j) - (scale * Vector.Load(source + j))).Store(target + j);
        for (; j < to; j++)
            target[j] -= scale * source[j];
    }
}
