using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>One side of a pass: which data, which factor is given row by row, which factor its rows are combined from.</summary>
/// <remarks>For the activations: rows of V, H given, W the basis. For the dictionary: rows of Vᵀ, W given, H the basis.</remarks>
internal readonly record struct SparseSide<T>(SparseMatrix<T> Data, Matrix<T> Given, Matrix<T> Basis)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>The inner loops over consecutive rows of sparse data, behind one virtual call per block of rows.</summary>
internal abstract unsafe class SparsePassKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Non-zeros treated together: their rows of the basis are read twice, the second time from the first-level cache.</summary>
    protected const int Chunk = 32;

    /// <summary>The model is never taken to be smaller than this, so that ratios stay finite.</summary>
    public static T Floor => T.CreateChecked(1e-16);

    /// <summary>
    /// β = 1: <c>negative[i] = Σ_j (v_ij / y_ij) basis[j]</c> over the non-zeros of row i.
    /// </summary>
    /// <returns>Σ (v log(v / y) - v) over the non-zeros of the rows, when asked for.</returns>
    public abstract double KullbackLeibler(in SparseSide<T> side, int from, int to, Matrix<T>? negative, bool withObjective);

    /// <summary>β = 2: <c>result[i] = Σ_j v_ij basis[j]</c>.</summary>
    public abstract void Product(in SparseSide<T> side, int from, int to, Matrix<T> result);

    /// <summary><c>result[i] = Σ_k factor[i, k] square[k]</c> for a rank x rank matrix.</summary>
    public abstract void TimesSquare(Matrix<T> factor, Matrix<T> square, int from, int to, Matrix<T> result);

    /// <summary>Σ (v² / 2 - v y) over the non-zeros of the rows.</summary>
    public abstract double EuclideanDifference(in SparseSide<T> side, int from, int to);

    /// <summary>Any other β: both parts of the gradient over all cells of the rows, zeros included.</summary>
    /// <returns>The objective over all cells of the rows, when asked for.</returns>
    public abstract double AllCells(in SparseSide<T> side, int from, int to, double beta, Matrix<T>? negative, Matrix<T>? positive, bool withObjective);

    /// <summary>The kernel for rows of a stride.</summary>
    public static SparsePassKernel<T> ForStride(nint stride) => RowWidth.Dispatch<T, Maker, SparsePassKernel<T>>(default, stride);

    private readonly struct Maker : ISimdVisitor<T, SparsePassKernel<T>>
    {
        public SparsePassKernel<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new SparsePassKernel<TVector, TSimd, T>();
    }
}

/// <inheritdoc/>
internal sealed unsafe class SparsePassKernel<TVector, TSimd, T> : SparsePassKernel<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Room for the last vector of a chunk whose length is not a whole number of vectors.
    private const int Slack = 16;

    public override double KullbackLeibler(in SparseSide<T> side, int from, int to, Matrix<T>? negative, bool withObjective)
    {
        var rows = stackalloc T*[Chunk];
        var y = stackalloc T[Chunk + Slack];
        var floor = TSimd.Broadcast(Floor);
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var stride = side.Given.Stride;
        double objective = 0;
        for (var i = from; i < to; i++)
        {
            var x = side.Given.Data + (i * stride);
            Zero(negative, i);
            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                Point(rows, side.Basis, indices + at, count);
                FactorRows<TVector, TSimd, T>.Dots(x, rows, count, stride, y);

                // The last vector may reach beyond the row: the arrays have room, and the surplus lanes are never used.
                for (var j = 0; j < count; j += TSimd.Count)
                    TSimd.Store(y + j, TSimd.Divide(TSimd.Load(values + at + j), TSimd.Max(TSimd.Load(y + j), floor)));
                if (negative is not null)
                    FactorRows<TVector, TSimd, T>.Combine(y, rows, count, stride, negative.Data + (i * stride));
                if (withObjective)
                    objective += LogLikelihoodRatio(values + at, y, count);
            }
        }

        return objective;
    }

    public override void Product(in SparseSide<T> side, int from, int to, Matrix<T> result)
    {
        var rows = stackalloc T*[Chunk];
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var stride = result.Stride;
        for (var i = from; i < to; i++)
        {
            var sum = result.Data + (i * stride);
            new Span<T>(sum, (int)stride).Clear();
            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                Point(rows, side.Basis, indices + at, count);
                FactorRows<TVector, TSimd, T>.Combine(values + at, rows, count, stride, sum);
            }
        }
    }

    public override void TimesSquare(Matrix<T> factor, Matrix<T> square, int from, int to, Matrix<T> result)
    {
        var rows = stackalloc T*[Chunk];
        var stride = result.Stride;
        new Span<T>(result.Data + (from * stride), checked((int)((to - from) * stride))).Clear();
        for (var k = 0; k < square.Rows; k += Chunk)
        {
            var count = int.Min(Chunk, square.Rows - k);
            for (var j = 0; j < count; j++)
                rows[j] = square.Data + ((k + j) * stride);
            for (var i = from; i < to; i++)
                FactorRows<TVector, TSimd, T>.Combine(factor.Data + (i * stride) + k, rows, count, stride, result.Data + (i * stride));
        }
    }

    public override double EuclideanDifference(in SparseSide<T> side, int from, int to)
    {
        var rows = stackalloc T*[Chunk];
        var y = stackalloc T[Chunk];
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var stride = side.Given.Stride;
        double sum = 0;
        for (var i = from; i < to; i++)
        {
            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                Point(rows, side.Basis, indices + at, count);
                FactorRows<TVector, TSimd, T>.Dots(side.Given.Data + (i * stride), rows, count, stride, y);
                for (var j = 0; j < count; j++)
                {
                    var v = double.CreateChecked(values[at + j]);
                    sum += v * ((0.5 * v) - double.CreateChecked(y[j]));
                }
            }
        }

        return sum;
    }

    public override double AllCells(in SparseSide<T> side, int from, int to, double beta, Matrix<T>? negative, Matrix<T>? positive, bool withObjective)
    {
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var y = stackalloc T[Chunk + Slack];
        var power = stackalloc T[Chunk + Slack];
        var weights = stackalloc T[Chunk + Slack];
        var rows = stackalloc T*[Chunk];
        var occupied = stackalloc T*[Chunk];
        var stride = side.Given.Stride;
        double objective = 0;
        for (var i = from; i < to; i++)
        {
            var at = starts[i];
            Zero(negative, i);
            Zero(positive, i);
            for (var f = 0; f < side.Basis.Rows; f += Chunk)
            {
                var count = int.Min(Chunk, side.Basis.Rows - f);
                for (var j = 0; j < count; j++)
                    rows[j] = side.Basis.Data + ((f + j) * stride);
                FactorRows<TVector, TSimd, T>.Dots(side.Given.Data + (i * stride), rows, count, stride, y);
                for (var j = 0; j < count; j++)
                    y[j] = T.Max(y[j], Floor);
                ModelPower<T>.Compute(y, power, count, beta - 2);
                var stored = 0;
                for (; at < starts[i + 1] && indices[at] < f + count; at++, stored++)
                {
                    var j = indices[at] - f;
                    weights[stored] = values[at] * power[j];
                    occupied[stored] = rows[j];
                    if (withObjective)
                        objective += StoredCell(double.CreateChecked(values[at]), double.CreateChecked(y[j]), beta);
                }

                if (negative is not null)
                    FactorRows<TVector, TSimd, T>.Combine(weights, occupied, stored, stride, negative.Data + (i * stride));
                for (var j = 0; j < count; j++)
                    power[j] *= y[j];
                if (positive is not null)
                    FactorRows<TVector, TSimd, T>.Combine(power, rows, count, stride, positive.Data + (i * stride));
                if (withObjective)
                {
                    for (var j = 0; j < count; j++)
                        objective += double.CreateChecked(power[j]) * double.CreateChecked(y[j]) / beta;
                }
            }
        }

        return objective;
    }

    // What a stored cell has more than the y^β / β that every cell has.
    private static double StoredCell(double x, double y, double beta)
        => ((Math.Pow(x, beta) / beta) - (x * Math.Pow(y, beta - 1))) / (beta - 1);

    private static double LogLikelihoodRatio(T* values, T* ratios, int count)
    {
        var logarithms = stackalloc T[Chunk];

        // A stored zero has ratio 0 and contributes nothing: 0 · log(smallest) instead of 0 · -∞.
        for (var j = 0; j < count; j++)
            logarithms[j] = T.Max(ratios[j], Floor * Floor);
        var span = new Span<T>(logarithms, count);
        TensorPrimitives.Log(span, span);
        double sum = 0;
        for (var j = 0; j < count; j++)
            sum += double.CreateChecked(values[j]) * (double.CreateChecked(logarithms[j]) - 1);
        return sum;
    }

    private static void Point(T** rows, Matrix<T> basis, int* indices, int count)
    {
        var data = basis.Data;
        var stride = basis.Stride;
        for (var j = 0; j < count; j++)
            rows[j] = data + (indices[j] * stride);
    }

    private static void Zero(Matrix<T>? matrix, int row)
    {
        if (matrix is not null)
            new Span<T>(matrix.Data + (row * matrix.Stride), (int)matrix.Stride).Clear();
    }
}
