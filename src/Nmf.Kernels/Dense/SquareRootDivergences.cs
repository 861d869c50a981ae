using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>β = ½: d(v|y) = 2 (√v - √y)² / √y.</summary>
internal readonly struct HalfDivergence<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.ReciprocalSqrt(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight)
        => TSimd.Multiply(TSimd.Multiply(v, weight), TSimd.Multiply(weight, weight));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var square = Roots<T, TVector, TSimd>.SquaredDifference(v, y, out _, out var root);
        return TSimd.Divide(TSimd.Add(square, square), root);
    }
}

/// <summary>β = 3/2: d(v|y) = ⅔ (√v - √y)² (2√v + √y).</summary>
internal readonly struct ThreeHalvesDivergence<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.ReciprocalSqrt(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight) => TSimd.Multiply(v, weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => TSimd.Multiply(y, weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var square = Roots<T, TVector, TSimd>.SquaredDifference(v, y, out var rootV, out var rootY);
        var factor = TSimd.Add(TSimd.Add(rootV, rootV), rootY);
        return TSimd.Multiply(TSimd.Multiply(square, factor), VectorMath<T, TVector, TSimd>.Constant(2.0 / 3));
    }
}

internal static class Roots<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    // √v - √y = (v - y) / (√v + √y) has no cancellation but the exact one of v - y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector SquaredDifference(TVector v, TVector y, out TVector rootV, out TVector rootY)
    {
        (rootV, rootY) = (TSimd.Sqrt(v), TSimd.Sqrt(y));
        var difference = TSimd.Divide(TSimd.Subtract(v, y), TSimd.Add(rootV, rootY));
        return TSimd.Multiply(difference, difference);
    }
}
