using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>β = 2 where the model is more than H Wᵀ, so that Gram matrices do not give the positive part:
/// <c>neg = v</c>, <c>pos = y</c>.</summary>
internal readonly struct EuclideanProduct<T> : IDivergence<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight<TVector, TSimd>(TVector y)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative<TVector, TSimd>(TVector v, TVector y, TVector weight)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive<TVector, TSimd>(TVector y, TVector weight)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TVector, TSimd>(TVector v, TVector y)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => default(Euclidean<T>).Value<TVector, TSimd>(v, y);
}
