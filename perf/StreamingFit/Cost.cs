using System.Diagnostics;
using System.Runtime.InteropServices;
using PeerComparison;

namespace StreamingFit;

/// <summary>Seconds by the clock, of the processors, and of the processor for the calling thread alone.</summary>
/// <param name="Clock">What a user waits; on a shared machine it counts the neighbours.</param>
/// <param name="Processors">All threads of this process.</param>
/// <param name="Caller">The calling thread: the learner of a stream, without its reader; NaN where the
/// system does not tell.</param>
internal readonly partial record struct Cost(double Clock, double Processors, double Caller)
{
    private const int ThreadClock = 3;

    public static Cost Most => new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>The processor time of everybody else: of the reader.</summary>
    public double Others => Processors - Caller;

    public static Cost Of(Action action)
    {
        var (clock, processors, caller) = (Stopwatch.GetTimestamp(), ProcessMeter.CpuSeconds, CallerSeconds());
        action();
        return new Cost(
            Stopwatch.GetElapsedTime(clock).TotalSeconds, ProcessMeter.CpuSeconds - processors,
            CallerSeconds() - caller);
    }

    public static Cost operator -(Cost a, Cost b)
        => new(a.Clock - b.Clock, a.Processors - b.Processors, a.Caller - b.Caller);

    public static Cost operator /(Cost a, double b) => new(a.Clock / b, a.Processors / b, a.Caller / b);

    public Cost Least(Cost other)
        => new(Math.Min(Clock, other.Clock), Math.Min(Processors, other.Processors), Math.Min(Caller, other.Caller));

    private static double CallerSeconds()
        => OperatingSystem.IsLinux() && GetTime(ThreadClock, out var time) == 0
            ? time.Seconds + (time.Nanoseconds * 1e-9)
            : double.NaN;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
