using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>The α-divergence. Where α &gt; 0 a zero adds nothing but its model: the non-zeros alone are
/// visited.</summary>
internal sealed record AlphaKernel(double Alpha) : MeasureKernel
{
    public override bool IsHomogeneous => true;

    public override DivergencePass<T> CreateDense<TVector, TSimd, T>(DenseWalk<T> walk) => Alpha switch
    {
        1 => walk.With<TVector, TSimd, KullbackLeibler<T, TVector, TSimd>>(default),
        0 => walk.With<TVector, TSimd, LogRatio<T, TVector, TSimd>>(default),
        _ => walk.With<TVector, TSimd, AlphaRatio<T, TVector, TSimd>>(new AlphaRatio<T, TVector, TSimd>(Alpha)),
    };

    public override DivergencePass<T> CreateSparse<T>(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, WorkTeam team) => Alpha switch
        {
            1 => DivergencePass<T>.Create(data, transposed, rank, 1.0, team),
            > 0 => SparseAlpha.Create(data, transposed, rank, Alpha, team),
            _ => base.CreateSparse(data, transposed, rank, team),
        };

    public override RowAlgorithm<T> CreateRows<TVector, TSimd, T>(
        RowDictionary<T> dictionary, RowSolverOptions options)
        => new MeasureRows<TVector, TSimd, T>(dictionary, options, new AlphaRows<T>(Alpha));
}
