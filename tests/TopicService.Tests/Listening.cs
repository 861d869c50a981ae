using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Nmf;

namespace TopicService.Tests;

/// <summary>Listens to everything that the library tells, as an exporter does.</summary>
internal sealed class Listening : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public Listening()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == NmfTelemetry.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == NmfTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>One measurement.</summary>
    public sealed record Measured(string Name, double Value, IReadOnlyDictionary<string, object?> Tags);

    public ConcurrentQueue<Measured> Measurements { get; } = [];

    /// <summary>The activities that have ended.</summary>
    public ConcurrentQueue<Activity> Activities { get; } = [];

    public IEnumerable<Measured> Of(string name) => Measurements.Where(measured => measured.Name == name);

    /// <summary>What the gauges say now.</summary>
    public IReadOnlyList<Measured> Collect(string name)
    {
        Measurements.Clear();
        _meters.RecordObservableInstruments();
        return [.. Of(name)];
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => Measurements.Enqueue(new Measured(instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));
}
