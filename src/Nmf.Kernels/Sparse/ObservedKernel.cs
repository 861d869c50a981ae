using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>The inner loops over the stored entries of consecutive rows, where absent entries are missing; one virtual
/// call per block of rows.</summary>
internal abstract unsafe class ObservedKernel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Both parts of the gradient of the rows, where asked for, from the stored entries alone.</summary>
    /// <param name="side">Data and factors.</param>
    /// <param name="weights">Weights in the pattern of the data, or null for 1.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">Row after the last.</param>
    /// <param name="negative">Receives neg, at where row 0 of the factor is or would be; or null.</param>
    /// <param name="positive">Receives pos there, or null.</param>
    /// <param name="withObjective">Whether to sum the divergence.</param>
    public abstract double Run(
        in SparseSide<T> side, SparseMatrix<T>? weights, int from, int to, T* negative, T* positive,
        bool withObjective);

    /// <summary><c>result[i] = Σ_j (v_ij - fill) basis[j]</c> over the stored entries of positive weight.</summary>
    public abstract void Product(
        in SparseSide<T> side, SparseMatrix<T>? weights, T fill, int from, int to, Matrix<T> result);

    /// <summary>The kernel for a divergence and rows of a stride.</summary>
    public static ObservedKernel<T> Create(double beta, nint stride)
        => RowWidth.Dispatch<T, Maker, ObservedKernel<T>>(new(beta), stride);

    private readonly struct Maker(double beta) : ISimdVisitor<T, ObservedKernel<T>>
    {
        public ObservedKernel<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => BetaDispatch.Dispatch<T, TVector, TSimd, Maker<TVector, TSimd>, ObservedKernel<T>>(
                beta, new(ModelFloor.Of<T>(beta)));
    }

    private readonly struct Maker<TVector, TSimd>(T floor) : IDivergenceVisitor<TVector, ObservedKernel<T>>
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public ObservedKernel<T> Visit<TDivergence>(TDivergence divergence)
            where TDivergence : struct, IDivergence<TVector>
            => new ObservedKernel<TVector, TSimd, T, TDivergence>(divergence, floor);
    }
}

/// <inheritdoc/>
internal sealed unsafe class ObservedKernel<TVector, TSimd, T, TDivergence>(TDivergence divergence, T floor)
    : ObservedKernel<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TDivergence : struct, IDivergence<TVector>
{
    // As many as SparsePassKernel treats together, and room for the last vector of a shorter chunk.
    private const int Chunk = 16;
    private const int Slack = 16;

    private readonly EntryTerms<TVector, TSimd, T, TDivergence> _entries = new(divergence, floor);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Run(
        in SparseSide<T> side, SparseMatrix<T>? weights, int from, int to, T* negative, T* positive, bool withObjective)
    {
        var rows = stackalloc T*[Chunk];
        var y = stackalloc T[Chunk + Slack];
        var powers = stackalloc T[Chunk + Slack];
        var terms = stackalloc T[Chunk + Slack];
        new Span<T>(y, Chunk + Slack).Fill(T.One);
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var m = weights is null ? null : weights.Values;
        var end = side.Data.NonZeros;
        var stride = side.Basis.Stride;
        var isShort = ShortRows<TVector, TSimd, T>.Fit(stride);
        double objective = 0;
        for (var i = from; i < to; i++)
        {
            if (negative != null)
            {
                new Span<T>(negative + (i * stride), (int)stride).Clear();
                new Span<T>(positive + (i * stride), (int)stride).Clear();
            }

            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                if (isShort)
                {
                    ShortRows<TVector, TSimd, T>.Dots(
                        side.Given + (i * stride), side.Basis, indices + at, count, end - at, y);
                }
                else
                {
                    SparsePassKernel<TVector, TSimd, T>.Point(rows, side.Basis, indices, at, count, end);
                    FactorRows<TVector, TSimd, T>.Dots(side.Given + (i * stride), rows, count, stride, y);
                }

                if (withObjective)
                {
                    _entries.Values(values + at, m == null ? null : m + at, y, terms, count);
                    for (var j = 0; j < count; j++)
                        objective += double.CreateTruncating(terms[j]);
                }

                if (negative == null)
                    continue;
                _entries.Parts(values + at, m == null ? null : m + at, y, powers, count);
                if (isShort)
                {
                    ShortRows<TVector, TSimd, T>.CombineTwo(
                        side.Basis, indices + at, y, powers, count, negative + (i * stride), positive + (i * stride));
                    continue;
                }

                FactorRows<TVector, TSimd, T>.Combine(y, rows, count, stride, negative + (i * stride));
                FactorRows<TVector, TSimd, T>.Combine(powers, rows, count, stride, positive + (i * stride));
            }
        }

        return objective;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Product(
        in SparseSide<T> side, SparseMatrix<T>? weights, T fill, int from, int to, Matrix<T> result)
    {
        var rows = stackalloc T*[Chunk];
        var differences = stackalloc T[Chunk];
        var starts = side.Data.RowStarts;
        var indices = side.Data.ColumnIndices;
        var values = side.Data.Values;
        var m = weights is null ? null : weights.Values;
        var end = side.Data.NonZeros;
        var stride = result.Stride;
        for (var i = from; i < to; i++)
        {
            new Span<T>(result.Data + (i * stride), (int)stride).Clear();
            for (var at = starts[i]; at < starts[i + 1]; at += Chunk)
            {
                var count = (int)long.Min(Chunk, starts[i + 1] - at);
                SparsePassKernel<TVector, TSimd, T>.Point(rows, side.Basis, indices, at, count, end);
                for (var j = 0; j < count; j++)
                    differences[j] = m == null || m[at + j] > T.Zero ? values[at + j] - fill : T.Zero;
                FactorRows<TVector, TSimd, T>.Combine(differences, rows, count, stride, result.Data + (i * stride));
            }
        }
    }
}
