using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

// The register blocks two vectors wide.
internal static unsafe partial class MicroKernel<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12x2(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero, c01 = TSimd.Zero;
        TVector c10 = TSimd.Zero, c11 = TSimd.Zero;
        TVector c20 = TSimd.Zero, c21 = TSimd.Zero;
        TVector c30 = TSimd.Zero, c31 = TSimd.Zero;
        TVector c40 = TSimd.Zero, c41 = TSimd.Zero;
        TVector c50 = TSimd.Zero, c51 = TSimd.Zero;
        TVector c60 = TSimd.Zero, c61 = TSimd.Zero;
        TVector c70 = TSimd.Zero, c71 = TSimd.Zero;
        TVector c80 = TSimd.Zero, c81 = TSimd.Zero;
        TVector c90 = TSimd.Zero, c91 = TSimd.Zero;
        TVector cA0 = TSimd.Zero, cA1 = TSimd.Zero;
        TVector cB0 = TSimd.Zero, cB1 = TSimd.Zero;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        var a4 = a + (4 * rowStride);
        var a8 = a + (8 * rowStride);
        for (; depth > 0; depth--)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Count);
            var x = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a[row2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(a[row3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            x = TSimd.Broadcast(*a4);
            c40 = TSimd.MultiplyAdd(x, b0, c40);
            c41 = TSimd.MultiplyAdd(x, b1, c41);
            x = TSimd.Broadcast(a4[rowStride]);
            c50 = TSimd.MultiplyAdd(x, b0, c50);
            c51 = TSimd.MultiplyAdd(x, b1, c51);
            x = TSimd.Broadcast(a4[row2]);
            c60 = TSimd.MultiplyAdd(x, b0, c60);
            c61 = TSimd.MultiplyAdd(x, b1, c61);
            x = TSimd.Broadcast(a4[row3]);
            c70 = TSimd.MultiplyAdd(x, b0, c70);
            c71 = TSimd.MultiplyAdd(x, b1, c71);
            x = TSimd.Broadcast(*a8);
            c80 = TSimd.MultiplyAdd(x, b0, c80);
            c81 = TSimd.MultiplyAdd(x, b1, c81);
            x = TSimd.Broadcast(a8[rowStride]);
            c90 = TSimd.MultiplyAdd(x, b0, c90);
            c91 = TSimd.MultiplyAdd(x, b1, c91);
            x = TSimd.Broadcast(a8[row2]);
            cA0 = TSimd.MultiplyAdd(x, b0, cA0);
            cA1 = TSimd.MultiplyAdd(x, b1, cA1);
            x = TSimd.Broadcast(a8[row3]);
            cB0 = TSimd.MultiplyAdd(x, b0, cB0);
            cB1 = TSimd.MultiplyAdd(x, b1, cB1);
            b += bStride;
            a += depthStride;
            a4 += depthStride;
            a8 += depthStride;
        }

        Put2(c, c00, c01, accumulate);
        Put2(c + cStride, c10, c11, accumulate);
        Put2(c + (2 * cStride), c20, c21, accumulate);
        Put2(c + (3 * cStride), c30, c31, accumulate);
        Put2(c + (4 * cStride), c40, c41, accumulate);
        Put2(c + (5 * cStride), c50, c51, accumulate);
        Put2(c + (6 * cStride), c60, c61, accumulate);
        Put2(c + (7 * cStride), c70, c71, accumulate);
        Put2(c + (8 * cStride), c80, c81, accumulate);
        Put2(c + (9 * cStride), c90, c91, accumulate);
        Put2(c + (10 * cStride), cA0, cA1, accumulate);
        Put2(c + (11 * cStride), cB0, cB1, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero, c01 = TSimd.Zero;
        TVector c10 = TSimd.Zero, c11 = TSimd.Zero;
        TVector c20 = TSimd.Zero, c21 = TSimd.Zero;
        TVector c30 = TSimd.Zero, c31 = TSimd.Zero;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        for (; depth > 0; depth--)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Count);
            var x = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a[row2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(a[row3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            b += bStride;
            a += depthStride;
        }

        Put2(c, c00, c01, accumulate);
        Put2(c + cStride, c10, c11, accumulate);
        Put2(c + (2 * cStride), c20, c21, accumulate);
        Put2(c + (3 * cStride), c30, c31, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put2(T* c, TVector v0, TVector v1, bool accumulate)
    {
        if (accumulate)
        {
            v0 = TSimd.Add(v0, TSimd.Load(c));
            v1 = TSimd.Add(v1, TSimd.Load(c + TSimd.Count));
        }

        TSimd.Store(c, v0);
        TSimd.Store(c + TSimd.Count, v1);
    }
}
