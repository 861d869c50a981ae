using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>Changes of the unit, which are exact.</summary>
internal static class PowerOfTwo
{
    // Powers of two up to this are numbers of either type, and so are their inverses.
    private const int LargestFactor = 126;

    /// <summary>Multiplies by 2^exponent, in place.</summary>
    public static void Scale<T>(Span<T> values, int exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (exponent == 0)
            return;
        if (Math.Abs(exponent) <= LargestFactor)
        {
            TensorPrimitives.Multiply(values, T.ScaleB(T.One, exponent), values);
            return;
        }

        foreach (ref var value in values)
            value = T.ScaleB(value, exponent);
    }
}
