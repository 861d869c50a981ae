using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

// The register blocks three vectors wide: 8 x 3 for 32 vector registers (24 sums, 3 of B, 1 of A), 4 x 3 for 16.
internal static unsafe partial class MicroKernel<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x3(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero, c01 = TSimd.Zero, c02 = TSimd.Zero;
        TVector c10 = TSimd.Zero, c11 = TSimd.Zero, c12 = TSimd.Zero;
        TVector c20 = TSimd.Zero, c21 = TSimd.Zero, c22 = TSimd.Zero;
        TVector c30 = TSimd.Zero, c31 = TSimd.Zero, c32 = TSimd.Zero;
        TVector c40 = TSimd.Zero, c41 = TSimd.Zero, c42 = TSimd.Zero;
        TVector c50 = TSimd.Zero, c51 = TSimd.Zero, c52 = TSimd.Zero;
        TVector c60 = TSimd.Zero, c61 = TSimd.Zero, c62 = TSimd.Zero;
        TVector c70 = TSimd.Zero, c71 = TSimd.Zero, c72 = TSimd.Zero;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        var a4 = a + (4 * rowStride);
        for (; depth > 0; depth--)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Count), b2 = TSimd.Load(b + (2 * TSimd.Count));
            var x = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            c02 = TSimd.MultiplyAdd(x, b2, c02);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            c12 = TSimd.MultiplyAdd(x, b2, c12);
            x = TSimd.Broadcast(a[row2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            c22 = TSimd.MultiplyAdd(x, b2, c22);
            x = TSimd.Broadcast(a[row3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            c32 = TSimd.MultiplyAdd(x, b2, c32);
            x = TSimd.Broadcast(*a4);
            c40 = TSimd.MultiplyAdd(x, b0, c40);
            c41 = TSimd.MultiplyAdd(x, b1, c41);
            c42 = TSimd.MultiplyAdd(x, b2, c42);
            x = TSimd.Broadcast(a4[rowStride]);
            c50 = TSimd.MultiplyAdd(x, b0, c50);
            c51 = TSimd.MultiplyAdd(x, b1, c51);
            c52 = TSimd.MultiplyAdd(x, b2, c52);
            x = TSimd.Broadcast(a4[row2]);
            c60 = TSimd.MultiplyAdd(x, b0, c60);
            c61 = TSimd.MultiplyAdd(x, b1, c61);
            c62 = TSimd.MultiplyAdd(x, b2, c62);
            x = TSimd.Broadcast(a4[row3]);
            c70 = TSimd.MultiplyAdd(x, b0, c70);
            c71 = TSimd.MultiplyAdd(x, b1, c71);
            c72 = TSimd.MultiplyAdd(x, b2, c72);
            b += bStride;
            a += depthStride;
            a4 += depthStride;
        }

        Put3(c, c00, c01, c02, accumulate);
        Put3(c + cStride, c10, c11, c12, accumulate);
        Put3(c + (2 * cStride), c20, c21, c22, accumulate);
        Put3(c + (3 * cStride), c30, c31, c32, accumulate);
        Put3(c + (4 * cStride), c40, c41, c42, accumulate);
        Put3(c + (5 * cStride), c50, c51, c52, accumulate);
        Put3(c + (6 * cStride), c60, c61, c62, accumulate);
        Put3(c + (7 * cStride), c70, c71, c72, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x3(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero, c01 = TSimd.Zero, c02 = TSimd.Zero;
        TVector c10 = TSimd.Zero, c11 = TSimd.Zero, c12 = TSimd.Zero;
        TVector c20 = TSimd.Zero, c21 = TSimd.Zero, c22 = TSimd.Zero;
        TVector c30 = TSimd.Zero, c31 = TSimd.Zero, c32 = TSimd.Zero;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        for (; depth > 0; depth--)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Count), b2 = TSimd.Load(b + (2 * TSimd.Count));
            var x = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            c02 = TSimd.MultiplyAdd(x, b2, c02);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            c12 = TSimd.MultiplyAdd(x, b2, c12);
            x = TSimd.Broadcast(a[row2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            c22 = TSimd.MultiplyAdd(x, b2, c22);
            x = TSimd.Broadcast(a[row3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            c32 = TSimd.MultiplyAdd(x, b2, c32);
            b += bStride;
            a += depthStride;
        }

        Put3(c, c00, c01, c02, accumulate);
        Put3(c + cStride, c10, c11, c12, accumulate);
        Put3(c + (2 * cStride), c20, c21, c22, accumulate);
        Put3(c + (3 * cStride), c30, c31, c32, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put3(T* c, TVector v0, TVector v1, TVector v2, bool accumulate)
    {
        if (accumulate)
        {
            v0 = TSimd.Add(v0, TSimd.Load(c));
            v1 = TSimd.Add(v1, TSimd.Load(c + TSimd.Count));
            v2 = TSimd.Add(v2, TSimd.Load(c + (2 * TSimd.Count)));
        }

        TSimd.Store(c, v0);
        TSimd.Store(c + TSimd.Count, v1);
        TSimd.Store(c + (2 * TSimd.Count), v2);
    }
}
