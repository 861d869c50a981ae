using System.Diagnostics;
using PeerComparison;

namespace StreamingFit;

/// <summary>Seconds by the clock and of the processors.</summary>
internal readonly record struct Cost(double Clock, double Processor)
{
    public static Cost Most => new(double.PositiveInfinity, double.PositiveInfinity);

    public static Cost Of(Action action)
    {
        var cpu = ProcessMeter.CpuSeconds;
        var clock = Stopwatch.StartNew();
        action();
        return new Cost(clock.Elapsed.TotalSeconds, ProcessMeter.CpuSeconds - cpu);
    }

    public static Cost operator -(Cost a, Cost b) => new(a.Clock - b.Clock, a.Processor - b.Processor);

    public static Cost operator /(Cost a, double b) => new(a.Clock / b, a.Processor / b);

    public Cost Least(Cost other) => new(Math.Min(Clock, other.Clock), Math.Min(Processor, other.Processor));

    public string PerEntry(long entries) => $"{Clock / entries * 1e9:F2} ({Processor / entries * 1e9:F2})";
}
