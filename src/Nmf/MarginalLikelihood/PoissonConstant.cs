using System.Numerics;
using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What the Kullback-Leibler divergence leaves out of the Poisson likelihood: <c>log p(v | y) = -d_KL(v | y) +
/// v log v - v - log v!</c>. Missing entries count nothing.</summary>
internal static class PoissonConstant
{
    // Counts below come from a table; from here on Stirling's series has all digits, and nothing to cancel.
    private const int Table = 1024;

    private static readonly double[] OfCounts = [.. Enumerable.Range(0, Table).Select(v => Compute(v))];

    /// <summary>Σ v log v - v - log v! over all entries; v! is Γ(v + 1).</summary>
    public static double Of<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            double ofSample = 0;
            foreach (var value in values)
                ofSample += T.IsNaN(value) ? 0 : Of(double.CreateTruncating(value));
            sum += ofSample;
        }

        return sum;
    }

    /// <summary>v log v - v - log v!.</summary>
    public static double Of(double v) => v < Table && v == Math.Floor(v) ? OfCounts[(int)v] : Compute(v);

    private static double Compute(double v)
        => v == 0 ? 0
            : v < Table ? (v * Math.Log(v)) - v - SpecialFunctions.GammaLn(v + 1)
            : (-0.5 * Math.Log(2 * Math.PI * v)) - (1 / (12 * v)) + (1 / (360 * v * v * v));
}
