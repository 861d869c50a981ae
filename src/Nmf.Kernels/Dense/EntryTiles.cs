using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>A divergence that works entry by entry, on vectors.</summary>
/// <remarks>
/// Rows are walked in whole vectors. The last one may read past the tile: what it computes there is never used, and
/// <see cref="Matrix{T}"/> keeps the memory behind its last row readable.
/// </remarks>
internal readonly unsafe struct EntryTiles<T, TVector, TSimd, TDivergence>(TDivergence divergence) : ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TDivergence : struct, IDivergence<TVector>
{
    public static PositivePart PositivePart => TDivergence.PositivePart;

    public void Copy(in DataTile<T> data, T* tile, nint tileStride, nint rows, nint columns)
        => TileArithmetic<T, TVector, TSimd>.Copy(data.Data, data.Stride, tile, tileStride, rows, columns);

    public void Parts(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns)
        => Parts(
            divergence, floor, data.Data, data.Stride, scratch.Negative, scratch.Positive, tileStride, rows,
            columns);

    public double Value(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns)
        => Value(
            divergence, floor, data.Data, data.Stride, scratch.Negative, tileStride, rows, columns, scratch.Tail);

    // v y^(β-2) takes the place of the model, and y^(β-1) is written where the divergence needs it.
    //
    // Max(least, y) and not Max(y, least): a model that is NaN stays NaN and is found by whoever looks at the result.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Parts(
        TDivergence divergence, T floor, T* data, nint dataStride, T* model, T* positive, nint tileStride,
        nint rows, nint columns)
    {
        var least = TSimd.Broadcast(floor);
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j += TSimd.Count)
            {
                var y = TSimd.Max(least, TSimd.Load(model + j));
                var weight = divergence.Weight(y);
                TSimd.Store(model + j, divergence.Negative(TSimd.Load(data + j), y, weight));
                if (TDivergence.PositivePart == PositivePart.Product)
                    TSimd.Store(positive + j, divergence.Positive(y, weight));
            }

            data += dataStride;
            model += tileStride;
            positive += tileStride;
        }
    }

    // All terms are nonnegative: rows are summed in the element type, the rows in double.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Value(
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
                sum = TSimd.Add(sum, divergence.Value(TSimd.Load(data + j), y));
            }

            if (whole < columns)
            {
                // Beyond the last feature y = 1 and v is what gives 0, for most divergences 1.
                T* v = tail, y = tail + lanes;
                TSimd.Store(v, VectorMath<T, TVector, TSimd>.Constant(TDivergence.NeutralDatum));
                TSimd.Store(y, TSimd.Broadcast(T.One));
                for (var j = whole; j < columns; j++)
                    (v[j - whole], y[j - whole]) = (data[j], model[j]);
                sum = TSimd.Add(sum, divergence.Value(TSimd.Load(v), TSimd.Max(least, TSimd.Load(y))));
            }

            total += double.CreateTruncating(TSimd.Sum(sum));
            data += dataStride;
            model += tileStride;
        }

        return total;
    }
}
