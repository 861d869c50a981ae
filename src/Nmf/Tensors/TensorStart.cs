using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Factors from which a tensor is fitted.</summary>
internal static class TensorStart
{
    // Multiplicative updates leave no zero.
    private const double Least = 0.02;

    /// <summary>Uniform random factors whose model has the mean of the data.</summary>
    public static Matrix<T>[] Random<T>(int[] shape, int rank, double mean, int seed, int start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new CounterRandom(seed, start);
        var scale = 2 * Math.Pow(mean / rank, 1.0 / shape.Length);
        var factors = new Matrix<T>[shape.Length];
        long index = 0;
        for (var n = 0; n < shape.Length; n++)
        {
            factors[n] = new Matrix<T>(shape[n], rank);
            for (var i = 0; i < shape[n]; i++)
            {
                foreach (ref var x in factors[n].Row(i))
                    x = T.CreateChecked(scale * Math.Max(Least, random.Uniform(index++)));
            }
        }

        return factors;
    }

    /// <summary>Copies of factors whose model is divided by 2^exponent.</summary>
    public static Matrix<T>[] InUnit<T>(IReadOnlyList<Matrix<T>> factors, int exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<T>[] copies = [.. factors.Select(factor => factor.Clone())];
        FitUnit.Scale(copies[^1], -exponent);
        return copies;
    }

    /// <exception cref="ArgumentException">The factors do not fit the data.</exception>
    /// <exception cref="NmfDataException">An entry is negative or not finite.</exception>
    public static void Require<T>(IReadOnlyList<Matrix<T>> factors, int[] shape, int rank)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (factors.Count != shape.Length)
            throw new ArgumentException($"The start has {factors.Count} factors, but the tensor {shape.Length} modes.");
        for (var n = 0; n < shape.Length; n++)
        {
            if (factors[n].Rows != shape[n] || factors[n].Columns != rank)
                throw new ArgumentException(
                    $"The start of mode {n} is {factors[n].Rows} x {factors[n].Columns}, not {shape[n]} x {rank}.");
            NmfStart<T>.RequireNonnegative(factors[n], $"factor of mode {n}", "index");
            NmfStart<T>.RequireNotZero(factors[n], $"All entries of the start of mode {n}");
        }
    }
}
