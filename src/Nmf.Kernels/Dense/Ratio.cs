using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// What the values of the divergences share: arguments kept inside the range that <see cref="VectorMath{T,TVector,TSimd}"/> takes, and the
/// choice between a form for ratios near 1 and one for all others.
/// </summary>
internal static class Ratio<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    private const double Radius = 0.25;

    private static double Largest => typeof(T) == typeof(float) ? 1e38 : 1e307;

    /// <summary>v / y, clipped to the positive normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector v, TVector y) => Clip(TSimd.Divide(v, y));

    /// <summary>x clipped to the positive normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Clip(TVector x)
        => TSimd.Max(
            TSimd.Min(x, VectorMath<T, TVector, TSimd>.Constant(Largest)), VectorMath<T, TVector, TSimd>.Constant(1 / Largest));

    /// <summary>t clipped to |t| ≤ ¼, for the near form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Near(TVector t)
        => TSimd.Max(TSimd.Min(t, VectorMath<T, TVector, TSimd>.Constant(Radius)), VectorMath<T, TVector, TSimd>.Constant(-Radius));

    /// <summary>The near form where |t| &lt; ¼, the far form elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Select(TVector t, TVector near, TVector far)
        => TSimd.SelectLess(
            TSimd.Max(t, TSimd.Subtract(TSimd.Zero, t)), VectorMath<T, TVector, TSimd>.Constant(Radius), near, far);

    /// <summary>The value where v &gt; 0 and infinity where v = 0, for β ≤ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector InfiniteAtZero(TVector v, TVector value)
        => TSimd.SelectLess(TSimd.Zero, v, value, TSimd.Broadcast(T.PositiveInfinity));
}
