using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

// The register blocks one vector wide.
internal static unsafe partial class MicroKernel<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12x1(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero;
        TVector c10 = TSimd.Zero;
        TVector c20 = TSimd.Zero;
        TVector c30 = TSimd.Zero;
        TVector c40 = TSimd.Zero;
        TVector c50 = TSimd.Zero;
        TVector c60 = TSimd.Zero;
        TVector c70 = TSimd.Zero;
        TVector c80 = TSimd.Zero;
        TVector c90 = TSimd.Zero;
        TVector cA0 = TSimd.Zero;
        TVector cB0 = TSimd.Zero;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        var a4 = a + (4 * rowStride);
        var a8 = a + (8 * rowStride);
        for (; depth > 0; depth--)
        {
            TVector b0 = TSimd.Load(b);
            var x = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            x = TSimd.Broadcast(a[row2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            x = TSimd.Broadcast(a[row3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            x = TSimd.Broadcast(*a4);
            c40 = TSimd.MultiplyAdd(x, b0, c40);
            x = TSimd.Broadcast(a4[rowStride]);
            c50 = TSimd.MultiplyAdd(x, b0, c50);
            x = TSimd.Broadcast(a4[row2]);
            c60 = TSimd.MultiplyAdd(x, b0, c60);
            x = TSimd.Broadcast(a4[row3]);
            c70 = TSimd.MultiplyAdd(x, b0, c70);
            x = TSimd.Broadcast(*a8);
            c80 = TSimd.MultiplyAdd(x, b0, c80);
            x = TSimd.Broadcast(a8[rowStride]);
            c90 = TSimd.MultiplyAdd(x, b0, c90);
            x = TSimd.Broadcast(a8[row2]);
            cA0 = TSimd.MultiplyAdd(x, b0, cA0);
            x = TSimd.Broadcast(a8[row3]);
            cB0 = TSimd.MultiplyAdd(x, b0, cB0);
            b += bStride;
            a += depthStride;
            a4 += depthStride;
            a8 += depthStride;
        }

        Put1(c, c00, accumulate);
        Put1(c + cStride, c10, accumulate);
        Put1(c + (2 * cStride), c20, accumulate);
        Put1(c + (3 * cStride), c30, accumulate);
        Put1(c + (4 * cStride), c40, accumulate);
        Put1(c + (5 * cStride), c50, accumulate);
        Put1(c + (6 * cStride), c60, accumulate);
        Put1(c + (7 * cStride), c70, accumulate);
        Put1(c + (8 * cStride), c80, accumulate);
        Put1(c + (9 * cStride), c90, accumulate);
        Put1(c + (10 * cStride), cA0, accumulate);
        Put1(c + (11 * cStride), cB0, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x1(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero;
        TVector c10 = TSimd.Zero;
        TVector c20 = TSimd.Zero;
        TVector c30 = TSimd.Zero;
        nint row2 = 2 * rowStride, row3 = 3 * rowStride;
        for (; depth > 0; depth--)
        {
            TVector b0 = TSimd.Load(b);
            var x = TSimd.Broadcast(*a);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            x = TSimd.Broadcast(a[row2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            x = TSimd.Broadcast(a[row3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            b += bStride;
            a += depthStride;
        }

        Put1(c, c00, accumulate);
        Put1(c + cStride, c10, accumulate);
        Put1(c + (2 * cStride), c20, accumulate);
        Put1(c + (3 * cStride), c30, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put1(T* c, TVector v0, bool accumulate)
    {
        if (accumulate)
        {
            v0 = TSimd.Add(v0, TSimd.Load(c));
        }

        TSimd.Store(c, v0);
    }
}
