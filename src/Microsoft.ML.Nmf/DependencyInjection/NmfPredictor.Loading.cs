using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Nmf;

namespace Microsoft.ML;

public sealed partial class NmfPredictor<TInput, TOutput>
{
    // Loads a content within an activity. What keeps a file from being read is told by Refuse.
    private ServedModel<TInput, TOutput> Measured(byte[] content, ref ModelFileStamp? stamp)
    {
        using var activity = PredictorTelemetry.StartLoad(Name);
        try
        {
            return Load(content, ref stamp);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            activity.Span?.SetTag(NmfTelemetry.ErrorTag, PredictorTelemetry.TypeOf(e))
                .SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    // Loads a content; when it gives way to a newer file, that one. A second load in a row does not give way, so that
    // files that come faster than they can be loaded do not keep each other from being served.
    private ServedModel<TInput, TOutput> Load(byte[] content, ref ModelFileStamp? stamp)
    {
        for (var mayGiveWay = _options.ReloadOnChange; ; mayGiveWay = false)
        {
            var (first, seen, start) = (stamp!.Value, stamp, _time.GetTimestamp());
            var (bytes, nextLook) = (content, _options.LoadTimeout / 10);
            NmfPredictorLoadException? superseded = null;
            try
            {
                return AbandonableLoad.Run(
                    token => ServedModel<TInput, TOutput>.Load(
                        Name, bytes, first, _options, _status.Version + 1, _time.GetUtcNow(), token),
                    ReasonToGiveUp, late => late.Release(), _disposing.Token);
            }
            catch (NmfPredictorLoadException e) when (ReferenceEquals(e, superseded))
            {
                _logger.GaveWay(Name, _file.Path, _time.GetElapsedTime(start));
                content = _file.Read(_ => true, out var newer)!;
                stamp = newer;
            }

            Exception? ReasonToGiveUp()
            {
                var elapsed = _time.GetElapsedTime(start);
                if (elapsed >= _options.LoadTimeout)
                    return new NmfPredictorLoadException(
                        $"it was not loaded within {_options.LoadTimeout.TotalSeconds} s, and the load was given up.",
                        null);
                if (!mayGiveWay || elapsed < nextLook)
                    return null;
                nextLook = elapsed + _options.QuietPeriod;
                var before = seen;
                seen = _file.TryReadStamp();
                return seen is { } now && now == before && now != first
                    ? superseded = new NmfPredictorLoadException("a newer file came.", null)
                    : null;
            }
        }
    }

    private bool Swap(ServedModel<TInput, TOutput> model)
    {
        ServedModel<TInput, TOutput>? old;
        lock (_state)
        {
            if (_disposed)
            {
                model.Release();
                return false;
            }
            old = _current;
            Volatile.Write(ref _current, model);
            // Before a disposal can take it back.
            PredictorTelemetry.Add(this);
        }
        var status = new NmfPredictorStatus
        {
            Name = Name,
            Path = _file.Path,
            Version = model.Version,
            LoadedAt = model.LoadedAt,
            FileTime = new DateTimeOffset(model.Stamp.WrittenUtc),
        };
        Volatile.Write(ref _status, status);
        Volatile.Write(ref _error, null);
        _refused = null;
        old?.Release();
        PredictorTelemetry.Loaded(Name, null);
        _logger.Serving(Name, model.Version, _file.Path, model.Stamp.WrittenUtc);
        try
        {
            Changed?.Invoke(this, status);
        }
        catch (Exception e)
        {
            _logger.HandlerThrew(Name, e);
        }
        return true;
    }

    private void Refuse(Exception cause)
    {
        var reason = cause switch
        {
            FileNotFoundException or DirectoryNotFoundException => "the file does not exist.",
            NmfPredictorLoadException => cause.Message,
            UnauthorizedAccessException when Directory.Exists(_file.Path) => "the file cannot be read: it is a folder.",
            UnauthorizedAccessException => "the file cannot be read: permission is denied.",
            IOException or NotSupportedException
                => $"the file cannot be read: {cause.Message}",
            _ => cause.Message,
        };
        var error = new NmfPredictorLoadException(
            $"Model '{Name}' cannot be loaded from {_file.Path}: {reason}",
            cause is NmfPredictorLoadException ? cause.InnerException : cause);
        // What reads the status may be public: the path is for the log. The system names it after its kind.
        var publicMessage = $"Model '{Name}' cannot be loaded: " + reason
            .Replace($" '{_file.Path}'", "", StringComparison.Ordinal)
            .Replace(_file.Path, "the file", StringComparison.Ordinal);
        var status = _status;
        // A file that stays missing is one piece of news, not one per poll.
        if (_error?.Message == error.Message && _refused is null)
            return;
        Volatile.Write(ref _error, error);
        PredictorTelemetry.Loaded(Name, cause);
        // The stack of a missing file tells nothing that the message does not.
        var trace = cause is FileNotFoundException or DirectoryNotFoundException ? null : error;
        if (status.IsServing)
            _logger.Rejected(error.Message, status.Version, trace);
        else
            _logger.Unavailable(error.Message, trace);
        // Who sees the error in the status finds it in the log.
        Volatile.Write(ref _status, status with { LastError = publicMessage, LastErrorAt = _time.GetUtcNow() });
    }

    private void ClearError()
    {
        var status = _status;
        _refused = null;
        if (status.LastError is null)
            return;
        Volatile.Write(ref _error, null);
        _logger.Recovered(Name, status.Version, _file.Path);
        Volatile.Write(ref _status, status with { LastError = null, LastErrorAt = null });
    }
}
