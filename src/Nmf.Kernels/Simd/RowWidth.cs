using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nmf.Kernels.Simd;

/// <summary>
/// Chooses the vectors of kernels that walk along rows of a factor. Rows are whole 32-byte vectors, so 64-byte vectors
/// are taken only where they divide the row: a row of three 32-byte vectors would otherwise be read beyond its end.
/// </summary>
internal static class RowWidth
{
    /// <summary>Calls the visitor with the widest accelerated vectors that divide a row.</summary>
    /// <param name="visitor">What to build.</param>
    /// <param name="stride">Length of a padded row, in elements.</param>
    public static TResult Dispatch<T, TVisitor, TResult>(TVisitor visitor, nint stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVisitor : ISimdVisitor<T, TResult>
    {
        if (!Vector512.IsHardwareAccelerated || stride % Vector512<T>.Count == 0)
            return SimdWidth.Dispatch<T, TVisitor, TResult>(visitor);
        if (visitor is ISimdVisitor<float, TResult> single)
            return single.Visit<Vector256<float>, Simd256Single>();
        return ((ISimdVisitor<double, TResult>)(object)visitor).Visit<Vector256<double>, Simd256Double>();
    }
}
