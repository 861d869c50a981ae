using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Fits a range of ranks from several random starts each and reports, for every rank, how well the data are described
/// and how stable the description is.
/// </summary>
public static class RankSurvey
{
    /// <summary>Surveys ranks.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">Ranks, starts and the fit.</param>
    /// <param name="progress">Told about every check and end of a fit, one call at a time, but from whichever thread
    /// the fit runs on.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>
    /// The same options give the same result, to the bit, whatever the number of threads and of concurrent fits. Ranks
    /// are done one after the other; while one is done its dictionaries are kept, <c>starts x F x K</c> numbers, and
    /// the fits that run at the same time hold their factors and scratch.
    /// </remarks>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NmfDataException">β ≤ 0 and the data have a zero.</exception>
    /// <exception cref="NmfNumericalException">The objective of a fit is not finite.</exception>
    /// <exception cref="OperationCanceledException">The survey was cancelled.</exception>
    public static RankSurveyResult Run<T>(
        NmfData<T> data, RankSurveyOptions options, IProgress<RankProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options.Fit.Problem.RequireValid(data);
        cancellationToken.ThrowIfCancellationRequested();
        int[] ranks = [.. options.Ranks.Distinct().Order()];
        var samples = CompareWhich(data.Samples, options);
        var counts = options.Fit.Problem.BetaOrNull == BetaDivergence.KullbackLeibler && !data.IsWeighted
            && PoissonCounts.AreCounts(data);
        var jobs = new RankJobs(ranks.Length * options.Starts, progress);
        var (concurrent, threads) = RankJobs.Share(options.Starts, options.Threads, options.ConcurrentFits);
        var entries = new List<RankSurveyEntry>(ranks.Length);
        foreach (var rank in ranks)
        {
            var fits = RankJobs.Run(
                options.Starts,
                concurrent,
                (start, token) => SurveyFit<T>.Create(
                    data, options.Fit with { Rank = rank, Threads = threads }, start, options.Starts, counts, samples,
                    jobs, token),
                cancellationToken);
            entries.Add(Summarise(data, options, rank, fits, samples, counts, cancellationToken));
        }

        return new RankSurveyResult(options, data.Samples, data.Features, entries);
    }

    private static RankSurveyEntry Summarise<T>(
        NmfData<T> data, RankSurveyOptions options, int rank, SurveyFit<T>[] fits, int[] samples, bool counts,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var best = fits.MinBy(f => f.Run.Objective)!;
        var several = fits.Length > 1;
        var consensus =
            several && samples.Length > 1 ? ConsensusMatrix.FromGroups([.. fits.Select(f => f.Groups)], samples) : null;
        cancellationToken.ThrowIfCancellationRequested();
        double entriesOfData = data.ObservedEntries;
        return new RankSurveyEntry(rank, [.. fits.Select(f => f.Run)])
        {
            ObjectivePerEntry = best.Run.Objective / data.TotalWeight,
            NoiseFloorPerEntry = options.Fit.Problem.BetaOrNull == BetaDivergence.ItakuraSaito && !data.HasWeights
                ? NoiseFloor.ItakuraSaito
                : best.PoissonFloor,
            BayesianInformationCriterion = counts
                ? (2 * best.Run.Objective)
                    + (rank * ((double)data.Features + data.Samples - 1) * Math.Log(entriesOfData))
                : null,
            Consensus = consensus,
            ConsensusSilhouette = rank > 1 && rank <= samples.Length ? consensus?.Silhouette(rank) : null,
            Alignment = several
                ? ComponentAlignment.Of([.. fits.Select(f => f.Dictionary)], best.Run.Start, cancellationToken)
                : null,
        };
    }

    // The samples whose random numbers are smallest: any number of them is a uniform draw.
    private static int[] CompareWhich(int samples, RankSurveyOptions options)
    {
        if (samples <= options.MaximumConsensusSamples)
            return [.. Enumerable.Range(0, samples)];
        var random = new CounterRandom(options.Fit.Seed, RandomStreams.ConsensusSamples);
        return [.. Enumerable.Range(0, samples)
            .OrderBy(n => random.Uniform(n)).Take(options.MaximumConsensusSamples).Order()];
    }
}
