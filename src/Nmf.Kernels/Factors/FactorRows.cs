using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// The two inner loops of every pass over sparse data: scalar products of one vector with a few rows of a factor, and a
/// weighted sum of the same rows. A chunk of rows stays in the first-level cache between the two.
/// </summary>
/// <remarks>All lengths are in elements and whole numbers of vectors. Nothing is allocated; any
/// thread may call.</remarks>
internal static unsafe class FactorRows<TVector, TSimd, T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary><c>y[j] = ⟨x, rows[j]⟩</c>. Each product is summed in the same order wherever the row
    /// stands in the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dots(T* x, T** rows, int count, nint length, T* y)
    {
        if (length == 3 * TSimd.Count)
        {
            DotsOfThree(x, rows, count, y);
            return;
        }

        var j = 0;
        for (; j + 4 <= count; j += 4)
        {
            T* r0 = rows[j], r1 = rows[j + 1], r2 = rows[j + 2], r3 = rows[j + 3];
            TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
            for (nint k = 0; k < length; k += TSimd.Count)
            {
                var a = TSimd.Load(x + k);
                s0 = TSimd.MultiplyAdd(a, TSimd.Load(r0 + k), s0);
                s1 = TSimd.MultiplyAdd(a, TSimd.Load(r1 + k), s1);
                s2 = TSimd.MultiplyAdd(a, TSimd.Load(r2 + k), s2);
                s3 = TSimd.MultiplyAdd(a, TSimd.Load(r3 + k), s3);
            }

            LaneTotals<TVector, TSimd, T>.Four(s0, s1, s2, s3, y + j);
        }

        for (; j < count; j++)
        {
            var r0 = rows[j];
            var s0 = TSimd.Zero;
            for (nint k = 0; k < length; k += TSimd.Count)
                s0 = TSimd.MultiplyAdd(TSimd.Load(x + k), TSimd.Load(r0 + k), s0);
            y[j] = LaneTotals<TVector, TSimd, T>.One(s0);
        }
    }

    // Rows of three vectors, which 17 to 24 single-precision components are: x stays in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DotsOfThree(T* x, T** rows, int count, T* y)
    {
        var n = TSimd.Count;
        TVector a0 = TSimd.Load(x), a1 = TSimd.Load(x + n), a2 = TSimd.Load(x + (2 * n));
        var j = 0;
        for (; j + 4 <= count; j += 4)
        {
            LaneTotals<TVector, TSimd, T>.Four(
                Three(a0, a1, a2, rows[j]), Three(a0, a1, a2, rows[j + 1]), Three(a0, a1, a2, rows[j + 2]),
                Three(a0, a1, a2, rows[j + 3]), y + j);
        }

        for (; j < count; j++)
            y[j] = LaneTotals<TVector, TSimd, T>.One(Three(a0, a1, a2, rows[j]));
    }

    // A product alone rounds as one that is added to zero does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Three(TVector a0, TVector a1, TVector a2, T* row) => TSimd.MultiplyAdd(
        a2, TSimd.Load(row + (2 * TSimd.Count)),
        TSimd.MultiplyAdd(a1, TSimd.Load(row + TSimd.Count), TSimd.Multiply(a0, TSimd.Load(row))));

    /// <summary><c>sum += Σ_j weights[j] rows[j]</c>, in the order of j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(T* weights, T** rows, int count, nint length, T* sum)
    {
        nint k = 0;
        for (; k + (8 * TSimd.Count) <= length; k += 8 * TSimd.Count)
            Combine8(weights, rows, count, k, sum);
        for (; k + (4 * TSimd.Count) <= length; k += 4 * TSimd.Count)
            Combine4(weights, rows, count, k, sum);
        switch ((length - k) / TSimd.Count)
        {
            case 3:
                Combine3(weights, rows, count, k, sum);
                break;
            case 2:
                Combine2(weights, rows, count, k, sum);
                break;
            case 1:
                Combine1(weights, rows, count, k, sum);
                break;
        }
    }

    // One method for each number of accumulators: named locals stay in registers, an array of them would not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine8(T* weights, T** rows, int count, nint k, T* sum)
    {
        var n = TSimd.Count;
        var c = sum + k;
        TVector c0 = TSimd.Load(c), c1 = TSimd.Load(c + n), c2 = TSimd.Load(c + (2 * n)), c3 = TSimd.Load(c + (3 * n));
        TVector c4 = TSimd.Load(c + (4 * n)), c5 = TSimd.Load(c + (5 * n)), c6 = TSimd.Load(c + (6 * n)),
            c7 = TSimd.Load(c + (7 * n));
        for (var j = 0; j < count; j++)
        {
            var row = rows[j] + k;
            var a = TSimd.Broadcast(weights[j]);
            c0 = TSimd.MultiplyAdd(a, TSimd.Load(row), c0);
            c1 = TSimd.MultiplyAdd(a, TSimd.Load(row + n), c1);
            c2 = TSimd.MultiplyAdd(a, TSimd.Load(row + (2 * n)), c2);
            c3 = TSimd.MultiplyAdd(a, TSimd.Load(row + (3 * n)), c3);
            c4 = TSimd.MultiplyAdd(a, TSimd.Load(row + (4 * n)), c4);
            c5 = TSimd.MultiplyAdd(a, TSimd.Load(row + (5 * n)), c5);
            c6 = TSimd.MultiplyAdd(a, TSimd.Load(row + (6 * n)), c6);
            c7 = TSimd.MultiplyAdd(a, TSimd.Load(row + (7 * n)), c7);
        }

        TSimd.Store(c, c0);
        TSimd.Store(c + n, c1);
        TSimd.Store(c + (2 * n), c2);
        TSimd.Store(c + (3 * n), c3);
        TSimd.Store(c + (4 * n), c4);
        TSimd.Store(c + (5 * n), c5);
        TSimd.Store(c + (6 * n), c6);
        TSimd.Store(c + (7 * n), c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine4(T* weights, T** rows, int count, nint k, T* sum)
    {
        var n = TSimd.Count;
        var c = sum + k;
        TVector c0 = TSimd.Load(c), c1 = TSimd.Load(c + n), c2 = TSimd.Load(c + (2 * n)), c3 = TSimd.Load(c + (3 * n));
        for (var j = 0; j < count; j++)
        {
            var row = rows[j] + k;
            var a = TSimd.Broadcast(weights[j]);
            c0 = TSimd.MultiplyAdd(a, TSimd.Load(row), c0);
            c1 = TSimd.MultiplyAdd(a, TSimd.Load(row + n), c1);
            c2 = TSimd.MultiplyAdd(a, TSimd.Load(row + (2 * n)), c2);
            c3 = TSimd.MultiplyAdd(a, TSimd.Load(row + (3 * n)), c3);
        }

        TSimd.Store(c, c0);
        TSimd.Store(c + n, c1);
        TSimd.Store(c + (2 * n), c2);
        TSimd.Store(c + (3 * n), c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine3(T* weights, T** rows, int count, nint k, T* sum)
    {
        var n = TSimd.Count;
        var c = sum + k;
        TVector c0 = TSimd.Load(c), c1 = TSimd.Load(c + n), c2 = TSimd.Load(c + (2 * n));
        for (var j = 0; j < count; j++)
        {
            var row = rows[j] + k;
            var a = TSimd.Broadcast(weights[j]);
            c0 = TSimd.MultiplyAdd(a, TSimd.Load(row), c0);
            c1 = TSimd.MultiplyAdd(a, TSimd.Load(row + n), c1);
            c2 = TSimd.MultiplyAdd(a, TSimd.Load(row + (2 * n)), c2);
        }

        TSimd.Store(c, c0);
        TSimd.Store(c + n, c1);
        TSimd.Store(c + (2 * n), c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine2(T* weights, T** rows, int count, nint k, T* sum)
    {
        var n = TSimd.Count;
        var c = sum + k;
        TVector c0 = TSimd.Load(c), c1 = TSimd.Load(c + n);
        for (var j = 0; j < count; j++)
        {
            var row = rows[j] + k;
            var a = TSimd.Broadcast(weights[j]);
            c0 = TSimd.MultiplyAdd(a, TSimd.Load(row), c0);
            c1 = TSimd.MultiplyAdd(a, TSimd.Load(row + n), c1);
        }

        TSimd.Store(c, c0);
        TSimd.Store(c + n, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine1(T* weights, T** rows, int count, nint k, T* sum)
    {
        var c0 = TSimd.Load(sum + k);
        for (var j = 0; j < count; j++)
            c0 = TSimd.MultiplyAdd(TSimd.Broadcast(weights[j]), TSimd.Load(rows[j] + k), c0);
        TSimd.Store(sum + k, c0);
    }
}
