using System.Diagnostics;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Passes the averaged cost on to ML.NET: every batch as a checkpoint of the progress channel and as a Trace message,
/// and about once a second as an Info message.
/// </summary>
internal sealed class OnlineProgressChannel : IProgress<OnlineFitProgress>, IDisposable
{
    private static readonly TimeSpan InfoInterval = TimeSpan.FromSeconds(1);

    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private readonly object _gate = new();
    private OnlineFitProgress _current;
    private long _lastInfo = Stopwatch.GetTimestamp();

    public OnlineProgressChannel(IHost host, IChannel channel, OnlineNmfOptions options)
    {
        _channel = channel;
        _current = new OnlineFitProgress(1, options.Passes, 0, null, double.NaN);
        _progress = host.StartProgressChannel("Online nonnegative matrix factorization");
        _progress.SetHeader(new ProgressHeader(["Average cost"], ["passes", "rows"]), entry =>
        {
            OnlineFitProgress current;
            lock (_gate)
                current = _current;

            entry.SetProgress(0, current.Pass - 1, current.Passes);
            if (current.SamplesOfPass is { } rows)
                entry.SetProgress(1, current.Samples, rows);
            else
                entry.SetProgress(1, current.Samples);
            entry.SetMetric(0, current.AverageCost);
        });
    }

    /// <inheritdoc/>
    public void Report(OnlineFitProgress value)
    {
        // ML.NET may ask from another thread.
        lock (_gate)
            _current = value;
        _progress.Checkpoint(value.AverageCost, value.Pass, value.Samples);
        _channel.Trace("Pass {0}, row {1}: average cost {2:G9}.", value.Pass, value.Samples, value.AverageCost);
        if (Stopwatch.GetElapsedTime(_lastInfo) < InfoInterval)
            return;
        _lastInfo = Stopwatch.GetTimestamp();
        _channel.Info(
            "Pass {0} of at most {1}, row {2}{3}: average cost {4:G6} per entry.",
            value.Pass, value.Passes, value.Samples, value.SamplesOfPass is { } rows ? $" of {rows}" : "",
            value.AverageCost);
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();
}
