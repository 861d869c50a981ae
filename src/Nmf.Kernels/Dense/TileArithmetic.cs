using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// The entry-by-entry work on one tile: data are read from V, the model and what replaces it are in scratch that stays
/// in the first-level cache.
/// </summary>
/// <remarks>
/// Rows are walked in whole vectors. The last one may read past the tile: what it computes there is never used, and
/// <see cref="Matrix{T}"/> keeps the memory behind its last row readable.
/// </remarks>
internal static unsafe class TileArithmetic<T, TVector, TSimd, TDivergence>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TDivergence : struct, IDivergence<T>
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

    // Max(least, y) and not Max(y, least): a model that is NaN stays NaN and is found by whoever looks at the result.

    /// <summary>Replaces the model by v y^(β-2) and, where the divergence needs it, writes y^(β-1).</summary>
    /// <remarks>
    /// Asks for one cache line of the tile that comes next with every line that it works on: all lines at once,
    /// before the tile is needed, would wait for each other in the queue of misses, longer than the products last
    /// when there are few components.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Parts(
        TDivergence divergence, T floor, T* data, nint dataStride, nint next, T* model, T* positive, nint tileStride,
        nint rows, nint columns)
    {
        var least = TSimd.Broadcast(floor);
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j += TSimd.Count)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(data + next + j);
                var y = TSimd.Max(least, TSimd.Load(model + j));
                var weight = divergence.Weight<TVector, TSimd>(y);
                TSimd.Store(model + j, divergence.Negative<TVector, TSimd>(TSimd.Load(data + j), y, weight));
                if (TDivergence.PositivePart == PositivePart.Product)
                    TSimd.Store(positive + j, divergence.Positive<TVector, TSimd>(y, weight));
            }

            data += dataStride;
            model += tileStride;
            positive += tileStride;
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

    /// <summary>The divergence of a tile. Rows are summed in the element type (all terms are nonnegative), the
    /// rows in double.</summary>
    /// <param name="divergence">The divergence.</param>
    /// <param name="floor">Least value of the model.</param>
    /// <param name="data">V at the tile.</param>
    /// <param name="dataStride">Distance between rows of V.</param>
    /// <param name="model">Y of the tile.</param>
    /// <param name="tileStride">Distance between rows of the tile.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="tail">Two vectors of scratch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Value(
        TDivergence divergence, T floor, T* data, nint dataStride, T* model, nint tileStride, nint rows, nint columns,
        T* tail)
    {
        var least = TSimd.Broadcast(floor);
        nint lanes = TSimd.Count;
        var whole = columns / lanes * lanes;
        double total = 0;
        for (nint i = 0; i < rows; i++)
        {
            var sum = TSimd.Zero;
            for (nint j = 0; j < whole; j += lanes)
            {
                var y = TSimd.Max(least, TSimd.Load(model + j));
                sum = TSimd.Add(sum, divergence.Value<TVector, TSimd>(TSimd.Load(data + j), y));
            }

            if (whole < columns)
            {
                // Beyond the last feature y = 1 and v is what gives 0, for most divergences 1.
                T* v = tail, y = tail + lanes;
                TSimd.Store(v, VectorMath<T, TVector, TSimd>.Constant(TDivergence.NeutralDatum));
                TSimd.Store(y, TSimd.Broadcast(T.One));
                for (var j = whole; j < columns; j++)
                    (v[j - whole], y[j - whole]) = (data[j], model[j]);
                sum = TSimd.Add(sum, divergence.Value<TVector, TSimd>(TSimd.Load(v), TSimd.Max(least, TSimd.Load(y))));
            }

            total += double.CreateTruncating(TSimd.Sum(sum));
            data += dataStride;
            model += tileStride;
        }

        return total;
    }

    /// <summary>Asks for a tile of V before it is needed: its rows are too short for the hardware
    /// to guess them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prefetch(T* data, nint dataStride, nint rows, nint columns)
    {
        const int CacheLine = 64;
        if (!Sse.IsSupported)
            return;
        var step = CacheLine / sizeof(T);
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j += step)
                Sse.Prefetch0(data + j);
            data += dataStride;
        }
    }
}
