using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>β = 2 where the model is more than H Wᵀ, so that Gram matrices do not give the positive part:
/// <c>neg = v</c>, <c>pos = y</c>.</summary>
internal readonly struct EuclideanProduct<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight) => v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y) => default(Euclidean<T, TVector, TSimd>).Value(v, y);
}
