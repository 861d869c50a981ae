using System.Numerics;

namespace Nmf;

/// <summary>The unit in which a tensor is fitted: a power of two, which changes no digit
/// (<see cref="FitUnit"/>).</summary>
internal static class TensorUnit
{
    private const int LeastDigits = 12;
    private const double LargestObjective = 900;

    /// <summary>The exponent of the mean of the data.</summary>
    /// <exception cref="NmfDataException">It is too near the end of the range of the type.</exception>
    public static int Of<T>(NmfTensor<T> data, double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var exponent = Math.ILogB(data.Mean);
        var smallest = typeof(T) == typeof(float) ? -126 : -1022;
        if (exponent >= smallest + LeastDigits && Math.Abs(exponent * beta) <= LargestObjective)
            return exponent;
        throw new NmfDataException(
            $"The mean of the data is {data.Mean:R}, too near the end of the range of {typeof(T).Name} for a fit "
            + "to keep its digits: multiply the data by a constant.");
    }
}
