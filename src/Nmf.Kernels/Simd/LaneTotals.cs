using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nmf.Kernels.Simd;

/// <summary>
/// Sums of the lanes of four vectors at a time: a vector alone costs as many instructions as two of the four together.
/// A vector has the same sum, to the bit, alone and among four.
/// </summary>
internal static unsafe class LaneTotals<TVector, TSimd, T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Writes the four sums one behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(TVector a, TVector b, TVector c, TVector d, T* totals)
    {
        if (typeof(TVector) == typeof(Vector256<float>) && Avx.IsSupported)
        {
            Four(a, b, c, d).Store((float*)totals);
        }
        else if (typeof(TVector) == typeof(Vector512<float>) && Avx.IsSupported)
        {
            Totals(Half(a), Half(b), Half(c), Half(d)).Store((float*)totals);
        }
        else
        {
            totals[0] = TSimd.Sum(a);
            totals[1] = TSimd.Sum(b);
            totals[2] = TSimd.Sum(c);
            totals[3] = TSimd.Sum(d);
        }
    }

    /// <summary>The four sums of vectors of eight single-precision numbers, where there is AVX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Four(TVector a, TVector b, TVector c, TVector d) => Totals(
        Unsafe.BitCast<TVector, Vector256<float>>(a), Unsafe.BitCast<TVector, Vector256<float>>(b),
        Unsafe.BitCast<TVector, Vector256<float>>(c), Unsafe.BitCast<TVector, Vector256<float>>(d));

    /// <summary>Writes four values, each divided by a sum that is at least the floor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FourRatios(T* values, TVector a, TVector b, TVector c, TVector d, T floor, T* ratios)
    {
        Four(a, b, c, d, ratios);
        if (typeof(T) == typeof(float))
        {
            var models = Simd128Single.Max(
                Vector128.Create(Unsafe.BitCast<T, float>(floor)), Vector128.Load((float*)ratios));
            (Vector128.Load((float*)values) / models).Store((float*)ratios);
            return;
        }

        for (var j = 0; j < 4; j++)
            ratios[j] = values[j] / (floor > ratios[j] ? floor : ratios[j]);
    }

    /// <summary>The sum of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T One(TVector a)
    {
        if (typeof(TVector) == typeof(Vector256<float>) && Avx.IsSupported)
            return Unsafe.BitCast<float, T>(Total(Unsafe.BitCast<TVector, Vector256<float>>(a)));
        if (typeof(TVector) == typeof(Vector512<float>) && Avx.IsSupported)
            return Unsafe.BitCast<float, T>(Total(Half(a)));
        return TSimd.Sum(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Half(TVector a)
    {
        var whole = Unsafe.BitCast<TVector, Vector512<float>>(a);
        return whole.GetLower() + whole.GetUpper();
    }

    // In each half of a vector first e0 + e2 and e1 + e3, then both; then the halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Totals(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        var ab = Avx.UnpackLow(a, b) + Avx.UnpackHigh(a, b);
        var cd = Avx.UnpackLow(c, d) + Avx.UnpackHigh(c, d);
        var all = Avx.Shuffle(ab, cd, 0b_01_00_01_00) + Avx.Shuffle(ab, cd, 0b_11_10_11_10);
        return all.GetLower() + all.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(Vector256<float> a)
    {
        var pairs = a + Avx.Shuffle(a, a, 0b_11_10_11_10);
        var halves = pairs + Avx.Shuffle(pairs, pairs, 0b_01_01_01_01);
        return halves.GetLower().ToScalar() + halves.GetUpper().ToScalar();
    }
}
