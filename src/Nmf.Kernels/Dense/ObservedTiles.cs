using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// A divergence over the observed entries only: what a missing entry would contribute is replaced by zero, never
/// multiplied by it, because it may be NaN. Whatever the divergence, both parts of the gradient are products: with a
/// mask neither the column sums of β = 1 nor the Gram matrix of β = 2 are the positive part.
/// </summary>
/// <param name="divergence">The divergence.</param>
/// <param name="fill">What a missing entry counts as in a copy.</param>
internal readonly unsafe struct ObservedTiles<T, TVector, TSimd, TDivergence>(TDivergence divergence, T fill)
    : ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TDivergence : struct, IDivergence<TVector>
{
    public static PositivePart PositivePart => PositivePart.Product;

    public void Copy(in DataTile<T> data, T* tile, nint tileStride, nint rows, nint columns)
        => Copy(data, fill, tile, tileStride, rows, columns);

    public void Parts(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns)
        => Parts(divergence, floor, data, scratch.Negative, scratch.Positive, tileStride, rows, columns);

    public double Value(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns)
        => Value(divergence, floor, data, scratch.Negative, tileStride, rows, columns, scratch.Tail);

    // With the fill in place of missing entries.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(in DataTile<T> source, T fill, T* tile, nint tileStride, nint rows, nint columns)
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

    // m v y^(β-2) and m y^(β-1), with m the weight of the entry.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Parts(
        TDivergence divergence, T floor, in DataTile<T> source, T* model, T* positive, nint tileStride, nint rows,
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
                var power = divergence.Weight(y);
                var negativePart = TSimd.Multiply(m, divergence.Negative(v, y, power));
                var positivePart = TSimd.Multiply(m, divergence.Positive(y, power));
                TSimd.Store(model + j, TSimd.SelectLess(TSimd.Zero, m, negativePart, TSimd.Zero));
                TSimd.Store(positive + j, TSimd.SelectLess(TSimd.Zero, m, positivePart, TSimd.Zero));
            }

            Next(source, ref data, ref weights);
            model += tileStride;
            positive += tileStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Value(
        TDivergence divergence, T floor, in DataTile<T> source, T* model, nint tileStride, nint rows, nint columns,
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
        var value = divergence.Value(v, TSimd.Max(least, TSimd.Load(model + j)));
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
    private static void Next(in DataTile<T> source, ref T* data, ref T* weights)
    {
        data += source.Stride;
        if (weights != null)
            weights += source.Stride;
    }
}
