using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>Builds the pass over dense data for the vector width of the machine and for β: the one place that
/// looks at either.</summary>
internal static class DensePass
{
    /// <param name="data">V, samples x features.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Divergence parameter.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="maximumBits">Widest vectors to use.</param>
    public static DivergencePass<T> Create<T>(
        Matrix<T> data, int rank, double beta, WorkTeam team, int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The divergence parameter must be finite.");
        return MeasurePass.Create(data, null, rank, beta, null, team, maximumBits);
    }

    /// <summary>Builds the pass over dense data of which some entries are missing or weighted.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="observed">Which entries count, and how much; owned by the pass.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Divergence parameter.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="maximumBits">Widest vectors to use.</param>
    public static DivergencePass<T> CreateObserved<T>(
        Matrix<T> data, ObservedEntries<T> observed, int rank, double beta, WorkTeam team, int maximumBits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The divergence parameter must be finite.");
        return SimdWidth.Dispatch<T, ObservedBuilder<T>, DivergencePass<T>>(
            new ObservedBuilder<T>(data, observed, rank, beta, team), maximumBits);
    }

    private readonly struct ObservedBuilder<T>(
        Matrix<T> data, ObservedEntries<T> observed, int rank, double beta, WorkTeam team)
        : ISimdVisitor<T, DivergencePass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public DivergencePass<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => BetaDispatch.Dispatch<T, TVector, TSimd, Observed<T, TVector, TSimd>, DivergencePass<T>>(
                beta, new(data, observed, rank, beta, team));
    }

    private readonly struct Observed<T, TVector, TSimd>(
        Matrix<T> data, ObservedEntries<T> observed, int rank, double beta, WorkTeam team)
        : IDivergenceVisitor<TVector, DivergencePass<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public DivergencePass<T> Visit<TDivergence>(TDivergence divergence)
            where TDivergence : struct, IDivergence<TVector>
            => new DensePass<T, TVector, TSimd, ObservedTiles<T, TVector, TSimd, TDivergence>>(
                data, rank, beta, team, new(divergence, observed.Fill), observed);
    }
}
