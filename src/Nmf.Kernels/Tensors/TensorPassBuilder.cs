using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tensors;

/// <summary>Builds passes over dense tensors for the vector width of the machine and for β.</summary>
internal static class TensorPassBuilder
{
    /// <summary>Passes of the CP model over a dense tensor.</summary>
    /// <param name="data">V in the order of its indices, the last fastest: places in all modes but the last x length of
    /// the last; kept.</param>
    /// <param name="observed">Which entries count, or null for all.</param>
    /// <param name="shape">Lengths of the modes, at least two.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any finite β.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="maximumBits">Widest vectors to use.</param>
    public static TensorPass<T> CreateCp<T>(
        Matrix<T> data, ObservedEntries<T>? observed, int[] shape, int rank, double beta, WorkTeam team,
        int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        if (!double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The divergence parameter must be finite.");
        return SimdWidth.Dispatch<T, Cp<T>, TensorPass<T>>(new(data, observed, shape, rank, beta, team), maximumBits);
    }

    /// <summary>Passes of the Tucker model over a dense tensor; targets are the factors and behind them the
    /// core.</summary>
    /// <param name="data">As for <see cref="CreateCp{T}(Matrix{T},ObservedEntries{T},int[],int,double,WorkTeam,int)"/>.
    /// </param>
    /// <param name="observed">Which entries count, or null for all.</param>
    /// <param name="shape">Lengths of the modes, at least two.</param>
    /// <param name="ranks">Components of the modes.</param>
    /// <param name="beta">Any finite β.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="maximumBits">Widest vectors to use.</param>
    public static TensorPass<T> CreateTucker<T>(
        Matrix<T> data, ObservedEntries<T>? observed, int[] shape, int[] ranks, double beta, WorkTeam team,
        int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The divergence parameter must be finite.");
        return SimdWidth.Dispatch<T, Tucker<T>, TensorPass<T>>(
            new(data, observed, shape, ranks, beta, team), maximumBits);
    }

    /// <summary>Passes of the CP model over the stored entries of a sparse tensor.</summary>
    /// <param name="data">V; kept.</param>
    /// <param name="absentAreZero">Whether entries that are not stored are zeros (β = 1 or 2, no weights); else they
    /// are missing.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any finite β.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">β or the weights do not go with absent zeros.</exception>
    public static TensorPass<T> CreateCp<T>(
        CoordinateTensor<T> data, bool absentAreZero, int rank, double beta, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        if (!double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The divergence parameter must be finite.");
        if (absentAreZero && (beta is not (1 or 2) || data.HasWeights))
            throw new ArgumentException("Absent zeros go with β = 1 and β = 2, without weights.", nameof(beta));
        return RowWidth.Dispatch<T, SparseCp<T>, TensorPass<T>>(
            new(data, absentAreZero, rank, beta, team), new Matrix<T>(0, rank).Stride);
    }

    private readonly struct SparseCp<T>(
        CoordinateTensor<T> data, bool absentAreZero, int rank, double beta, WorkTeam team)
        : ISimdVisitor<T, TensorPass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public TensorPass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => BetaDispatch.Dispatch<T, TVector, TSimd, SparseBuilder<T, TVector, TSimd>, TensorPass<T>>(
                beta, new(data, absentAreZero, rank, beta, team));
    }

    private readonly struct SparseBuilder<T, TVector, TSimd>(
        CoordinateTensor<T> data, bool absentAreZero, int rank, double beta, WorkTeam team)
        : IDivergenceVisitor<TVector, TensorPass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public TensorPass<T> Visit<TDivergence>(TDivergence divergence)
            where TDivergence : struct, IDivergence<TVector>
            => new SparseTensorPass<T, TVector, TSimd, TDivergence>(data, absentAreZero, rank, beta, team, divergence);
    }

    private readonly struct Cp<T>(
        Matrix<T> data, ObservedEntries<T>? observed, int[] shape, int rank, double beta, WorkTeam team)
        : ISimdVisitor<T, TensorPass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public TensorPass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var stride = DenseCut.RoundUp(rank, Math.Max(TSimd.Count, DenseCut.RowQuantum));
            var rows = new CpRows<T, TVector, TSimd>(shape, rank, stride, team.Threads);
            return BetaDispatch.Dispatch<T, TVector, TSimd, Builder<T, TVector, TSimd>, TensorPass<T>>(
                beta, new(data, observed, rows, shape.Length - 1, beta, team));
        }
    }

    private readonly struct Tucker<T>(
        Matrix<T> data, ObservedEntries<T>? observed, int[] shape, int[] ranks, double beta, WorkTeam team)
        : ISimdVisitor<T, TensorPass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public TensorPass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => BetaDispatch.Dispatch<T, TVector, TSimd, Builder<T, TVector, TSimd>, TensorPass<T>>(
                beta, new(
                    data, observed, new TuckerRows<T>(shape, ranks, TSimd.Count, team.Threads), shape.Length - 1, beta,
                    team));
    }

    private readonly struct Builder<T, TVector, TSimd>(
        Matrix<T> data, ObservedEntries<T>? observed, TensorRows<T> rows, int lastTarget, double beta, WorkTeam team)
        : IDivergenceVisitor<TVector, TensorPass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public TensorPass<T> Visit<TDivergence>(TDivergence divergence)
            where TDivergence : struct, IDivergence<TVector>
            => observed is null
                ? new DenseTensorPass<T, TVector, TSimd, EntryTiles<T, TVector, TSimd, TDivergence>>(
                    data, null, rows, lastTarget, beta, team, new(divergence))
                : new DenseTensorPass<T, TVector, TSimd, ObservedTiles<T, TVector, TSimd, TDivergence>>(
                    data, observed, rows, lastTarget, beta, team, new(divergence, observed.Fill));
    }
}
