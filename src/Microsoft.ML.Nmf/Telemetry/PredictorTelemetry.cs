using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Nmf;

namespace Microsoft.ML;

/// <summary>What predictors tell to whoever listens: latency, loads, and which model is served.</summary>
internal static class PredictorTelemetry
{
    /// <summary>The tag with the name under which a model is registered.</summary>
    internal const string NameTag = "mlnmf.model.name";

    // The predictors that serve. Asked when somebody collects.
    private static readonly ConcurrentDictionary<INmfPredictor, bool> Serving = new();

    private static readonly Histogram<double> Duration = NmfTelemetry.Meter.CreateHistogram<double>(
        "mlnmf.prediction.duration", "s", "Time of predictions by served models.");

    private static readonly Counter<long> Loads = NmfTelemetry.Meter.CreateCounter<long>(
        "mlnmf.model.loads", "{load}", "Model files that were loaded, or refused: these have an error.type.");

    private static readonly ObservableGauge<long> Version = NmfTelemetry.Meter.CreateObservableGauge(
        "mlnmf.model.version", static () => Measure(static (status, _) => status.Version), "{version}",
        "Models served so far under a name: 1 for the first.");

    private static readonly ObservableGauge<double> Age = NmfTelemetry.Meter.CreateObservableGauge(
        "mlnmf.model.age",
        static () => Measure(static (status, now) => Math.Max(0, (now - (status.FileTime ?? now)).TotalSeconds)), "s",
        "Time since the file of the served model was written; 0 for one from the future.");

    /// <summary>Whether predictions are to be timed.</summary>
    public static bool IsTiming => Duration.Enabled;

    /// <summary>The predictor has a model from now on.</summary>
    public static void Add(INmfPredictor predictor) => Serving.TryAdd(predictor, true);

    /// <summary>The predictor is disposed.</summary>
    public static void Remove(INmfPredictor predictor) => Serving.TryRemove(predictor, out _);

    /// <summary>One prediction.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="started">A time stamp of <see cref="Stopwatch"/>.</param>
    /// <param name="error">What it threw, or null.</param>
    public static void Predicted(string name, long started, Exception? error)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Duration.Tell(seconds, Tags(name, error?.GetType().FullName));
    }

    /// <summary>Starts the activity of a load.</summary>
    public static ActivityScope StartLoad(string name)
    {
        var scope = ActivityScope.Start("mlnmf.model.load");
        scope.Span?.SetTag(NameTag, name);
        return scope;
    }

    /// <summary>A file serves from now on, or was refused.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="error">Why it was refused, or null when it serves.</param>
    public static void Loaded(string name, Exception? error)
        => Loads.Tell(1, Tags(name, error is null ? null : TypeOf(error)));

    /// <summary>The type of what went wrong, not of what tells it.</summary>
    public static string? TypeOf(Exception error)
        => (error is NmfPredictorLoadException ? error.InnerException ?? error : error).GetType().FullName;

    private static TagList Tags(string name, string? error)
    {
        var tags = new TagList { { NameTag, name } };
        if (error is not null)
            tags.Add(NmfTelemetry.ErrorTag, error);
        return tags;
    }

    private static IEnumerable<Measurement<TValue>> Measure<TValue>(Func<NmfPredictorStatus, DateTimeOffset, TValue> of)
        where TValue : struct
        => Serving.Keys.Select(predictor => predictor.Status)
            .Where(status => status.IsServing)
            .Select(status => new Measurement<TValue>(
                of(status, DateTimeOffset.UtcNow), new KeyValuePair<string, object?>(NameTag, status.Name)));
}
