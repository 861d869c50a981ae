using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// What <see cref="TileArithmetic{T,TVector,TSimd,TDivergence}"/> does, for data of which some entries are missing:
/// what a missing entry would contribute is replaced by zero, never multiplied by it, because it may be NaN.
/// </summary>
internal static unsafe class ObservedArithmetic<T, TVector, TSimd, TDivergence>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TDivergence : struct, IDivergence<T>
{
    /// <summary>Copies a tile of V, with the fill in place of missing entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(in ObservedTile<T> source, T fill, T* tile, nint tileStride, nint rows, nint columns)
    {
        var missing = TSimd.Broadcast(fill);
        T* data = source.Data, weights = source.Weights;
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j += TSimd.Count)
            {
                var v = TSimd.Load(data + j);
                var weight = Weight(v, weights, j, TSimd.Broadcast(T.One));
                TSimd.Store(tile + j, TSimd.SelectLess(TSimd.Zero, weight, v, missing));
            }

            Next(source, ref data, ref weights);
            tile += tileStride;
        }
    }

    /// <summary>Replaces the model by m v y^(β-2), and writes m y^(β-1), with m the weight of the entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Parts(
        TDivergence divergence, T floor, in ObservedTile<T> source, T* model, T* positive, nint tileStride, nint rows,
        nint columns)
    {
        var least = TSimd.Broadcast(floor);
        T* data = source.Data, weights = source.Weights;
        for (nint i = 0; i < rows; i++)
        {
            var ofSample = TSimd.Broadcast(source.SampleWeights[i]);
            for (nint j = 0; j < columns; j += TSimd.Count)
            {
                var v = TSimd.Load(data + j);
                var y = TSimd.Max(least, TSimd.Load(model + j));
                var m = Weight(v, weights, j, ofSample);
                var power = divergence.Weight<TVector, TSimd>(y);
                var negativePart = TSimd.Multiply(m, divergence.Negative<TVector, TSimd>(v, y, power));
                var positivePart = TSimd.Multiply(m, divergence.Positive<TVector, TSimd>(y, power));
                TSimd.Store(model + j, TSimd.SelectLess(TSimd.Zero, m, negativePart, TSimd.Zero));
                TSimd.Store(positive + j, TSimd.SelectLess(TSimd.Zero, m, positivePart, TSimd.Zero));
            }

            Next(source, ref data, ref weights);
            model += tileStride;
            positive += tileStride;
        }
    }

    /// <summary>The weighted divergence of a tile. Rows are summed in the element type, the rows in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Value(
        TDivergence divergence, T floor, in ObservedTile<T> source, T* model, nint tileStride, nint rows, nint columns,
        T* tail)
    {
        var least = TSimd.Broadcast(floor);
        nint lanes = TSimd.Count;
        var whole = columns / lanes * lanes;
        double total = 0;
        T* data = source.Data, weights = source.Weights;
        for (nint i = 0; i < rows; i++)
        {
            var ofSample = TSimd.Broadcast(source.SampleWeights[i]);
            var sum = TSimd.Zero;
            nint j = 0;
            for (; j < whole; j += lanes)
                sum = TSimd.Add(sum, Term(divergence, least, data, weights, model, j, ofSample));
            var row = double.CreateTruncating(TSimd.Sum(sum));
            if (j < columns)
            {
                // Beyond the last feature stands whatever the next row or the padding holds:
                // those lanes are not summed.
                TSimd.Store(tail, Term(divergence, least, data, weights, model, j, ofSample));
                for (var lane = tail; j < columns; j++, lane++)
                    row += double.CreateTruncating(*lane);
            }

            total += row;
            Next(source, ref data, ref weights);
            model += tileStride;
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Term(
        TDivergence divergence, TVector least, T* data, T* weights, T* model, nint j, TVector ofSample)
    {
        var v = TSimd.Load(data + j);
        var m = Weight(v, weights, j, ofSample);
        var value = divergence.Value<TVector, TSimd>(v, TSimd.Max(least, TSimd.Load(model + j)));
        return TSimd.SelectLess(TSimd.Zero, m, TSimd.Multiply(m, value), TSimd.Zero);
    }

    // Zero where the entry is missing. Without weights only NaN is: it is the one value that
    // compares as less than nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Weight(TVector v, T* weights, nint j, TVector ofSample)
        => weights == null
            ? TSimd.SelectLess(v, TSimd.Broadcast(T.PositiveInfinity), ofSample, TSimd.Zero)
            : TSimd.Multiply(ofSample, TSimd.Load(weights + j));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Next(in ObservedTile<T> source, ref T* data, ref T* weights)
    {
        data += source.Stride;
        if (weights != null)
            weights += source.Stride;
    }
}
