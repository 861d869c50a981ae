using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>β = 1: d(v|y) = v log(v/y) - v + y, with 0 log 0 = 0.</summary>
internal readonly struct KullbackLeibler<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.ColumnSums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.Reciprocal(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight) => TSimd.Multiply(v, weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => TSimd.Broadcast(T.One);

    // With t = v/y - 1 the value is y ((1 + t) log(1 + t) - t), of second order in t: where v/y is near 1 the
    // first-order terms are cancelled on paper, log(1 + t) = t - t²/2 + rest; elsewhere nothing cancels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var difference = TSimd.Subtract(v, y);
        var reciprocal = TSimd.Reciprocal(y);
        var t = TSimd.Multiply(difference, reciprocal);
        var f = Ratio<T, TVector, TSimd>.SplitLog(v, reciprocal, t, out var exponent);
        var rest = VectorMath<T, TVector, TSimd>.LogRest(f);
        var one = TSimd.Broadcast(T.One);
        var half = TSimd.Multiply(TSimd.Multiply(f, f), VectorMath<T, TVector, TSimd>.Constant(0.5));
        var near = TSimd.MultiplyAdd(TSimd.Add(one, f), rest, TSimd.Multiply(half, TSimd.Subtract(one, f)));
        var far = TSimd.Subtract(TSimd.Multiply(v, VectorMath<T, TVector, TSimd>.Log(exponent, f, rest)), difference);
        return Ratio<T, TVector, TSimd>.Select(t, TSimd.Multiply(near, y), far);
    }
}
