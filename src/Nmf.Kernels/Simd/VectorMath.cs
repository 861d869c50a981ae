using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels.Simd;

/// <summary>
/// Logarithms and powers, a few units in the last place, for positive normal arguments: what the
/// divergences need, in any width.
/// </summary>
/// <remarks>
/// log(1 + f) = 2 artanh(s) with s = f / (2 + f); the even part of the series and 2^x are polynomials that
/// interpolate the function in Chebyshev points (errors, relative to the result, below 4e-11 and 6e-9 in float,
/// 1e-17 and 1e-18 in double).
/// </remarks>
internal static class VectorMath<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    /// <summary>log(1 + f) - f + f²/2 for √½ ≤ 1 + f &lt; √2, to full relative accuracy also for small f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogRest(TVector f)
    {
        var s = TSimd.Multiply(f, TSimd.Reciprocal(TSimd.Add(f, Constant(2))));
        var z = TSimd.Multiply(s, s);
        TVector series;
        if (typeof(T) == typeof(float))
        {
            series = Step(Constant(0.2333046721630325), z, 0.28550820815960626);
            series = Step(series, z, 0.4000012183980613);
            series = Step(series, z, 0.6666666655449709);
        }
        else
        {
            series = Step(Constant(0.14616442203875615), z, 0.15331722264003383);
            series = Step(series, z, 0.18182889102716232);
            series = Step(series, z, 0.22222211135160952);
            series = Step(series, z, 0.28571428625972634);
            series = Step(series, z, 0.39999999999899516);
            series = Step(series, z, 0.666666666666667);
        }

        var half = TSimd.Multiply(TSimd.Multiply(f, f), Constant(0.5));
        return TSimd.Multiply(s, TSimd.MultiplyAdd(z, series, half));
    }

    /// <summary>Natural logarithm of positive normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector x)
    {
        var f = TSimd.Subtract(TSimd.SplitExponent(x, out var exponent), Constant(1));
        return Log(exponent, f, LogRest(f));
    }

    /// <summary>exponent · ln 2 + log(1 + f), given <see cref="LogRest"/> of f: a natural
    /// logarithm put together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector exponent, TVector f, TVector rest)
    {
        // ln 2 in two pieces; the first has so few bits that its product with the exponent is exact.
        var (high, low) = typeof(T) == typeof(float)
            ? (0.693145751953125, 1.4286068203094172e-6)
            : (0.6931471803691238, 1.9082149292705877e-10);
        var half = TSimd.Multiply(TSimd.Multiply(f, f), Constant(0.5));
        var small = TSimd.Subtract(TSimd.MultiplyAdd(exponent, Constant(low), rest), half);
        return TSimd.MultiplyAdd(exponent, Constant(high), TSimd.Add(f, small));
    }

    /// <summary>x^p for positive x, clipped to where the power is a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Pow(TVector x, SplitPower<T> power)
    {
        var inside = TSimd.Max(TSimd.Broadcast(power.Smallest), TSimd.Min(TSimd.Broadcast(power.Largest), x));
        var f = TSimd.Subtract(TSimd.SplitExponent(inside, out var exponent), Constant(1));
        var half = TSimd.Multiply(TSimd.Multiply(f, f), Constant(0.5));
        var log = TSimd.Add(f, TSimd.Subtract(LogRest(f), half));
        var fraction = TSimd.Multiply(log, TSimd.Broadcast(power.TimesLog2E));

        // p log2 x = n + r. High · exponent is exact, so that r does not lose what a large exponent would cost.
        var n = Round(TSimd.MultiplyAdd(exponent, TSimd.Broadcast(power.Value), fraction));
        var r = TSimd.Subtract(TSimd.Multiply(exponent, TSimd.Broadcast(power.High)), n);
        r = TSimd.Add(r, TSimd.MultiplyAdd(exponent, TSimd.Broadcast(power.Low), fraction));
        return TSimd.Multiply(Exp2(r), TSimd.PowerOfTwo(n));
    }

    /// <summary>A number in every lane.</summary>
    /// <remarks>The conversions of the generic numbers are methods in methods: where much is inlined they stay
    /// calls.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Constant(double value) => TSimd.Broadcast(
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)value) : Unsafe.BitCast<double, T>(value));

    // 2^r for |r| ≤ ½, give or take a rounding.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp2(TVector r)
    {
        TVector series;
        if (typeof(T) == typeof(float))
        {
            series = Step(Constant(1.5453162945118848e-4), r, 1.3390863364671182e-3);
        }
        else
        {
            series = Step(Constant(2.5797200456612484e-11), r, 4.4555176249807217e-10);
            series = Step(series, r, 7.054849961731365e-9);
            series = Step(series, r, 1.0178058980432749e-7);
            series = Step(series, r, 1.3215486928267901e-6);
            series = Step(series, r, 1.5252733837425927e-5);
            series = Step(series, r, 1.5403530393237746e-4);
            series = Step(series, r, 1.333355814641003e-3);
        }

        var single = typeof(T) == typeof(float);
        series = Step(series, r, single ? 9.618082557277856e-3 : 9.618129107628543e-3);
        series = Step(series, r, single ? 5.550357114219078e-2 : 5.550410866482162e-2);
        series = Step(series, r, single ? 0.24022650760568126 : 0.24022650695910072);
        series = Step(series, r, single ? 0.6931471880262288 : 0.6931471805599453);
        return Step(series, r, 1);
    }

    // Adding and subtracting 1.5 · 2^(digits - 1) rounds to an integer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Round(TVector x)
    {
        var shift = Constant(typeof(T) == typeof(float) ? 12582912.0 : 6755399441055744.0);
        return TSimd.Subtract(TSimd.Add(x, shift), shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Step(TVector series, TVector x, double coefficient)
        => TSimd.MultiplyAdd(series, x, Constant(coefficient));
}
