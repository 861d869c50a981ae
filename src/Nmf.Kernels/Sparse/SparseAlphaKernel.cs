using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// The inner loop of the α-divergence, α &gt; 0, over the non-zeros: where v = 0 both (v/y)^α and the first two
/// terms of the divergence are zero, and what remains, y/α, adds up to the mass of the model. The positive part is a
/// column sum, as for β = 1.
/// </summary>
internal sealed unsafe class SparseAlphaKernel<TVector, TSimd, T>(double alpha) : SparsePassKernel<TVector, TSimd, T>(1)
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Slack = 16;

    private readonly AlphaRatio<T, TVector, TSimd> _ratio = new(alpha);

    /// <inheritdoc/>
    /// <returns>Σ (v^α y^(1-α) / (α (α-1)) - v / (α-1)) over the non-zeros of the rows, when asked for.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double KullbackLeibler(in SparseSide<T> side, int from, int to, T* negative, bool withObjective)
    {
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
                if (withObjective)
                    objective += Cells(values + at, y, count);
                for (var j = 0; j < count; j += TSimd.Count)
                {
                    var model = TSimd.Max(floor, TSimd.Load(y + j));
                    TSimd.Store(
                        y + j,
                        _ratio.Negative(TSimd.Load(values + at + j), model, TSimd.Reciprocal(model)));
                }

                if (negative != null)
                    FactorRows<TVector, TSimd, T>.Combine(y, rows, count, stride, negative + (i * stride));
            }
        }

        return objective;
    }

    // Entry by entry d_α(v|y) - y/α: exact differences of small numbers rather than small differences of the sums.
    private double Cells(T* values, T* y, int count)
    {
        var terms = stackalloc T[Chunk + Slack];
        double sum = 0;
        for (var j = 0; j < count; j += TSimd.Count)
            TSimd.Store(terms + j, _ratio.Value(
                TSimd.Load(values + j), TSimd.Max(TSimd.Broadcast(Floor), TSimd.Load(y + j))));
        for (var j = 0; j < count; j++)
            sum += double.CreateTruncating(terms[j]) - (double.CreateTruncating(T.Max(Floor, y[j])) / alpha);
        return sum;
    }
}

/// <summary>Builds the sparse pass of an α-divergence.</summary>
internal static class SparseAlpha
{
    public static DivergencePass<T> Create<T>(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, double alpha, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = new Matrix<T>(1, rank);
        return new SparsePass<T>(
            data, transposed, rank, 1, team,
            RowWidth.Dispatch<T, Maker<T>, SparsePassKernel<T>>(new(alpha), row.Stride), 1 / alpha);
    }

    private readonly struct Maker<T>(double alpha) : ISimdVisitor<T, SparsePassKernel<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public SparsePassKernel<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new SparseAlphaKernel<TVector, TSimd, T>(alpha);
    }
}
