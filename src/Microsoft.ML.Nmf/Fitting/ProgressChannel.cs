using System.Diagnostics;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>One unit of a progress: how many are done, and of how many where that is known.</summary>
internal readonly record struct ProgressUnit(string Name, double Done, double? Of = null);

/// <summary>One report in ML.NET's terms.</summary>
/// <param name="Metric">The objective, or what stands for it.</param>
/// <param name="Units">The units.</param>
/// <param name="Trace">The message of a checkpoint, or null where the report is none.</param>
/// <param name="Info">The message of about once a second.</param>
internal readonly record struct ProgressReport(double Metric, ProgressUnit[] Units, string? Trace, string Info);

/// <summary>
/// Passes progress on to ML.NET: as checkpoints of a progress channel and Trace messages, and about once a second as an
/// Info message, because nothing under an MLContext shows checkpoints.
/// </summary>
internal sealed class ProgressChannel<T> : IProgress<T>, IDisposable
{
    private static readonly TimeSpan InfoInterval = TimeSpan.FromSeconds(1);

    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private readonly Func<T, ProgressReport> _describe;
    private readonly object _gate = new();
    private ProgressReport _current;
    private long _lastInfo = Stopwatch.GetTimestamp();

    /// <param name="host">Where the channel is opened.</param>
    /// <param name="channel">Gets the messages.</param>
    /// <param name="name">Name of the progress.</param>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="start">What holds before the first report.</param>
    /// <param name="describe">A report in ML.NET's terms, always with the same units.</param>
    public ProgressChannel(
        IHost host, IChannel channel, string name, string metric, T start, Func<T, ProgressReport> describe)
    {
        (_channel, _describe, _current) = (channel, describe, describe(start));
        _progress = host.StartProgressChannel(name);
        _progress.SetHeader(new ProgressHeader([metric], [.. _current.Units.Select(unit => unit.Name)]), Fill);
    }

    /// <inheritdoc/>
    public void Report(T value)
    {
        var report = _describe(value);
        lock (_gate)
            _current = report;
        if (report.Trace is not null)
        {
            _progress.Checkpoint([report.Metric, .. report.Units.Select(unit => (double?)unit.Done)]);
            _channel.Trace(report.Trace);
        }

        if (Stopwatch.GetElapsedTime(_lastInfo) < InfoInterval)
            return;
        _lastInfo = Stopwatch.GetTimestamp();
        _channel.Info(report.Info);
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();

    // ML.NET may ask from another thread.
    private void Fill(IProgressEntry entry)
    {
        ProgressReport current;
        lock (_gate)
            current = _current;
        for (var i = 0; i < current.Units.Length; i++)
        {
            if (current.Units[i].Of is { } all)
                entry.SetProgress(i, current.Units[i].Done, all);
            else
                entry.SetProgress(i, current.Units[i].Done);
        }

        entry.SetMetric(0, current.Metric);
    }
}

/// <summary>The progress of each kind of fit.</summary>
internal static class ProgressChannel
{
    public static ProgressChannel<FitProgress> OfFit(IHost host, IChannel channel, int starts, int maximumIterations)
        => new(
            host, channel, "Nonnegative matrix factorization", "Objective",
            new FitProgress(0, starts, 0, maximumIterations, double.NaN),
            value => new(
                value.Objective,
                [new("starts", value.Start, value.Starts), new("iterations", value.Iteration, value.MaximumIterations)],
                $"Start {value.Start}, iteration {value.Iteration}: objective {value.Objective:G9}.",
                $"Iteration {value.Iteration} of at most {value.MaximumIterations}"
                    + (value.Starts > 1 ? $", start {value.Start + 1} of {value.Starts}" : "")
                    + $": objective {value.Objective:G6}."));

    public static ProgressChannel<OnlineFitProgress> OfPasses(IHost host, IChannel channel, int passes) => new(
        host, channel, "Online nonnegative matrix factorization", "Average cost",
        new OnlineFitProgress(1, passes, 0, null, double.NaN),
        value => new(
            value.AverageCost,
            [new("passes", value.Pass - 1, value.Passes), new("rows", value.Samples, value.SamplesOfPass)],
            $"Pass {value.Pass}, row {value.Samples}: average cost {value.AverageCost:G9}.",
            $"Pass {value.Pass} of at most {value.Passes}, "
            + $"row {value.Samples}{(value.SamplesOfPass is { } rows ? $" of {rows}" : "")}: "
            + $"average cost {value.AverageCost:G6} per entry."));

    /// <summary>Of the fits of a survey: a fit that ends is a checkpoint.</summary>
    public static ProgressChannel<RankProgress> OfRanks(
        IHost host, IChannel channel, string name, IProgress<RankProgress>? also = null)
    {
        var completed = 0;
        return new(
            host, channel, name, "Objective", new RankProgress(0, 0, 0, 0, 0, 0, 0),
            value =>
            {
                if (value.Fits > 0)
                    also?.Report(value);
                var ended = value.CompletedFits > completed;
                completed = value.CompletedFits;
                return new(
                    value.Objective,
                    [new("fits", value.CompletedFits, value.Fits)],
                    ended ? $"Rank {value.Rank}, fold {value.Fold}, start {value.Start}: "
                        + $"objective {value.Objective:G9} after {value.Iteration} iterations." : null,
                    $"{value.CompletedFits} of {value.Fits} fits done; rank {value.Rank}, iteration {value.Iteration}: "
                        + $"objective {value.Objective:G6}.");
            });
    }
}
