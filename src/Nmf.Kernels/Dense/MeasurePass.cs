using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>Builds the dense walk for what is not a β-divergence of H Wᵀ alone: other measures of fit, the outlier
/// term, and sparse data that need it.</summary>
internal static class MeasurePass
{
    /// <summary>A pass for a measure of fit other than a β-divergence, over dense or sparse data.</summary>
    public static DivergencePass<T> Create<T>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, MeasureKernel measure, WorkTeam team,
        int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => SimdWidth.Dispatch<T, Measures<T>, DivergencePass<T>>(
            new(measure, new DenseWalk<T>(dense, sparse, rank, team)), maximumBits);

    /// <summary>A pass for H Wᵀ + R.</summary>
    public static DivergencePass<T> CreateRobust<T>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, double beta, OutlierTerm<T> outliers, WorkTeam team,
        int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => SimdWidth.Dispatch<T, Robust<T>, DivergencePass<T>>(
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

    private readonly struct Robust<T>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, double beta, OutlierTerm<T> outliers, WorkTeam team)
        : ISimdVisitor<T, DivergencePass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // With an outlier part β = 2 needs the model at every entry: no Gram matrix.
        public DivergencePass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var build = new RobustBuilder<T, TVector, TSimd>(dense, sparse, rank, beta, outliers, team);
            return beta == 2
                ? build.Visit(default(EuclideanProduct<T, TVector, TSimd>))
                : BetaDispatch.Dispatch<T, TVector, TSimd, RobustBuilder<T, TVector, TSimd>, DivergencePass<T>>(
                    beta, build);
        }
    }

    private readonly struct RobustBuilder<T, TVector, TSimd>(
        Matrix<T>? dense, SparseMatrix<T>? sparse, int rank, double beta, OutlierTerm<T> outliers, WorkTeam team)
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
