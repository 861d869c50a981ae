using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>Builds the dense walk, entry by entry: for β-divergences, also with the outlier term, and other measures of
/// fit, over dense data and sparse ones that need it.</summary>
internal static class MeasurePass
{
    /// <summary>A pass for a measure of fit other than a β-divergence, over dense or sparse data.</summary>
    public static DivergencePass<T> Create<T>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, MeasureKernel measure, WorkTeam team,
        int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => SimdWidth.Dispatch<T, Measures<T>, DivergencePass<T>>(
            new(measure, new DenseWalk<T>(dense, sparse, rank, team)), maximumBits);

    /// <summary>A pass for a β-divergence of H Wᵀ, or of H Wᵀ + R.</summary>
    public static DivergencePass<T> Create<T>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, double beta, OutlierTerm<T>? outliers, WorkTeam team,
        int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => SimdWidth.Dispatch<T, Betas<T>, DivergencePass<T>>(
            new(dense, sparse, rank, beta, outliers, team), maximumBits);

    private readonly struct Measures<T>(MeasureKernel measure, DenseWalk<T> walk)
        : ISimdVisitor<T, DivergencePass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public DivergencePass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => measure.CreateDense<TVector, TSimd, T>(walk);
    }

    private readonly struct Betas<T>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, double beta, OutlierTerm<T>? outliers, WorkTeam team)
        : ISimdVisitor<T, DivergencePass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // With an outlier part β = 2 needs the model at every entry: no Gram matrix.
        public DivergencePass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var build = new EntryBuilder<T, TVector, TSimd>(dense, sparse, rank, beta, outliers, team);
            return beta == 2 && outliers is not null
                ? build.Visit(default(EuclideanProduct<T, TVector, TSimd>))
                : BetaDispatch.Dispatch<T, TVector, TSimd, EntryBuilder<T, TVector, TSimd>, DivergencePass<T>>(
                    beta, build);
        }
    }

    private readonly struct EntryBuilder<T, TVector, TSimd>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, double beta, OutlierTerm<T>? outliers, WorkTeam team)
        : IDivergenceVisitor<TVector, DivergencePass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public DivergencePass<T> Visit<TDivergence>(TDivergence divergence)
            where TDivergence : struct, IDivergence<TVector>
            => new DensePass<T, TVector, TSimd, EntryTiles<T, TVector, TSimd, TDivergence>>(
                dense, sparse, rank, beta, team, new(divergence), outliers);
    }
}
