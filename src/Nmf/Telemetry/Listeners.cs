using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nmf;

/// <summary>
/// What is told to listeners. One that throws is not to end what it listens to, hours of a fit or a prediction: what it
/// threw is dropped.
/// </summary>
internal static class Listeners
{
    public static void Tell(this Counter<long> counter, long value, in TagList tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception)
        {
            // The listener's.
        }
    }

    public static void Tell(this Counter<long> counter, long value, KeyValuePair<string, object?> tag)
    {
        try
        {
            counter.Add(value, tag);
        }
        catch (Exception)
        {
            // The listener's.
        }
    }

    public static void Tell(this UpDownCounter<long> counter, long value, in TagList tags)
    {
        try
        {
            counter.Add(value, tags);
        }
        catch (Exception)
        {
            // The listener's.
        }
    }

    public static void Tell(this Histogram<double> histogram, double value, in TagList tags)
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            // The listener's.
        }
    }
}

/// <summary>An activity that is the current one until it is disposed, whatever its listeners throw.</summary>
internal readonly struct ActivityScope : IDisposable
{
    private readonly Activity? _before;

    private ActivityScope(Activity? before, Activity? activity) => (_before, Span) = (before, activity);

    /// <summary>The activity, or null where nobody listens.</summary>
    public Activity? Span { get; }

    /// <summary>Starts an activity of the library.</summary>
    public static ActivityScope Start(string name)
    {
        var before = Activity.Current;
        try
        {
            return new(before, NmfTelemetry.Source.StartActivity(name));
        }
        catch (Exception)
        {
            // It may have become the current one before its listener threw.
            Activity.Current = before;
            return default;
        }
    }

    public void Dispose()
    {
        if (Span is null)
            return;
        try
        {
            Span.Dispose();
        }
        catch (Exception)
        {
            Activity.Current = _before;
        }
    }
}
