using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// What is done with a tile whatever the divergence: copied, cleaned behind its last column.
/// </summary>
/// <remarks>
/// Rows are walked in whole vectors. The last one may read past the tile: what it computes there is never used, and
/// <see cref="Matrix{T}"/> keeps the memory behind its last row readable.
/// </remarks>
internal static unsafe class TileArithmetic<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    /// <summary>Copies a tile of V to scratch, where the micro-kernel may read whole register blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(T* data, nint dataStride, T* tile, nint tileStride, nint rows, nint columns)
    {
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j += TSimd.Count)
                TSimd.Store(tile + j, TSimd.Load(data + j));
            data += dataStride;
            tile += tileStride;
        }
    }

    /// <summary>Clears what the last vector of each row computed beyond the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ClearTail(T* tile, nint tileStride, nint rows, nint columns)
    {
        nint lanes = TSimd.Count;
        var end = (columns + lanes - 1) / lanes * lanes;
        for (nint i = 0; i < rows; i++)
            for (var j = columns; j < end; j++)
                tile[(i * tileStride) + j] = T.Zero;
    }
}
