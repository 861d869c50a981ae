using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Chooses the rank by prediction: parts of the data are held out, the rest is factorised, and the ranks are
/// compared by the divergence of the held-out entries from their predictions, which stops falling where the fit
/// begins to describe noise.
/// </summary>
public static class RankCrossValidation
{
    /// <summary>Cross-validates ranks.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">Ranks, folds, starts and the fit.</param>
    /// <param name="progress">Told about every check and end of a fit, one call at a time, but from whichever thread
    /// the fit runs on.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>
    /// What is held out depends on the seed and on the indices of sample and feature alone. The same options give the
    /// same result, to the bit, whatever the number of threads and of concurrent fits. Folds are done one after the
    /// other; one holds a copy of the data. For β ≤ 1, where one prediction of zero for a positive entry would decide
    /// everything, predictions are clipped from below: at a thousandth of the mean of what the fit saw for 0 &lt; β ≤
    /// 1, at the smallest entry that it saw for β ≤ 0.
    /// </remarks>
    /// <exception cref="ArgumentException">An option is out of range, or the data are too small
    /// for the blocks.</exception>
    /// <exception cref="NmfDataException">β ≤ 0 and the data have a zero, or what a fold leaves
    /// is all zeros.</exception>
    /// <exception cref="NmfNumericalException">The objective of a fit is not finite.</exception>
    /// <exception cref="OperationCanceledException">The cross-validation was cancelled.</exception>
    public static RankCrossValidationResult Run<T>(
        NmfData<T> data, RankCrossValidationOptions options, IProgress<RankProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options.Fit.Problem.RequireValid(data);
        cancellationToken.ThrowIfCancellationRequested();
        int[] ranks = [.. options.Ranks.Distinct().Order()];
        var pattern = HeldOut.PatternFor(data, options.Fit, options.Pattern);
        var jobs = new RankJobs(ranks.Length * options.Folds * options.Starts, progress);
        var (concurrent, threads) = RankJobs.Share(ranks.Length, options.Threads, options.ConcurrentFits);
        var errors = ranks.Select(_ => new FoldError[options.Folds]).ToArray();
        long heldOut = 0;
        for (var number = 0; number < options.Folds; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var fold = HeldOut.CreateFold(
                data, options.Folds, options.HeldOutFraction, options.Fit.Seed, pattern, number);
            heldOut += fold.Entries;
            var current = number;

            // The largest ranks take longest: begun first, they leave no thread idle at the end.
            var results = RankJobs.Run(
                ranks.Length,
                concurrent,
                (job, token) => Judge(
                    fold, options.Fit with { Rank = ranks[^(job + 1)], Starts = options.Starts, Threads = threads },
                    current, jobs, token),
                cancellationToken);
            for (var job = 0; job < ranks.Length; job++)
                errors[^(job + 1)][number] = results[job];
        }

        return new RankCrossValidationResult(
            pattern,
            heldOut,
            [.. ranks.Select((rank, i) => new RankCrossValidationEntry(
                rank, [.. errors[i].Select(e => e.HeldOut)], [.. errors[i].Select(e => e.Training)]))]);
    }

    private static FoldError Judge<T>(
        HeldOutFold<T> fold, NmfOptions options, int number, RankJobs jobs, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var model = NmfFactorizer.Fit(
            fold.Training, options, progress: jobs.OfStarts(options.Rank, number),
            cancellationToken: cancellationToken);
        using var team = new WorkTeam(options.Threads!.Value);
        var heldOut = fold.Divergence(model, team, cancellationToken) / fold.Entries;
        jobs.Completed(
            options.Rank, number, options.Starts - 1, model.Report.Iterations, model.Objective, options.Starts);
        return new FoldError(heldOut, model.Objective / fold.Training.ObservedEntries);
    }

    private readonly record struct FoldError(double HeldOut, double Training);
}
