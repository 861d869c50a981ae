using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>Column sums of packed factor rows: within a tile in the element type, across tiles in double.</summary>
internal static unsafe class RowSums<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    /// <summary>Sums the rows of one tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(T* rows, nint count, nint stride, T* sums)
    {
        for (nint k = 0; k < stride; k += TSimd.Count)
        {
            var sum = TSimd.Zero;
            for (nint i = 0; i < count; i++)
                sum = TSimd.Add(sum, TSimd.Load(rows + (i * stride) + k));
            TSimd.Store(sums + k, sum);
        }
    }

    /// <summary>Sums the sums of all tiles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Total(T* tileSums, nint tiles, nint stride, T* sums)
    {
        for (nint k = 0; k < stride; k++)
        {
            double sum = 0;
            for (nint i = 0; i < tiles; i++)
                sum += double.CreateTruncating(tileSums[(i * stride) + k]);
            sums[k] = T.CreateTruncating(sum);
        }
    }
}
