using System.Diagnostics;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Passes the objective on to ML.NET: every check as a checkpoint of the progress channel and as a Trace message, and
/// about once a second as an Info message, because nothing under an MLContext shows checkpoints.
/// </summary>
internal sealed class FitProgressChannel : IProgress<FitProgress>, IDisposable
{
    private static readonly TimeSpan InfoInterval = TimeSpan.FromSeconds(1);

    private readonly IChannel _channel;
    private readonly IProgressChannel _progress;
    private readonly object _gate = new();
    private FitProgress _current;
    private long _lastInfo = Stopwatch.GetTimestamp();

    public FitProgressChannel(IHost host, IChannel channel, NmfOptions options)
    {
        _channel = channel;
        _current = new FitProgress(0, options.Starts, 0, options.Iterations.MaximumIterations, double.NaN);
        _progress = host.StartProgressChannel("Nonnegative matrix factorization");
        _progress.SetHeader(new ProgressHeader(["Objective"], ["starts", "iterations"]), entry =>
        {
            FitProgress current;
            lock (_gate)
                current = _current;

            entry.SetProgress(0, current.Start, current.Starts);
            entry.SetProgress(1, current.Iteration, current.MaximumIterations);
            entry.SetMetric(0, current.Objective);
        });
    }

    /// <inheritdoc/>
    public void Report(FitProgress value)
    {
        // ML.NET may ask from another thread.
        lock (_gate)
            _current = value;
        _progress.Checkpoint(value.Objective, value.Start, value.Iteration);
        _channel.Trace("Start {0}, iteration {1}: objective {2:G9}.", value.Start, value.Iteration, value.Objective);
        if (Stopwatch.GetElapsedTime(_lastInfo) < InfoInterval)
            return;
        _lastInfo = Stopwatch.GetTimestamp();
        _channel.Info(
            "Iteration {0} of at most {1}{2}: objective {3:G6}.",
            value.Iteration, value.MaximumIterations,
            value.Starts > 1 ? $", start {value.Start + 1} of {value.Starts}" : "", value.Objective);
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();
}
