using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// A measure of fit other than a β-divergence, as the kernels need it: its dense walk, its sparse one where there is a
/// shorter way, and its row solver. Its parameters are checked by whoever makes it.
/// </summary>
internal abstract record MeasureKernel
{
    /// <summary>Whether rows and columns may be rescaled: not where the model has an upper bound, or the measure
    /// a unit.</summary>
    public virtual bool IsHomogeneous => false;

    /// <summary>The pass over all cells, built for a vector width.</summary>
    public abstract DivergencePass<T> CreateDense<TVector, TSimd, T>(DenseWalk<T> walk)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The pass over sparse data: all cells, a tile spread out at a time, where there is no shorter
    /// way.</summary>
    public virtual DivergencePass<T> CreateSparse<T>(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => MeasurePass.Create(null, data, rank, this, team);

    /// <summary>The method that solves one row.</summary>
    public abstract RowAlgorithm<T> CreateRows<TVector, TSimd, T>(
        RowDictionary<T> dictionary, RowSolverOptions options)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>What a dense walk is built from.</summary>
/// <param name="Dense">Dense data, or null.</param>
/// <param name="Sparse">Sparse data in their place, or null.</param>
/// <param name="Rank">Number of components.</param>
/// <param name="Team">Threads to use.</param>
internal readonly record struct DenseWalk<T>(Matrix<T>? Dense, SparseMatrix<T>? Sparse, int Rank, WorkTeam Team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The walk with the arithmetic of a divergence.</summary>
    /// <param name="divergence">Its arithmetic.</param>
    public DivergencePass<T> With<TVector, TSimd, TDivergence>(TDivergence divergence)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        where TDivergence : struct, IDivergence<TVector>
        => On<TVector, TSimd, EntryTiles<T, TVector, TSimd, TDivergence>>(new(divergence));

    /// <summary>The walk with what is done to a tile.</summary>
    /// <param name="tiles">What is done.</param>
    /// <param name="floorBeta">The β of which the model has the floor: 1 where no more than one power of it is
    /// inverted unclipped.</param>
    public DivergencePass<T> On<TVector, TSimd, TTiles>(TTiles tiles, double floorBeta = 1)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        where TTiles : struct, ITiles<T>
        => new DensePass<T, TVector, TSimd, TTiles>(Dense, Sparse, Rank, floorBeta, Team, tiles, null);
}
