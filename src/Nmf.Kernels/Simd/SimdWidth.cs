using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nmf.Kernels.Simd;

/// <summary>The only place that asks the hardware how wide its vectors are.</summary>
internal static class SimdWidth
{
    /// <summary>Bits of the widest accelerated vectors, or 0 where there are none: results of machines of one width
    /// have the same bits.</summary>
    public static int Bits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Calls the visitor with the widest accelerated vectors of the element type.</summary>
    /// <param name="visitor">What to build.</param>
    /// <param name="maximumBits">Widest vectors to consider, in bits: tests run the narrow paths of a wide
    /// machine with it.</param>
    public static TResult Dispatch<T, TVisitor, TResult>(TVisitor visitor, int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVisitor : ISimdVisitor<T, TResult>
    {
        if (visitor is ISimdVisitor<float, TResult> single)
        {
            if (Vector512.IsHardwareAccelerated && maximumBits >= 512)
                return single.Visit<Vector512<float>, Simd512Single>();
            if (Vector256.IsHardwareAccelerated && maximumBits >= 256)
                return single.Visit<Vector256<float>, Simd256Single>();
            if (Vector128.IsHardwareAccelerated && maximumBits >= 128)
                return single.Visit<Vector128<float>, Simd128Single>();
            return single.Visit<float, SimdScalar<float>>();
        }

        if (visitor is ISimdVisitor<double, TResult> @double)
        {
            if (Vector512.IsHardwareAccelerated && maximumBits >= 512)
                return @double.Visit<Vector512<double>, Simd512Double>();
            if (Vector256.IsHardwareAccelerated && maximumBits >= 256)
                return @double.Visit<Vector256<double>, Simd256Double>();
            if (Vector128.IsHardwareAccelerated && maximumBits >= 128)
                return @double.Visit<Vector128<double>, Simd128Double>();
            return @double.Visit<double, SimdScalar<double>>();
        }

        throw new NotSupportedException($"The element type must be Single or Double, not {typeof(T).Name}.");
    }
}
