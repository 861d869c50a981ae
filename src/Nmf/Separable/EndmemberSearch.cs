using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How samples that span the others are looked for.</summary>
public enum EndmemberSearch
{
    /// <summary>SPA: the sample farthest from the linear span of those picked before.</summary>
    SuccessiveProjection,

    /// <summary>
    /// SNPA: the sample farthest from the convex hull of those picked before and the origin. It also finds endmembers
    /// that are linearly dependent, more of them than features even (Gillis, "Successive nonnegative projection
    /// algorithm for robust nonnegative blind source separation", 2014).
    /// </summary>
    SuccessiveNonnegativeProjection,

    /// <summary>
    /// VCA: the most extreme sample along random directions orthogonal to those picked before, in the subspace of the
    /// first singular vectors (Nascimento and Bioucas-Dias, "Vertex component analysis: a fast algorithm to unmix
    /// hyperspectral data", 2005). Depends on the seed.
    /// </summary>
    VertexComponentAnalysis,

    /// <summary>
    /// N-FINDR: the samples that span the largest simplex, each of them exchanged for whichever makes it larger, from
    /// several starts (Winter, "N-FINDR: an algorithm for fast autonomous spectral end-member determination in
    /// hyperspectral data", 1999). Depends on the seed. Not for normalised samples.
    /// </summary>
    NFindr,

    /// <summary>
    /// PPI: of the samples that are extreme along any of a thousand random directions, counted as pure (Boardman,
    /// Kruse and Green, "Mapping target signatures via partial unmixing of AVIRIS data", 1995), each time the one
    /// farthest from the affine hull of those picked before. Depends on the seed. Not for normalised samples.
    /// </summary>
    PixelPurityIndex,
}

/// <summary>Separable factorisation: the columns of the dictionary are samples of the data.</summary>
public static class SeparableNmf
{
    /// <summary>Picks samples that span the others.</summary>
    /// <param name="data">samples x features, complete.</param>
    /// <param name="rank">How many to pick, at least 1.</param>
    /// <param name="search">How.</param>
    /// <param name="normalize">Whether every sample is first divided by its sum, so that bright or long
    /// samples have no advantage; for SPA and SNPA, the others have a projection of their own.</param>
    /// <param name="seed">Seed of the searches that are random.</param>
    /// <param name="threads">Number of threads, or null for one per processor; the result does
    /// not depend on it.</param>
    /// <param name="progress">Told how many samples were picked, after every pick, on the calling
    /// thread; or null.</param>
    /// <param name="cancellationToken">Looked at before every pick and during long ones.</param>
    /// <returns>Indices of samples in the order in which they were picked; fewer than asked for where the
    /// data have no more.</returns>
    /// <remarks>SPA and VCA take O(N F K) time, SNPA O(N (F K + K⁴)); for sparse data the stored entries stand for N F.
    /// Memory beside the data: O(F K + N) for SPA, O(N K) for the others. Sparse data are not densified.</remarks>
    /// <exception cref="ArgumentException">The rank is below 1, or entries are missing.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static int[] Pick<T>(
        NmfData<T> data, int rank, EndmemberSearch search = EndmemberSearch.SuccessiveProjection,
        bool normalize = false, int seed = 0, int? threads = null, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        return Pick(data, rank, search, normalize, seed, team, progress, cancellationToken);
    }

    internal static int[] Pick<T>(
        NmfData<T> data, int rank, EndmemberSearch search, bool normalize, int seed, WorkTeam team,
        IProgress<int>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.HasMissingEntries)
            throw new ArgumentException(
                "An endmember search needs complete samples, but the data have missing entries.", nameof(data));
        if (data.Sum > 0)
            data = data.InUnit(new FitUnit(FitUnit.ExponentOf(data, BetaDivergence.Euclidean), 0), null);
        if (search > EndmemberSearch.SuccessiveNonnegativeProjection && !data.IsWeighted
            && LitPixels.Of(data) is { } lit)
            return Array.ConvertAll(
                Pick(LitPixels.Select(data, lit), rank, search, normalize, seed, team, progress, cancellationToken),
                n => lit[n]);
        return search switch
        {
            EndmemberSearch.SuccessiveProjection => SuccessiveProjection.Pick(
                data, rank, normalize, team, progress, cancellationToken),
            EndmemberSearch.SuccessiveNonnegativeProjection => SuccessiveNonnegativeProjection.Pick(
                data, rank, normalize, team, progress, cancellationToken),
            EndmemberSearch.VertexComponentAnalysis => VertexComponentAnalysis.Pick(
                data, rank, seed, team, progress, cancellationToken),
            EndmemberSearch.NFindr or EndmemberSearch.PixelPurityIndex => SimplexSearch.Pick(
                data, rank, search == EndmemberSearch.NFindr, seed, team, progress, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(search), search, "There is no such search."),
        };
    }
}
