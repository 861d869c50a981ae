using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// <c>A[i, k] = Σ_j t_j a_i(j) a_k(j)</c> for columns that are contiguous over j, in register blocks of four columns by
/// four, on and above the diagonal.
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
        var sums = stackalloc T[Block * Block * TSimd.Count];
        for (var i = count; i % Block != 0; i++)
            columns[i] = columns[count - 1];
        for (var i = 0; i < count; i += Block)
        {
            for (var r = 0; r < Block; r++)
                Weigh(weights, columns[i + r], length, weighted + (r * length));
            for (var k = i; k < count; k += Block)
            {
                LaneSums<T, TVector, TSimd>.Tile(
                    weighted, length, columns + k, length, sums, Block * TSimd.Count, accumulate: false);
                for (var r = 0; r < int.Min(Block, count - i); r++)
                {
                    for (var c = 0; c < int.Min(Block, count - k); c++)
                    {
                        var sum = double.CreateTruncating(
                            TSimd.Sum(TSimd.Load(sums + (((r * Block) + c) * TSimd.Count))));
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
}
