using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// <c>A[i, k] = Σ_j t_j a_i(j) a_k(j)</c> for columns that are contiguous over j, in register blocks of four columns by
/// four (by two where there are 16 registers), on and above the diagonal.
/// </summary>
internal static unsafe class WeightedGram<TVector, TSimd, T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Columns of a block. Lists of columns have room to be filled up to a multiple of it.</summary>
    public const int Block = 4;

    /// <summary>Computes A, both triangles.</summary>
    /// <param name="weights">t, of the given length.</param>
    /// <param name="columns">The columns; behind the last there is room for three more pointers.</param>
    /// <param name="count">Number of columns.</param>
    /// <param name="length">Whole vectors.</param>
    /// <param name="weighted">Room for four columns.</param>
    /// <param name="matrix">Receives A.</param>
    /// <param name="stride">Distance between rows of A.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(T* weights, T** columns, int count, nint length, T* weighted, double* matrix, int stride)
    {
        var sums = stackalloc T[Block * Block];
        for (var i = count; i % Block != 0; i++)
            columns[i] = columns[count - 1];
        for (var i = 0; i < count; i += Block)
        {
            for (var r = 0; r < Block; r++)
                Weigh(weights, columns[i + r], length, weighted + (r * length));
            for (var k = i; k < count; k += Block)
            {
                if (VectorRegisters.AreThirtyTwo)
                {
                    Tile4x4(weighted, columns + k, length, sums);
                }
                else
                {
                    Tile4x2(weighted, columns[k], columns[k + 1], length, sums);
                    Tile4x2(weighted, columns[k + 2], columns[k + 3], length, sums + 2);
                }

                for (var r = 0; r < int.Min(Block, count - i); r++)
                {
                    for (var c = 0; c < int.Min(Block, count - k); c++)
                    {
                        var sum = double.CreateTruncating(sums[(r * Block) + c]);
                        matrix[((nint)(i + r) * stride) + k + c] = sum;
                        matrix[((nint)(k + c) * stride) + i + r] = sum;
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(T* weights, T* column, nint length, T* result)
    {
        for (nint j = 0; j < length; j += TSimd.Count)
            TSimd.Store(result + j, TSimd.Multiply(TSimd.Load(weights + j), TSimd.Load(column + j)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x4(T* weighted, T** columns, nint length, T* sums)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero;
        T* c0 = columns[0], c1 = columns[1], c2 = columns[2], c3 = columns[3];
        T* w1 = weighted + length, w2 = w1 + length, w3 = w2 + length;
        for (nint j = 0; j < length; j += TSimd.Count)
        {
            TVector x0 = TSimd.Load(c0 + j), x1 = TSimd.Load(c1 + j), x2 = TSimd.Load(c2 + j), x3 = TSimd.Load(c3 + j);
            var y = TSimd.Load(weighted + j);
            s00 = TSimd.MultiplyAdd(y, x0, s00);
            s01 = TSimd.MultiplyAdd(y, x1, s01);
            s02 = TSimd.MultiplyAdd(y, x2, s02);
            s03 = TSimd.MultiplyAdd(y, x3, s03);
            y = TSimd.Load(w1 + j);
            s10 = TSimd.MultiplyAdd(y, x0, s10);
            s11 = TSimd.MultiplyAdd(y, x1, s11);
            s12 = TSimd.MultiplyAdd(y, x2, s12);
            s13 = TSimd.MultiplyAdd(y, x3, s13);
            y = TSimd.Load(w2 + j);
            s20 = TSimd.MultiplyAdd(y, x0, s20);
            s21 = TSimd.MultiplyAdd(y, x1, s21);
            s22 = TSimd.MultiplyAdd(y, x2, s22);
            s23 = TSimd.MultiplyAdd(y, x3, s23);
            y = TSimd.Load(w3 + j);
            s30 = TSimd.MultiplyAdd(y, x0, s30);
            s31 = TSimd.MultiplyAdd(y, x1, s31);
            s32 = TSimd.MultiplyAdd(y, x2, s32);
            s33 = TSimd.MultiplyAdd(y, x3, s33);
        }

        sums[0] = TSimd.Sum(s00);
        sums[1] = TSimd.Sum(s01);
        sums[2] = TSimd.Sum(s02);
        sums[3] = TSimd.Sum(s03);
        sums[4] = TSimd.Sum(s10);
        sums[5] = TSimd.Sum(s11);
        sums[6] = TSimd.Sum(s12);
        sums[7] = TSimd.Sum(s13);
        sums[8] = TSimd.Sum(s20);
        sums[9] = TSimd.Sum(s21);
        sums[10] = TSimd.Sum(s22);
        sums[11] = TSimd.Sum(s23);
        sums[12] = TSimd.Sum(s30);
        sums[13] = TSimd.Sum(s31);
        sums[14] = TSimd.Sum(s32);
        sums[15] = TSimd.Sum(s33);
    }

    // The same sums in the same order, two columns at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(T* weighted, T* c0, T* c1, nint length, T* sums)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s30 = TSimd.Zero, s31 = TSimd.Zero;
        T* w1 = weighted + length, w2 = w1 + length, w3 = w2 + length;
        for (nint j = 0; j < length; j += TSimd.Count)
        {
            TVector x0 = TSimd.Load(c0 + j), x1 = TSimd.Load(c1 + j);
            var y = TSimd.Load(weighted + j);
            s00 = TSimd.MultiplyAdd(y, x0, s00);
            s01 = TSimd.MultiplyAdd(y, x1, s01);
            y = TSimd.Load(w1 + j);
            s10 = TSimd.MultiplyAdd(y, x0, s10);
            s11 = TSimd.MultiplyAdd(y, x1, s11);
            y = TSimd.Load(w2 + j);
            s20 = TSimd.MultiplyAdd(y, x0, s20);
            s21 = TSimd.MultiplyAdd(y, x1, s21);
            y = TSimd.Load(w3 + j);
            s30 = TSimd.MultiplyAdd(y, x0, s30);
            s31 = TSimd.MultiplyAdd(y, x1, s31);
        }

        sums[0] = TSimd.Sum(s00);
        sums[1] = TSimd.Sum(s01);
        sums[Block] = TSimd.Sum(s10);
        sums[Block + 1] = TSimd.Sum(s11);
        sums[2 * Block] = TSimd.Sum(s20);
        sums[(2 * Block) + 1] = TSimd.Sum(s21);
        sums[3 * Block] = TSimd.Sum(s30);
        sums[(3 * Block) + 1] = TSimd.Sum(s31);
    }
}
