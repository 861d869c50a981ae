using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nmf;

/// <summary>
/// What fits, transforms and served models tell to whoever listens: metrics of one <see cref="Meter"/> and spans of one
/// <see cref="ActivitySource"/>, named as .NET's own are. Nothing is computed and nothing is allocated while nobody
/// listens, and what a listener throws is dropped. docs/serving.md lists the instruments.
/// </summary>
public static class NmfTelemetry
{
    /// <summary>The name of the meter, for <c>AddMeter</c> of OpenTelemetry and <c>dotnet-counters</c>.</summary>
    public const string MeterName = "MLNmf";

    /// <summary>The name of the source of activities, for <c>AddSource</c> of OpenTelemetry.</summary>
    public const string ActivitySourceName = "MLNmf";

    /// <summary>The tag with the kind of model: the name of its class.</summary>
    internal const string ModelTag = "mlnmf.model";

    /// <summary>The tag with the type of an exception, as the conventions of OpenTelemetry have it.</summary>
    internal const string ErrorTag = "error.type";

    internal static readonly Meter Meter = new(MeterName, Version);

    internal static readonly ActivitySource Source = new(ActivitySourceName, Version);

    internal static readonly Histogram<double> FitDuration = Meter.CreateHistogram<double>(
        "mlnmf.fit.duration", "s", "Time of fits, by kind of model and by why they ended.");

    internal static readonly Counter<long> Iterations = Meter.CreateCounter<long>(
        "mlnmf.fit.iterations", "{iteration}", "Iterations of fits, counted at every check of the objective.");

    internal static readonly UpDownCounter<long> ActiveFits = Meter.CreateUpDownCounter<long>(
        "mlnmf.fit.active", "{fit}", "Fits that are running.");

    internal static readonly Counter<long> TransformedRows = Meter.CreateCounter<long>(
        "mlnmf.transform.rows", "{row}", "Rows whose activations were inferred from a fitted model.");

    // Asked only when somebody collects: the last objective of every fit that is running.
    internal static readonly ConcurrentDictionary<FitScope, bool> Running = new();

    private static readonly ObservableGauge<double> Objective = Meter.CreateObservableGauge(
        "mlnmf.fit.objective", static () => Running.Keys.Where(fit => double.IsFinite(fit.Objective)).Select(
            fit => new Measurement<double>(fit.Objective, new KeyValuePair<string, object?>(ModelTag, fit.Model))),
        null, "The objective of running fits, at the last check.");

    private static string? Version => typeof(NmfTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>Starts an activity that does not become the current one: what it measures begins and ends in
    /// different calls.</summary>
    internal static Activity? StartDetached(string name, ActivityContext parent)
    {
        var current = Activity.Current;
        try
        {
            return Source.StartActivity(name, ActivityKind.Internal, parent);
        }
        catch (Exception)
        {
            // The listener's.
            return null;
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends an activity of <see cref="StartDetached"/>.</summary>
    internal static void StopDetached(Activity activity)
    {
        var current = Activity.Current;
        try
        {
            activity.Dispose();
        }
        catch (Exception)
        {
            // The listener's.
        }
        finally
        {
            Activity.Current = current;
        }
    }
}
