using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// A divergence over the observed entries only. Whatever the divergence, both parts of the gradient are products: with
/// a mask neither the column sums of β = 1 nor the Gram matrix of β = 2 are the positive part.
/// </summary>
internal readonly struct ObservedDivergence<T, TDivergence>(TDivergence divergence) : IDivergence<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TDivergence : struct, IDivergence<T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    public static bool IsObserved => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight<TVector, TSimd>(TVector y)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => divergence.Weight<TVector, TSimd>(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative<TVector, TSimd>(TVector v, TVector y, TVector weight)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => divergence.Negative<TVector, TSimd>(v, y, weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive<TVector, TSimd>(TVector y, TVector weight)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => divergence.Positive<TVector, TSimd>(y, weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TVector, TSimd>(TVector v, TVector y)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => divergence.Value<TVector, TSimd>(v, y);
}
