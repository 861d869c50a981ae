using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// <c>C += A Bᵀ</c> where both operands have the summed index side by side: sums are kept lane by lane and only added
/// up at the end. A few columns of C cost what they are, where <see cref="MicroKernel{T,TVector,TSimd}"/> would
/// compute a whole vector of them.
/// </summary>
internal static unsafe class LaneSums<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    /// <summary>Adds the products of one tile.</summary>
    /// <param name="a">A, rows x depth, row-major.</param>
    /// <param name="aStride">Distance between rows of A.</param>
    /// <param name="b">B, columns x depth, row-major; zero beyond the depth, up to whole vectors.</param>
    /// <param name="bStride">Distance between rows of B.</param>
    /// <param name="depth">Number of terms.</param>
    /// <param name="sums">Lane sums, rows x columns x lanes.</param>
    /// <param name="rows">Rows, a multiple of <see cref="DenseCut.RowQuantum"/>.</param>
    /// <param name="columns">Columns, a multiple of <see cref="DenseCut.RowQuantum"/>.</param>
    /// <param name="accumulate">Whether to add to the sums instead of overwriting them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        T* a, nint aStride, T* b, nint bStride, nint depth, T* sums, nint rows, nint columns, bool accumulate)
    {
        var sumStride = columns * TSimd.Count;
        var ofTile = stackalloc T*[4];
        for (nint i = 0; i < rows; i += 4)
        {
            for (nint j = 0; j < columns; j += 4)
            {
                for (nint k = 0; k < 4; k++)
                    ofTile[k] = b + ((j + k) * bStride);
                Tile(
                    a + (i * aStride), aStride, ofTile, depth, sums + (i * sumStride) + (j * TSimd.Count), sumStride,
                    accumulate);
            }
        }
    }

    /// <summary>Adds the products of four rows of A and four of B, which may stand anywhere.</summary>
    /// <param name="a">Four rows of A.</param>
    /// <param name="aStride">Distance between them.</param>
    /// <param name="b">Four rows of B.</param>
    /// <param name="depth">Number of terms.</param>
    /// <param name="sums">Lane sums, four rows.</param>
    /// <param name="sumStride">Distance between them.</param>
    /// <param name="accumulate">Whether to add to the sums instead of overwriting them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tile(T* a, nint aStride, T** b, nint depth, T* sums, nint sumStride, bool accumulate)
    {
        if (VectorRegisters.AreThirtyTwo)
        {
            Tile4x4(a, aStride, b, depth, sums, sumStride, accumulate);
        }
        else
        {
            Tile4x2(a, aStride, b[0], b[1], depth, sums, sumStride, accumulate);
            Tile4x2(a, aStride, b[2], b[3], depth, sums + (2 * TSimd.Count), sumStride, accumulate);
        }
    }

    /// <summary>Adds up the lanes.</summary>
    /// <param name="sums">Lane sums, rows x columns x lanes.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns of the lane sums.</param>
    /// <param name="result">Receives rows x used columns.</param>
    /// <param name="resultStride">Distance between rows of the result.</param>
    /// <param name="used">Columns that are wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(T* sums, nint rows, nint columns, T* result, nint resultStride, nint used)
    {
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < used; j++)
                result[j] = TSimd.Sum(TSimd.Load(sums + (j * TSimd.Count)));
            sums += columns * TSimd.Count;
            result += resultStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x4(
        T* a, nint aStride, T** b, nint depth, T* sums, nint sumStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero, c01 = TSimd.Zero, c02 = TSimd.Zero, c03 = TSimd.Zero;
        TVector c10 = TSimd.Zero, c11 = TSimd.Zero, c12 = TSimd.Zero, c13 = TSimd.Zero;
        TVector c20 = TSimd.Zero, c21 = TSimd.Zero, c22 = TSimd.Zero, c23 = TSimd.Zero;
        TVector c30 = TSimd.Zero, c31 = TSimd.Zero, c32 = TSimd.Zero, c33 = TSimd.Zero;
        T* a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
        T* b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
        for (nint i = 0; i < depth; i += TSimd.Count)
        {
            TVector y0 = TSimd.Load(b0 + i), y1 = TSimd.Load(b1 + i), y2 = TSimd.Load(b2 + i), y3 = TSimd.Load(b3 + i);
            var x = TSimd.Load(a + i);
            c00 = TSimd.MultiplyAdd(x, y0, c00);
            c01 = TSimd.MultiplyAdd(x, y1, c01);
            c02 = TSimd.MultiplyAdd(x, y2, c02);
            c03 = TSimd.MultiplyAdd(x, y3, c03);
            x = TSimd.Load(a1 + i);
            c10 = TSimd.MultiplyAdd(x, y0, c10);
            c11 = TSimd.MultiplyAdd(x, y1, c11);
            c12 = TSimd.MultiplyAdd(x, y2, c12);
            c13 = TSimd.MultiplyAdd(x, y3, c13);
            x = TSimd.Load(a2 + i);
            c20 = TSimd.MultiplyAdd(x, y0, c20);
            c21 = TSimd.MultiplyAdd(x, y1, c21);
            c22 = TSimd.MultiplyAdd(x, y2, c22);
            c23 = TSimd.MultiplyAdd(x, y3, c23);
            x = TSimd.Load(a3 + i);
            c30 = TSimd.MultiplyAdd(x, y0, c30);
            c31 = TSimd.MultiplyAdd(x, y1, c31);
            c32 = TSimd.MultiplyAdd(x, y2, c32);
            c33 = TSimd.MultiplyAdd(x, y3, c33);
        }

        Put4(sums, c00, c01, c02, c03, accumulate);
        Put4(sums + sumStride, c10, c11, c12, c13, accumulate);
        Put4(sums + (2 * sumStride), c20, c21, c22, c23, accumulate);
        Put4(sums + (3 * sumStride), c30, c31, c32, c33, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(
        T* a, nint aStride, T* b0, T* b1, nint depth, T* sums, nint sumStride, bool accumulate)
    {
        TVector c00 = TSimd.Zero, c01 = TSimd.Zero;
        TVector c10 = TSimd.Zero, c11 = TSimd.Zero;
        TVector c20 = TSimd.Zero, c21 = TSimd.Zero;
        TVector c30 = TSimd.Zero, c31 = TSimd.Zero;
        T* a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
        for (nint i = 0; i < depth; i += TSimd.Count)
        {
            TVector y0 = TSimd.Load(b0 + i), y1 = TSimd.Load(b1 + i);
            var x = TSimd.Load(a + i);
            c00 = TSimd.MultiplyAdd(x, y0, c00);
            c01 = TSimd.MultiplyAdd(x, y1, c01);
            x = TSimd.Load(a1 + i);
            c10 = TSimd.MultiplyAdd(x, y0, c10);
            c11 = TSimd.MultiplyAdd(x, y1, c11);
            x = TSimd.Load(a2 + i);
            c20 = TSimd.MultiplyAdd(x, y0, c20);
            c21 = TSimd.MultiplyAdd(x, y1, c21);
            x = TSimd.Load(a3 + i);
            c30 = TSimd.MultiplyAdd(x, y0, c30);
            c31 = TSimd.MultiplyAdd(x, y1, c31);
        }

        Put2(sums, c00, c01, accumulate);
        Put2(sums + sumStride, c10, c11, accumulate);
        Put2(sums + (2 * sumStride), c20, c21, accumulate);
        Put2(sums + (3 * sumStride), c30, c31, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put4(T* c, TVector v0, TVector v1, TVector v2, TVector v3, bool accumulate)
    {
        if (accumulate)
        {
            v0 = TSimd.Add(v0, TSimd.Load(c));
            v1 = TSimd.Add(v1, TSimd.Load(c + TSimd.Count));
            v2 = TSimd.Add(v2, TSimd.Load(c + (2 * TSimd.Count)));
            v3 = TSimd.Add(v3, TSimd.Load(c + (3 * TSimd.Count)));
        }

        TSimd.Store(c, v0);
        TSimd.Store(c + TSimd.Count, v1);
        TSimd.Store(c + (2 * TSimd.Count), v2);
        TSimd.Store(c + (3 * TSimd.Count), v3);
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
