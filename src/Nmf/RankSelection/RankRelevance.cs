using System.Numerics;

namespace Nmf;

/// <summary>
/// Asks automatic relevance determination for the rank: fits from more components than the data need, from several
/// random starts, and counts those that do not die out where the objective is lowest (Tan and Févotte 2013).
/// </summary>
public static class RankRelevance
{
    /// <summary>Counts the components that survive.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">Where to start from and how often.</param>
    /// <param name="progress">Told about every check and end of a fit, one call at a time, but from whichever thread
    /// the fit runs on.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>The same options give the same result, to the bit, whatever the number of threads and of
    /// concurrent fits. An iteration costs about that of a plain fit of the starting rank, and gets cheaper as
    /// components die.</remarks>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NmfDataException">β ≤ 0 and the data have a zero.</exception>
    /// <exception cref="NmfNumericalException">The objective of a fit is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RankRelevanceResult Run<T>(
        NmfData<T> data, RankRelevanceOptions options, IProgress<RankProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var counts = options.Beta == BetaDivergence.KullbackLeibler && !data.HasWeights
            && PoissonCounts.AreCounts(data);
        if (options.RelevanceFor(counts) is not { } relevance)
            return new RankRelevanceResult(options, null, []);
        var fit = options.ToFit(relevance);
        fit.Problem.RequireValid(data);
        cancellationToken.ThrowIfCancellationRequested();
        var (concurrent, threads) = RankJobs.Share(options.Starts, options.Threads, options.ConcurrentFits);
        var jobs = new RankJobs(options.Starts, progress);
        var runs = RankJobs.Run(
            options.Starts, concurrent, (start, token) => Fit(data, fit with { Threads = threads }, start, jobs, token),
            cancellationToken);
        return new RankRelevanceResult(options, relevance, runs);
    }

    private static RelevanceRun Fit<T>(
        NmfData<T> data, NmfOptions options, int start, RankJobs jobs, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RelevanceRun run;
        try
        {
            var model = RandomStarts.Fit(data, options, start, jobs.Of(options.Rank, 0, start), cancellationToken);
            run = new RelevanceRun(start, model.Dictionary.Columns, model.Report.Objective, model.Report.Iterations);
        }
        catch (NmfNumericalException e) when (e.NoComponentIsRelevant)
        {
            // All components have died: an answer about this start, not a failure of the survey.
            run = new RelevanceRun(start, 0, double.PositiveInfinity, null);
        }

        jobs.Completed(options.Rank, 0, start, run.Iterations ?? options.Iterations.MaximumIterations, run.Objective);
        return run;
    }
}
