using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.ML;

/// <summary>
/// Serves a saved ML.NET model to many threads at once and follows its file: a new file is loaded and tried in the
/// background, then swapped in; one that cannot be used is logged and the old model goes on serving. Any pipeline that
/// <c>mlContext.Model.Save</c> wrote can be served, with or without a factorisation in it. Usually registered with
/// <c>services.AddNmfPredictor</c> and injected.
/// </summary>
/// <remarks>
/// Thread-safe. A call of <see cref="Predict(TInput)"/> takes an engine from a pool without a lock, and allocates what
/// ML.NET allocates. Neither loading nor replacing a model blocks a prediction, except for the first load. A model that
/// was replaced is disposed, with its engines, when the last call on it has returned.
/// </remarks>
/// <typeparam name="TInput">Input class of the prediction engine. The length of a vector may be left open: the
/// model knows it.</typeparam>
/// <typeparam name="TOutput">Output class of the prediction engine.</typeparam>
public sealed partial class NmfPredictor<TInput, TOutput> : INmfPredictor, IDisposable, IAsyncDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly NmfPredictorOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ModelFile _file;
    private readonly object _loading = new();  // held while a file is read and parsed
    private readonly object _state = new();    // held for the moment of a swap
    private ServedModel<TInput, TOutput>? _current;
    private ModelFileStamp? _refused;          // a content that failed is not tried again
    private readonly CancellationTokenSource _disposing = new();
    private ModelFileWatch? _watch;
    private NmfPredictorStatus _status;
    private NmfPredictorLoadException? _error; // that of the status, with the path and the cause
    private bool _disposed;

    /// <summary>Makes a predictor without a container. Nothing is loaded yet.</summary>
    /// <param name="name">Name of the model, for messages.</param>
    /// <param name="options">Where the model lies and how it is followed; copied.</param>
    /// <param name="logger">Gets the messages; none by default.</param>
    /// <param name="timeProvider">The clock of polling, quiet period and status; the system's by default.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public NmfPredictor(
        string name, NmfPredictorOptions options, ILogger? logger = null, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults().FirstOrDefault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        _options = options.Copy();
        _logger = logger is null ? NullLogger.Instance : new ForgivingLogger(logger);
        _time = timeProvider ?? TimeProvider.System;
        _file = new ModelFile(options.Path);
        _status = new NmfPredictorStatus { Name = name, Path = _file.Path };
    }

    /// <summary>
    /// Raised after a model was swapped in, with the new status, on the thread that loaded it and one at a time. An
    /// exception of a handler is logged. To wait in a handler for the disposal of the predictor is a deadlock.
    /// </summary>
    public event EventHandler<NmfPredictorStatus>? Changed;

    private string Name => _status.Name;

    /// <summary>What is served now, since when, and what was wrong with the last file. Never loads.</summary>
    public NmfPredictorStatus Status => Volatile.Read(ref _status);

    /// <summary>Predicts one row; loads the model if this is the first use.</summary>
    /// <param name="input">The row.</param>
    /// <returns>A fresh output object.</returns>
    /// <exception cref="NmfPredictorLoadException">No model could be loaded so far.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public TOutput Predict(TInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var output = new TOutput();
        Predict(input, ref output);
        return output;
    }

    /// <summary>Predicts one row into an existing output object, whose arrays are reused where
    /// their lengths fit.</summary>
    /// <param name="input">The row.</param>
    /// <param name="output">Receives the result; not to be shared between threads.</param>
    /// <exception cref="NmfPredictorLoadException">No model could be loaded so far.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public void Predict(TInput input, ref TOutput output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        var model = Take();
        try
        {
            model.Predict(input, ref output);
        }
        finally
        {
            model.Release();
        }
    }

    /// <summary>
    /// Holds on to the model that is served now, for several predictions or for the transformer itself (the top words
    /// of its topics, say): <c>using var model = predictor.Acquire();</c>
    /// </summary>
    /// <exception cref="NmfPredictorLoadException">No model could be loaded so far.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public NmfPredictorLease<TInput, TOutput> Acquire() => new(Take());

    /// <summary>Loads the model if none is served yet, and begins to follow the file. Blocks while the file is
    /// read and parsed.</summary>
    /// <exception cref="NmfPredictorLoadException">The file is missing, broken, or does not fit
    /// the classes.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public void EnsureLoaded()
    {
        if (Volatile.Read(ref _current) is not null)
            return;
        lock (_loading)
        {
            // Followed before it is read, so that no change falls between the two, and followed also when it is
            // missing: it may yet come.
            Follow();
            Refresh();
        }
        if (Volatile.Read(ref _current) is null)
        {
            ThrowIfDisposed();
            var error = Volatile.Read(ref _error);
            throw new NmfPredictorLoadException(
                error?.Message ?? $"Model '{Name}' could not be loaded from {_file.Path}.", error?.InnerException);
        }
    }

    /// <summary>
    /// Looks at the file now, without a quiet period, and loads it when it is neither the one that is served
    /// nor one that was refused before. A failure is logged and found in <see cref="Status"/>. Blocks while the
    /// file is read and parsed, at most for <see cref="NmfPredictorOptions.LoadTimeout"/>.
    /// </summary>
    /// <returns>Whether another model was swapped in.</returns>
    /// <exception cref="ObjectDisposedException">The predictor was disposed.</exception>
    public bool Refresh()
    {
        ThrowIfDisposed();
        lock (_loading)
        {
            ModelFileStamp? stamp = null;
            try
            {
                var content = _file.Read(s => s != _current?.Stamp && s != _refused, out var read);
                stamp = read;
                if (content is not null)
                    return Swap(Measured(content, ref stamp));
                if (read == _current?.Stamp)
                    ClearError();
                return false;
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception e)
            {
                // What could not be read is tried again at the next look; what could not be used
                // only when it has changed.
                _refused = stamp;
                Refuse(e);
                return false;
            }
        }
    }

    /// <summary>
    /// Ends following the file at once. Calls under way finish, then the model is disposed; a load under way is
    /// given up.
    /// </summary>
    public void Dispose()
    {
        ServedModel<TInput, TOutput>? last;
        lock (_state)
        {
            _disposed = true;
            last = _current;
            Volatile.Write(ref _current, null);
        }
        PredictorTelemetry.Remove(this);
        _disposing.Cancel();
        _watch?.Stop();
        last?.Release();
    }

    /// <summary>Disposes as <see cref="Dispose"/> does and waits until the file is followed no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (_watch is { } watch)
            await watch.DisposeAsync().ConfigureAwait(false);
    }

    private ServedModel<TInput, TOutput> Take()
    {
        while (true)
        {
            // A model that was retired between the two calls has a successor.
            if (Volatile.Read(ref _current) is { } model && model.TryAcquire())
                return model;
            ThrowIfDisposed();
            EnsureLoaded();
        }
    }

    private void Follow()
    {
        if (!_options.ReloadOnChange || _watch is not null)
            return;
        lock (_state)
        {
            if (!_disposed)
                _watch = new ModelFileWatch(_file.Path, _options.PollingInterval, _time, CheckAsync,
                    e => _logger.Unwatched(Name, _file.Path, e.Message, _options.PollingInterval),
                    e => _logger.LookFailed(Name, _file.Path, e));
        }
    }

    // What the watch calls. A file that is being written differs from look to look; one that
    // has come to rest is loaded.
    private async Task CheckAsync(CancellationToken cancellation)
    {
        var seen = _file.TryReadStamp();
        while (!IsKnown(seen))
        {
            await Task.Delay(_options.QuietPeriod, _time, cancellation).ConfigureAwait(false);
            var before = seen;
            seen = _file.TryReadStamp();
            if (seen == before)
                break;
        }
        cancellation.ThrowIfCancellationRequested();
        try
        {
            Refresh();
        }
        catch (ObjectDisposedException)
        {
            // Disposed since the line above; the watch is about to stop.
        }
    }

    private bool IsKnown(ModelFileStamp? stamp)
    {
        lock (_loading)
            return stamp is not null && (stamp == _current?.Stamp || stamp == _refused);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
}
