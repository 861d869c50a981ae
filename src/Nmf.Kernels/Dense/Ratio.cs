using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// What the values of the divergences share: arguments kept inside the range that
/// <see cref="VectorMath{T,TVector,TSimd}"/> takes, and the choice between a form for ratios near
/// 1 and one for all others.
/// </summary>
internal static class Ratio<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    private const double Radius = 0.25;

    private static TVector Largest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => VectorMath<T, TVector, TSimd>.Constant(typeof(T) == typeof(float) ? 1e38 : 1e307);
    }

    private static TVector Smallest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => VectorMath<T, TVector, TSimd>.Constant(typeof(T) == typeof(float) ? 1e-37 : 1e-307);
    }

    /// <summary>
    /// The pieces of log(v/y): v/y = 2^exponent (1 + f). Where v/y is near 1 the exponent is 0 and f is
    /// <paramref name="t"/> = (v - y)/y itself, which has digits that v/y - 1 has lost.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SplitLog(TVector v, TVector reciprocal, TVector t, out TVector exponent)
    {
        var ratio = Clip(TSimd.Multiply(v, reciprocal));
        var f = TSimd.Subtract(TSimd.SplitExponent(ratio, out exponent), TSimd.Broadcast(T.One));
        return Select(t, t, f);
    }

    /// <summary>x clipped to the positive normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Clip(TVector x) => TSimd.Max(Smallest, TSimd.Min(Largest, x));

    /// <summary>t clipped to |t| ≤ ¼, for the near form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Near(TVector t)
        => TSimd.Max(
            VectorMath<T, TVector, TSimd>.Constant(-Radius),
            TSimd.Min(VectorMath<T, TVector, TSimd>.Constant(Radius), t));

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
