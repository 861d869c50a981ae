using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Reflection;

namespace Nmf;

/// <summary>The checkpoint of one fit in memory: when to write it, and what it belongs to.</summary>
internal sealed class FitCheckpoint<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly NmfCheckpoint _checkpoint;
    private readonly CheckpointFacts _facts;
    private readonly FitRun<T> _run;
    private long _lastWrite = Stopwatch.GetTimestamp();

    /// <summary>The checkpoint of a run; reads all data once for their mark.</summary>
    public FitCheckpoint(
        NmfCheckpoint checkpoint, FitRun<T> run, NmfData<T> data, NmfOptions options, NmfStart<T>? start)
    {
        checkpoint.Validate();
        (_checkpoint, _run) = (checkpoint, run);
        _facts = new CheckpointFacts().Add("content", "fit in memory").Add("precision", typeof(T).Name).Add(
            "label", checkpoint.Label);
        FitOptions.AddTo(_facts, options);
        _facts
            .Add("data", CheckpointFacts.MarkOf(data))
            .Add("sum of the data", data.Sum)
            .Add("sum of their squares", data.SumOfSquares)
            .Add("number of observed entries", data.ObservedEntries)
            .Add("sum of their weights", data.TotalWeight)
            .Add("absent entries", data.AbsentEntries.ToString())
            .Add("initial dictionary", start is null ? "none" : CheckpointFacts.MarkOf(start.Dictionary))
            .Add(
                "initial activations",
                start?.Activations is not { } activations ? "none" : CheckpointFacts.MarkOf(activations));
    }

    /// <summary>Goes to where an interrupted fit has left off.</summary>
    public void Resume() => CheckpointFile.TryRead(_checkpoint.Path, _facts, _run.Load);

    public void WriteWhenDue()
    {
        if (Stopwatch.GetElapsedTime(_lastWrite) < _checkpoint.Interval)
            return;
        CheckpointFile.Write(_checkpoint.Path, _facts, _run.Save);
        _lastWrite = Stopwatch.GetTimestamp();
    }

    public void Delete() => File.Delete(_checkpoint.Path);
}

/// <summary>The options of a fit as facts. All of them, whatever options there are: one that was forgotten would let a
/// fit go on as another.</summary>
internal static class FitOptions
{
    public static void AddTo(CheckpointFacts facts, NmfOptions options)
    {
        // The number of threads changes no bit.
        foreach (var property in PropertiesOf(typeof(NmfOptions)).Where(
            p => p.CanWrite && p.Name != nameof(NmfOptions.Threads)))
        {
            facts.Add(property.Name, Text(property.GetValue(options)));
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        string text => text,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ when value.GetType().Assembly.GetName().Name!.StartsWith(nameof(Nmf), StringComparison.Ordinal)
            => $"{value.GetType().Name} {{ {Members(value)} }}",
        _ => value.ToString() ?? value.GetType().Name,
    };

    private static string Members(object value)
        => string.Join(", ", PropertiesOf(value.GetType()).Select(p => $"{p.Name} = {Text(p.GetValue(value))}"));

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type)
        => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0).OrderBy(p => p.Name, StringComparer.Ordinal);
}
