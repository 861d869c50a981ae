using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>β = 2: d(v|y) = ½ (v - y)².</summary>
internal readonly struct Euclidean<T> : IDivergence<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static PositivePart PositivePart => PositivePart.Gram;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight<TVector, TSimd>(TVector y)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => TSimd.Broadcast(T.One);

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
    {
        var difference = TSimd.Subtract(v, y);
        return TSimd.Multiply(TSimd.Multiply(difference, difference), VectorMath<T, TVector, TSimd>.Constant(0.5));
    }
}
