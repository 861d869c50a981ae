using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>Changes of the unit, which are exact.</summary>
internal static class PowerOfTwo
{
    // Powers of two up to this are numbers of either type, and so are their inverses.
    private const int LargestFactor = 126;

    // Rows whose entries are within this power of two of 1 keep their scale.
    private const int Band = 20;

    /// <summary>Brings small rows of a matrix whose largest entries are near 1 there, too.</summary>
    /// <returns>The exponents by whose powers rows were divided, or null where there are none.</returns>
    public static int[]? RaiseSmallRows<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[]? exponents = null;
        for (var i = 0; i < matrix.Rows; i++)
        {
            var largest = TensorPrimitives.Max<T>(matrix.Row(i));
            if (!(largest > T.Zero) || T.ILogB(largest) is not (< -Band and var exponent))
                continue;
            (exponents ??= new int[matrix.Rows])[i] = exponent;
            Scale(matrix.Row(i), -exponent);
        }

        return exponents;
    }

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

    /// <summary>Divides by 2^exponent and each value by a power of its own, in place and in one step, so that nothing
    /// is lost on the way.</summary>
    /// <param name="values">The values.</param>
    /// <param name="exponent">That of all.</param>
    /// <param name="own">Those of the places, or none.</param>
    /// <param name="places">Where the values stand; none if they have all places.</param>
    public static void Divide<T>(
        Span<T> values, int exponent, ReadOnlySpan<int> own, ReadOnlySpan<int> places = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (own.IsEmpty)
            Scale(values, -exponent);
        else
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = T.ScaleB(values[i], -(exponent + own[places.IsEmpty ? i : places[i]]));
        }
    }
}
