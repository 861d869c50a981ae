using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Hoyer's sparseness of a nonnegative vector x of length n, <c>(√n - ‖x‖₁/‖x‖₂) / (√n - 1)</c>: 0 when all entries are
/// equal, 1 when only one is not zero (Hoyer 2004).
/// </summary>
public static class Sparseness
{
    /// <summary>The sparseness of one vector; NaN for a vector of zeros or of length 1, which has none.</summary>
    public static double Hoyer<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0, squares = 0;
        foreach (var value in values)
        {
            var magnitude = Math.Abs(double.CreateTruncating(value));
            sum += magnitude;
            squares += magnitude * magnitude;
        }

        return Value(values.Length, sum, squares);
    }

    /// <summary>The mean sparseness of the columns of a factor: of the components of a dictionary, or of the
    /// activations of each.</summary>
    /// <returns>The mean over the columns that are not zero; NaN when there is none, or fewer than two rows.</returns>
    internal static double OfColumns<T>(Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(factor);
        var sums = new double[factor.Columns];
        var squares = new double[factor.Columns];
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            for (var k = 0; k < row.Length; k++)
            {
                var magnitude = Math.Abs(double.CreateTruncating(row[k]));
                sums[k] += magnitude;
                squares[k] += magnitude * magnitude;
            }
        }

        return sums.Select((sum, k) => Value(factor.Rows, sum, squares[k]))
            .Where(s => !double.IsNaN(s)).DefaultIfEmpty(double.NaN).Average();
    }

    private static double Value(int length, double sum, double squares)
        => length < 2 || squares == 0
            ? double.NaN
            : (Math.Sqrt(length) - (sum / Math.Sqrt(squares))) / (Math.Sqrt(length) - 1);
}
