using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>The inner loops over consecutive rows of sparse data, behind one virtual call per block of rows.</summary>
internal abstract unsafe class SparsePassKernel<T>(double beta)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Non-zeros treated together: their rows of the basis are read twice, the second time from the
    /// first-level cache, which also has room for the rows of the next chunk on their way. Sixteen was faster
    /// than 32 and 64 at ranks 20 and 200.
    /// </summary>
    protected const int Chunk = 16;

    protected static readonly T SmallestNormal =
        sizeof(T) == sizeof(float) ? T.CreateChecked(1.1754943508222875e-38) : T.CreateChecked(2.2250738585072014e-308);

    /// <summary>The model is never taken to be smaller than this, so that ratios stay finite: the same floor as
    /// for dense data.</summary>
    protected T Floor { get; } = ModelFloor.Of<T>(beta);

    protected double Beta { get; } = beta;

    /// <summary>
    /// β = 1: <c>negative[i] = Σ_j (v_ij / y_ij) basis[j]</c> over the non-zeros of row i.
    /// </summary>
    /// <returns>Σ (v log(v / y) - v) over the non-zeros of the rows, when asked for.</returns>
    public abstract double KullbackLeibler(in SparseSide<T> side, int from, int to, T* negative, bool withObjective);

    /// <summary>β = 2: <c>result[i] = Σ_j v_ij basis[j]</c>.</summary>
    public abstract void Product(in SparseSide<T> side, int from, int to, T* result);

    /// <summary><c>result[i] = Σ_k factor[i, k] square[k]</c> for a rank x rank matrix.</summary>
    public abstract void TimesSquare(T* factor, Matrix<T> square, int from, int to, T* result);

    /// <summary>Σ (v² / 2 - v y) over the non-zeros of the rows.</summary>
    public abstract double EuclideanDifference(in SparseSide<T> side, int from, int to);

    /// <summary>Any other β: both parts of the gradient over all cells of the rows, zeros included.</summary>
    /// <returns>The objective over all cells of the rows, when asked for.</returns>
    public abstract double AllCells(
        in SparseSide<T> side, int from, int to, T* negative, T* positive, bool withObjective);

    /// <summary>The kernel for a divergence and rows of a stride.</summary>
    public static SparsePassKernel<T> Create(double beta, nint stride)
        => RowWidth.Dispatch<T, Maker, SparsePassKernel<T>>(new(beta), stride);

    private readonly struct Maker(double beta) : ISimdVisitor<T, SparsePassKernel<T>>
    {
        public SparsePassKernel<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new SparsePassKernel<TVector, TSimd, T>(beta);
    }
}

/// <inheritdoc/>
internal unsafe partial class SparsePassKernel<TVector, TSimd, T>(double beta) : SparsePassKernel<T>(beta)
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Room for the last vector of a chunk whose length is not a whole number of vectors.
    private const int Slack = 16;

    private readonly SplitPower<T> _betaMinusTwo = new(beta - 2);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double KullbackLeibler(in SparseSide<T> side, int from, int to, T* negative, bool withObjective)
    {
        if (negative != null && ShortRows<TVector, TSimd, T>.Fit(side.Basis.Stride))
            return KullbackLeiblerOfShort(side, from, to, negative, withObjective);
        var rows = stackalloc T*[Chunk];
        var y = stackalloc T[Chunk + Slack];
        var floor = TSimd.Broadcast(Floor);
        long* starts = side.Starts, ends = side.Ends;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var stride = side.Basis.Stride;
        double objective = 0;
        for (var i = from; i < to; i++)
        {
            var x = side.Given + (i * stride);
            if (!side.Continues)
                Zero(negative, stride, i);
            for (var at = starts[i]; at < ends[i]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, ends[i] - at);
                Point(rows, side.Basis, indices, at, count, side.IsBand ? ends[i] : side.Data.NonZeros);
                FactorRows<TVector, TSimd, T>.Dots(x, rows, count, stride, y);

                // The last vector may reach beyond the row: the arrays have room, and the surplus lanes are never used.
                for (var j = 0; j < count; j += TSimd.Count)
                    TSimd.Store(y + j, TSimd.Divide(TSimd.Load(values + at + j), TSimd.Max(floor, TSimd.Load(y + j))));
                if (negative != null)
                    FactorRows<TVector, TSimd, T>.Combine(y, rows, count, stride, negative + (i * stride));
                if (withObjective)
                    objective += LogLikelihoodRatio(values + at, y, count);
            }
        }

        return objective;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Product(in SparseSide<T> side, int from, int to, T* result)
    {
        var rows = stackalloc T*[Chunk];
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var end = side.Data.NonZeros;
        var stride = side.Basis.Stride;
        var isShort = ShortRows<TVector, TSimd, T>.Fit(stride);
        for (var i = from; i < to; i++)
        {
            var sum = result + (i * stride);
            new Span<T>(sum, (int)stride).Clear();
            if (isShort)
            {
                ShortRows<TVector, TSimd, T>.Combine(
                    side.Basis, indices + starts[i], values + starts[i], starts[i + 1] - starts[i], end - starts[i],
                    sum);
                continue;
            }

            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                Point(rows, side.Basis, indices, at, count, end);
                FactorRows<TVector, TSimd, T>.Combine(values + at, rows, count, stride, sum);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void TimesSquare(T* factor, Matrix<T> square, int from, int to, T* result)
    {
        var rows = stackalloc T*[Chunk];
        var stride = square.Stride;
        new Span<T>(result + (from * stride), checked((int)((to - from) * stride))).Clear();
        for (var k = 0; k < square.Rows; k += Chunk)
        {
            var count = int.Min(Chunk, square.Rows - k);
            for (var j = 0; j < count; j++)
                rows[j] = square.Data + ((k + j) * stride);
            for (var i = from; i < to; i++)
                FactorRows<TVector, TSimd, T>.Combine(
                    factor + (i * stride) + k, rows, count, stride, result + (i * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double EuclideanDifference(in SparseSide<T> side, int from, int to)
    {
        var rows = stackalloc T*[Chunk];
        var y = stackalloc T[Chunk];
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var end = side.Data.NonZeros;
        var stride = side.Basis.Stride;
        double sum = 0;
        for (var i = from; i < to; i++)
        {
            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                Point(rows, side.Basis, indices, at, count, end);
                FactorRows<TVector, TSimd, T>.Dots(side.Given + (i * stride), rows, count, stride, y);
                for (var j = 0; j < count; j++)
                {
                    var v = double.CreateChecked(values[at + j]);
                    sum += v * ((0.5 * v) - double.CreateChecked(y[j]));
                }
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double AllCells(
        in SparseSide<T> side, int from, int to, T* negative, T* positive, bool withObjective)
    {
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var y = stackalloc T[Chunk + Slack];
        var power = stackalloc T[Chunk + Slack];
        var weights = stackalloc T[Chunk + Slack];
        var rows = stackalloc T*[Chunk];
        var occupied = stackalloc T*[Chunk];
        var stride = side.Basis.Stride;
        double objective = 0;
        for (var i = from; i < to; i++)
        {
            var at = starts[i];
            Zero(negative, stride, i);
            Zero(positive, stride, i);
            for (var f = 0; f < side.Basis.Rows; f += Chunk)
            {
                var count = int.Min(Chunk, side.Basis.Rows - f);
                for (var j = 0; j < count; j++)
                    rows[j] = side.Basis.Data + ((f + j) * stride);
                FactorRows<TVector, TSimd, T>.Dots(side.Given + (i * stride), rows, count, stride, y);
                Powers(y, power, count);
                var stored = 0;
                for (; at < starts[i + 1] && indices[at] < f + count; at++, stored++)
                {
                    var j = indices[at] - f;
                    weights[stored] = values[at] * power[j];
                    occupied[stored] = side.NegativeBasis.Data + ((f + j) * stride);
                    if (withObjective)
                        objective += StoredCell(double.CreateChecked(values[at]), double.CreateChecked(y[j]));
                }

                if (negative != null)
                    FactorRows<TVector, TSimd, T>.Combine(weights, occupied, stored, stride, negative + (i * stride));
                for (var j = 0; j < count; j++)
                    power[j] *= y[j];
                if (positive != null)
                {
                    for (var j = 0; j < count; j++)
                        rows[j] = side.PositiveBasis.Data + ((f + j) * stride);
                    FactorRows<TVector, TSimd, T>.Combine(power, rows, count, stride, positive + (i * stride));
                }

                if (withObjective)
                {
                    for (var j = 0; j < count; j++)
                        objective += double.CreateChecked(power[j]) * double.CreateChecked(y[j]) / Beta;
                }
            }
        }

        return objective;
    }

    // What a stored cell has more than the y^β / β that every cell has.
    private double StoredCell(double x, double y)
        => ((Math.Pow(x, Beta) / Beta) - (x * Math.Pow(y, Beta - 1))) / (Beta - 1);

    // y ← max(y, floor) and power = y^(β-2), whole vectors: the surplus lanes hold ones.
    private void Powers(T* y, T* power, int count)
    {
        for (var j = count; j < count + Slack; j++)
            y[j] = T.One;
        var floor = TSimd.Broadcast(Floor);
        for (var j = 0; j < count; j += TSimd.Count)
        {
            var value = TSimd.Max(floor, TSimd.Load(y + j));
            TSimd.Store(y + j, value);
            TSimd.Store(power + j, Beta == 3 ? value : VectorMath<T, TVector, TSimd>.Pow(value, _betaMinusTwo));
        }
    }

    // Σ v (log r - 1). A chunk is short enough to be summed in T: only the sum over chunks needs double.
    private static double LogLikelihoodRatio(T* values, T* ratios, int count)
    {
        var terms = stackalloc T[Chunk + Slack];
        var sum = TSimd.Zero;

        // A stored zero has ratio 0 and contributes nothing: 0 · log(smallest) instead of 0 · -∞.
        var smallest = TSimd.Broadcast(SmallestNormal);
        var one = TSimd.Broadcast(T.One);
        var j = 0;
        for (; j + TSimd.Count <= count; j += TSimd.Count)
        {
            var logarithm = VectorMath<T, TVector, TSimd>.Log(TSimd.Max(smallest, TSimd.Load(ratios + j)));
            sum = TSimd.MultiplyAdd(TSimd.Load(values + j), TSimd.Subtract(logarithm, one), sum);
        }

        var total = double.CreateTruncating(TSimd.Sum(sum));
        if (j < count)
        {
            var logarithm = VectorMath<T, TVector, TSimd>.Log(TSimd.Max(smallest, TSimd.Load(ratios + j)));
            TSimd.Store(terms, TSimd.Multiply(TSimd.Load(values + j), TSimd.Subtract(logarithm, one)));
            for (var lane = 0; j < count; j++, lane++)
                total += double.CreateTruncating(terms[lane]);
        }

        return total;
    }

    // Also asks for the rows of the next chunk, which may belong to the next row of the data.
    internal static void Point(T** rows, Matrix<T> basis, int* indices, long at, int count, long end)
    {
        var data = basis.Data;
        var stride = basis.Stride;
        for (var j = 0; j < count; j++)
            rows[j] = data + (indices[at + j] * stride);
        if (!Sse.IsSupported)
            return;
        var last = long.Min(end, at + count + Chunk);
        if (stride * sizeof(T) <= 128)
        {
            for (var next = at + count; next < last; next++)
            {
                var row = data + (indices[next] * stride);
                Sse.Prefetch0(row);
                Sse.Prefetch0((byte*)row + 64);
            }

            return;
        }

        for (var next = at + count; next < last; next++)
        {
            var row = (byte*)(data + (indices[next] * stride));
            for (nint line = 0; line < stride * sizeof(T); line += 64)
                Sse.Prefetch0(row + line);
        }
    }

    protected static void Zero(T* rows, nint stride, int row)
    {
        if (rows != null)
            new Span<T>(rows + (row * stride), (int)stride).Clear();
    }
}
