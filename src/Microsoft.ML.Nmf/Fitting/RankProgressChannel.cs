using System.Diagnostics;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Passes the fits of a survey on to ML.NET: every one that ends as a checkpoint of the progress channel and as a Trace
/// message, and about once a second as an Info message.
/// </summary>
internal sealed class RankProgressChannel : IProgress<RankProgress>, IDisposable
{
    private static readonly TimeSpan InfoInterval = TimeSpan.FromSeconds(1);

    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private readonly object _gate = new();
    private RankProgress _current;
    private long _lastInfo = Stopwatch.GetTimestamp();

    public RankProgressChannel(IHost host, IChannel channel, string name)
    {
        _channel = channel;
        _progress = host.StartProgressChannel(name);
        _progress.SetHeader(new ProgressHeader(["Objective"], ["fits"]), entry =>
        {
            // ML.NET may ask from another thread.
            RankProgress current;
            lock (_gate)
                current = _current;
            entry.SetProgress(0, current.CompletedFits, current.Fits);
            entry.SetMetric(0, current.Objective);
        });
    }

    /// <inheritdoc/>
    public void Report(RankProgress value)
    {
        bool ended;
        lock (_gate)
        {
            ended = value.CompletedFits > _current.CompletedFits;
            _current = value;
        }

        if (ended)
        {
            _progress.Checkpoint(value.Objective, value.CompletedFits);
            _channel.Trace(
                "Rank {0}, fold {1}, start {2}: objective {3:G9} after {4} iterations.", value.Rank, value.Fold,
                value.Start, value.Objective, value.Iteration);
        }

        if (Stopwatch.GetElapsedTime(_lastInfo) < InfoInterval)
            return;
        _lastInfo = Stopwatch.GetTimestamp();
        _channel.Info(
            "{0} of {1} fits done; rank {2}, iteration {3}: objective {4:G6}.", value.CompletedFits, value.Fits,
            value.Rank, value.Iteration, value.Objective);
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();
}
