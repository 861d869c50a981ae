using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>β = 0: d(v|y) = v/y - log(v/y) - 1, infinite for v = 0.</summary>
internal readonly struct ItakuraSaito<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.Reciprocal(y);

    // (v r) r and not v (r r): the square alone leaves the range of float for y below 1e-19.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight) => TSimd.Multiply(TSimd.Multiply(v, weight), weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => weight;

    // t - log(1 + t), with the first-order terms cancelled on paper where v/y is near 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var reciprocal = TSimd.Reciprocal(y);
        var t = TSimd.Multiply(TSimd.Subtract(v, y), reciprocal);
        var f = Ratio<T, TVector, TSimd>.SplitLog(v, reciprocal, t, out var exponent);
        var rest = VectorMath<T, TVector, TSimd>.LogRest(f);
        var half = TSimd.Multiply(TSimd.Multiply(f, f), VectorMath<T, TVector, TSimd>.Constant(0.5));
        var near = TSimd.Subtract(half, rest);
        var far = TSimd.Subtract(t, VectorMath<T, TVector, TSimd>.Log(exponent, f, rest));
        return Ratio<T, TVector, TSimd>.InfiniteAtZero(v, Ratio<T, TVector, TSimd>.Select(t, near, far));
    }
}
