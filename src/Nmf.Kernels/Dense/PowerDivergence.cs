using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// Any β other than 0 and 1: d(v|y) = (v^β + (β-1) y^β - β v y^(β-1)) / (β (β-1)). One vector power per entry gives
/// both parts of the gradient. The value loses about 1 / |β (β-1)| ulp when β is close to 0 or 1 without being it.
/// </summary>
internal readonly struct PowerDivergence<T, TVector, TSimd>(double beta) : IDivergence<TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    // Enough terms for |t| ≤ ¼ in either precision.
    private static int SeriesTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float) ? 11 : 25;
    }

    private readonly SplitPower<T> _betaMinusTwo = new(beta - 2);
    private readonly SplitPower<T> _beta = new(beta);

    public static PositivePart PositivePart => PositivePart.Product;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector y) => VectorMath<T, TVector, TSimd>.Pow(y, _betaMinusTwo);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Negative(TVector v, TVector y, TVector weight) => TSimd.Multiply(v, weight);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Positive(TVector y, TVector weight) => TSimd.Multiply(y, weight);

    // With t = v/y - 1 the value is y^β ((1+t)^β - 1 - β t) / (β (β-1)): a binomial series for small t, where
    // the difference cancels, and the definition itself elsewhere, where ratios of extreme v and y might
    // leave the range of the type.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value(TVector v, TVector y)
    {
        var t = TSimd.Divide(TSimd.Subtract(v, y), y);
        var slope = TSimd.Multiply(Weight(y), y);
        var powerOfY = TSimd.Multiply(slope, y);
        var powerOfV = VectorMath<T, TVector, TSimd>.Pow(v, _beta);
        powerOfV = TSimd.SelectLess(TSimd.Zero, v, powerOfV, TSimd.Zero);
        var far = TSimd.MultiplyAdd(TSimd.Broadcast(_beta.Value - T.One), powerOfY, powerOfV);
        far = TSimd.Subtract(far, TSimd.Multiply(TSimd.Multiply(TSimd.Broadcast(_beta.Value), v), slope));
        far = TSimd.Multiply(far, TSimd.Broadcast(T.One / (_beta.Value * (_beta.Value - T.One))));
        var near = TSimd.Multiply(powerOfY, Series(Ratio<T, TVector, TSimd>.Near(t)));
        var value = Ratio<T, TVector, TSimd>.Select(t, near, far);
        return _beta.Value <= T.Zero ? Ratio<T, TVector, TSimd>.InfiniteAtZero(v, value) : value;
    }

    // ((1+t)^β - 1 - β t) / (β (β-1)) = t²/2 (1 + t (β-2)/3 (1 + t (β-3)/4 (1 + ...))).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TVector Series(TVector t)
    {
        var one = TSimd.Broadcast(T.One);
        var sum = one;
        for (var j = SeriesTerms; j >= 0; j--)
        {
            var ratio = (_betaMinusTwo.Value - T.CreateTruncating(j)) / T.CreateTruncating(j + 3);
            sum = TSimd.MultiplyAdd(TSimd.Multiply(t, TSimd.Broadcast(ratio)), sum, one);
        }

        return TSimd.Multiply(TSimd.Multiply(TSimd.Multiply(t, t), VectorMath<T, TVector, TSimd>.Constant(0.5)), sum);
    }
}
