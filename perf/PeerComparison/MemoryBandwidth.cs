using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace PeerComparison;

/// <summary>Memory bandwidth: the triad a = b + s c and a plain sum, over arrays far larger than any cache.</summary>
internal static unsafe class MemoryBandwidth
{
    private const int Length = 24_000_000;
    private const int Repeats = 8;

    public static void Run(int threads)
    {
        var memory = (double*)NativeMemory.AlignedAlloc(3 * (nuint)Length * sizeof(double), 64);
        try
        {
            new Span<double>(memory, Length).Clear();
            new Span<double>(memory + Length, Length).Fill(1);
            new Span<double>(memory + (2 * (nint)Length), Length).Fill(2);
            foreach (var count in threads == 1 ? new[] { 1 } : [1, threads])
            {
                var triad = Best(count, (from, length) => TensorPrimitives.MultiplyAdd(
                    new ReadOnlySpan<double>(memory + (2 * (nint)Length) + from, length), 3.0,
                    new ReadOnlySpan<double>(memory + Length + from, length), new Span<double>(memory + from, length)));
                var read = Best(
                    count,
                    (from, length) => TensorPrimitives.Sum(new ReadOnlySpan<double>(memory + Length + from, length)));
                new ResultLine()
                    .Set("peer", "mlnmf-triad")
                    .Set("case", "memory")
                    .Set("dtype", "f64")
                    .Set("threads", (long)count)
                    .Set("triad_gbs", 24.0 * Length / triad / 1e9, 2)
                    .Set("read_gbs", 8.0 * Length / read / 1e9, 2)
                    .Emit();
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double Best(int threads, Action<int, int> part)
    {
        using var barrier = new Barrier(threads);
        var times = new double[threads, Repeats];
        var share = Length / threads;
        var team = Enumerable.Range(0, threads).Select(worker => new Thread(() =>
        {
            for (var r = 0; r < Repeats; r++)
            {
                barrier.SignalAndWait();
                var clock = Stopwatch.GetTimestamp();
                part(worker * share, share);
                times[worker, r] = Stopwatch.GetElapsedTime(clock).TotalSeconds;
            }
        })).ToArray();
        foreach (var thread in team)
            thread.Start();
        foreach (var thread in team)
            thread.Join();
        return Enumerable.Range(0, Repeats).Min(r => Enumerable.Range(0, threads).Max(t => times[t, r]));
    }
}
