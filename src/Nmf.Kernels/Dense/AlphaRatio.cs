using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// The α-divergence for α other than 0 and 1: <c>neg = (v/y)^α</c>, <c>pos = 1</c>. With t = v/y - 1 the value is
/// y ((1+t)^α - 1 - α t) / (α (α-1)).
/// </summary>
internal readonly struct AlphaRatio<T, TVector, TSimd>(double alpha) : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    private readonly SplitPower<T> _alpha = new(alpha);
    private readonly PowerDivergence<T, TVector, TSimd> _power = new(alpha);

    public static PositivePart PositivePart => PositivePart.ColumnSums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.Reciprocal(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight)
        => TSimd.SelectLess(
            TSimd.Zero, v, VectorMath<T, TVector, TSimd>.Pow(TSimd.Multiply(v, weight), _alpha),
            TSimd.Multiply(v, weight));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => TSimd.Broadcast(T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var t = TSimd.Divide(TSimd.Subtract(v, y), y);
        var alpha = TSimd.Broadcast(_alpha.Value);
        var one = TSimd.Broadcast(T.One);
        var power = Negative(v, y, TSimd.Reciprocal(y));
        var far = TSimd.Subtract(TSimd.Subtract(power, one), TSimd.Multiply(alpha, t));
        far = TSimd.Multiply(far, TSimd.Broadcast(T.One / (_alpha.Value * (_alpha.Value - T.One))));
        var value = TSimd.Multiply(
            y,
            Ratio<T, TVector, TSimd>.Select(t, _power.Series(Ratio<T, TVector, TSimd>.Near(t)), far));
        return _alpha.Value <= T.Zero ? Ratio<T, TVector, TSimd>.InfiniteAtZero(v, value) : value;
    }
}

/// <summary>The α-divergence for α = 0, <c>d(v|y) = y log(y/v) - y + v</c>: <c>neg = log(v/y)</c>, of either sign, and
/// <c>pos = 1</c>.</summary>
internal readonly struct LogRatio<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.ColumnSums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.Reciprocal(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight)
    {
        var t = TSimd.Multiply(TSimd.Subtract(v, y), weight);
        var f = Ratio<T, TVector, TSimd>.SplitLog(v, weight, t, out var exponent);
        var far = VectorMath<T, TVector, TSimd>.Log(exponent, f, VectorMath<T, TVector, TSimd>.LogRest(f));

        // Whatever is not a number in t stays so: clipping would hide it.
        return TSimd.Add(far, TSimd.Multiply(t, TSimd.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => TSimd.Broadcast(T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var positive = TSimd.Max(TSimd.Broadcast(ModelFloor.Of<T>(1)), v);
        return Ratio<T, TVector, TSimd>.InfiniteAtZero(
            v, default(KullbackLeibler<T, TVector, TSimd>).Value(y, positive));
    }
}

/// <summary>
/// The Kullback-Leibler divergence of 1 - v: half of the Bernoulli likelihood, where the model is that of the zeros.
/// Together with <see cref="KullbackLeibler{T,TVector,TSimd}"/> of v it is the whole, because the two models add up to
/// one.
/// </summary>
internal readonly struct ComplementKullbackLeibler<T, TVector, TSimd> : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.ColumnSums;

    public static double NeutralDatum => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => TSimd.Reciprocal(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight)
        => TSimd.Multiply(TSimd.Subtract(TSimd.Broadcast(T.One), v), weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => TSimd.Broadcast(T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
        => default(KullbackLeibler<T, TVector, TSimd>).Value(TSimd.Subtract(TSimd.Broadcast(T.One), v), y);
}
