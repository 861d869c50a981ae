using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Runtime;

namespace FirstFit;

/// <summary>Where the time of a fresh process goes: by the clock from its start to each mark, what the just-in-time
/// compiler had taken by then, and for which namespaces. Listening to the compiler costs some time itself.</summary>
internal sealed class CompilationProfile : EventListener
{
    private const EventKeywords Compiler = (EventKeywords)0x10;
    private const int MethodLoaded = 143;
    private const int MethodCompiling = 145;

    private readonly ConcurrentDictionary<long, DateTime> _started = new();
    private readonly ConcurrentDictionary<string, (int Methods, double Milliseconds)> _namespaces = new();
    private readonly ConcurrentBag<(double Milliseconds, string Name)> _methods = [];
    private readonly List<string> _marks = [];

    public void Mark(string what)
    {
        using var process = Process.GetCurrentProcess();
        var elapsed = DateTime.Now - process.StartTime;
        var compiled = JitInfo.GetCompilationTime().TotalMilliseconds;
        _marks.Add(
            $"{elapsed.TotalMilliseconds,7:f0} ms  after {what,-22} "
            + $"compiled {JitInfo.GetCompiledMethodCount(),6} methods in {compiled:f0} ms");
    }

    public void Write()
    {
        foreach (var mark in _marks)
            Console.WriteLine(mark);
        foreach (var (name, (methods, milliseconds)) in _namespaces.OrderByDescending(pair => pair.Value.Milliseconds))
            Console.WriteLine($"{milliseconds,9:f1} ms  {methods,5} methods of {name}");
        foreach (var (milliseconds, name) in _methods.OrderByDescending(method => method.Milliseconds).Take(40))
            Console.WriteLine($"{milliseconds,9:f1} ms  {name}");
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Verbose, Compiler);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is not { Count: > 0 } payload)
            return;
        var id = Convert.ToInt64(payload[0], CultureInfo.InvariantCulture);
        if (eventData.EventId == MethodCompiling)
            _started[id] = eventData.TimeStamp;
        if (eventData.EventId != MethodLoaded || !_started.TryRemove(id, out var start))
            return;
        var milliseconds = (eventData.TimeStamp - start).TotalMilliseconds;
        var (type, method) = ((string)payload[6]!, (string)payload[7]!);
        var parts = type.Split('`')[0].Split('.');
        var name = string.Join('.', parts.Take(Math.Max(1, Math.Min(2, parts.Length - 1))));
        _namespaces.AddOrUpdate(
            name, (1, milliseconds), (_, all) => (all.Methods + 1, all.Milliseconds + milliseconds));
        _methods.Add((milliseconds, $"{type}.{method}"));
    }
}
