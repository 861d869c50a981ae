using System.Runtime.ExceptionServices;

namespace Nmf;

/// <summary>Runs the fits of a survey, several at a time, so that nothing depends on how many.</summary>
internal sealed class RankJobs
{
    private readonly IProgress<RankProgress>? _progress;
    private readonly object _gate = new();
    private readonly int _fits;
    private int _completed;

    public RankJobs(int fits, IProgress<RankProgress>? progress) => (_fits, _progress) = (fits, progress);

    /// <summary>How many of some fits run at the same time, and the threads of each.</summary>
    public static (int Concurrent, int ThreadsPerFit) Share(int fits, int? threads, int? concurrentFits)
    {
        var all = threads ?? Environment.ProcessorCount;
        var concurrent = Math.Min(Math.Min(fits, all), concurrentFits ?? int.MaxValue);
        return (concurrent, Math.Max(1, all / concurrent));
    }

    /// <summary>Does numbered jobs, at most so many at a time; of several errors that of the first
    /// job is thrown.</summary>
    public static TResult[] Run<TResult>(
        int jobs, int concurrent, Func<int, CancellationToken, TResult> job, CancellationToken cancellationToken)
    {
        var results = new TResult[jobs];

        // A fit that fails stops the others.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var errors = new Exception?[jobs];
        var next = -1;
        void Work()
        {
            for (var i = Interlocked.Increment(ref next); i < jobs
                && !stop.IsCancellationRequested; i = Interlocked.Increment(ref next))
            {
                try
                {
                    results[i] = job(i, stop.Token);
                }
#pragma warning disable CA1031 // Whatever a fit throws belongs to the caller's thread, where it is rethrown.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    errors[i] = e;
                    stop.Cancel();
                }
            }
        }

        // The calling thread works too, as in a team.
        var threads = Enumerable.Range(1, concurrent - 1)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"NMF fits {i}" }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        Work();
        foreach (var thread in threads)
            thread.Join();
        if (!stop.IsCancellationRequested)
            return results;
        cancellationToken.ThrowIfCancellationRequested();

        // The others were only told to stop.
        ExceptionDispatchInfo.Throw(Array.Find(errors, e => e is not null and not OperationCanceledException)
            ?? errors.First(e => e is not null)!);
        return results;
    }

    /// <summary>The progress of one fit, passed on as that of the whole.</summary>
    public IProgress<FitProgress>? Of(int rank, int fold, int start)
        => _progress is null ? null : new Relay(value => Report(rank, fold, start, value.Iteration, value.Objective));

    /// <summary>The same for a fit with several starts.</summary>
    public IProgress<FitProgress>? OfStarts(int rank, int fold)
        => _progress is null
            ? null
            : new Relay(value => Report(rank, fold, value.Start, value.Iteration, value.Objective));

    /// <summary>Counts fits as ended.</summary>
    public void Completed(int rank, int fold, int start, int iterations, double objective, int fits = 1)
    {
        // With its report, or that of another fit would tell of this end.
        lock (_gate)
        {
            _completed += fits;
            Report(rank, fold, start, iterations, objective);
        }
    }

    // One report at a time: fits run on several threads, and whoever listens need not know.
    private void Report(int rank, int fold, int start, int iteration, double objective)
    {
        if (_progress is null)
            return;
        lock (_gate)
            _progress.Report(new RankProgress(rank, fold, start, iteration, objective, _completed, _fits));
    }

    private sealed class Relay(Action<FitProgress> report) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => report(value);
    }
}
