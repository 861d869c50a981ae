using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nmf.Benchmarks;

/// <summary>
/// The most single-precision multiply-adds that this process can do: twelve independent chains of the widest vectors,
/// on as many threads as asked for at the same time. Machines differ and throttle, so a kernel's speed is quoted as a
/// fraction of this, measured beside it.
/// </summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const long Steps = 1_000_000;
    private const int Repeats = 20;

    /// <summary>Best of a few runs, in GFLOP/s over all threads; a multiply-add counts two.</summary>
    public static double Measure(int threads)
    {
        double best = 0;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            using var ready = new Barrier(threads);
            var rates = new double[threads];
            var team = Enumerable.Range(0, threads).Select(i => new Thread(() =>
            {
                ready.SignalAndWait();
                rates[i] = Rate();
            })).ToArray();
            foreach (var thread in team)
                thread.Start();
            foreach (var thread in team)
                thread.Join();
            best = Math.Max(best, rates.Sum());
        }

        return best;
    }

    private static double Rate()
    {
        var start = Stopwatch.GetTimestamp();
        var (lanes, sum) = Vector512.IsHardwareAccelerated ? (16, Run512())
            : Vector256.IsHardwareAccelerated ? (8, Run256())
            : (4, Run128());
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (float.IsNaN(sum))
            throw new InvalidOperationException("The chains must stay finite.");
        return 2.0 * Steps * Chains * lanes / seconds / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run512()
    {
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(1e-9f));
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (long step = 0; step < Steps; step++)
        {
            (a, b, c) = (Vector512.FusedMultiplyAdd(a, x, y), Vector512.FusedMultiplyAdd(b, x, y),
                Vector512.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector512.FusedMultiplyAdd(d, x, y), Vector512.FusedMultiplyAdd(e, x, y),
                Vector512.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector512.FusedMultiplyAdd(g, x, y), Vector512.FusedMultiplyAdd(h, x, y),
                Vector512.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector512.FusedMultiplyAdd(j, x, y), Vector512.FusedMultiplyAdd(k, x, y),
                Vector512.FusedMultiplyAdd(l, x, y));
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run256()
    {
        var (x, y) = (Vector256.Create(0.5f), Vector256.Create(1e-9f));
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (long step = 0; step < Steps; step++)
        {
            (a, b, c) = (Vector256.FusedMultiplyAdd(a, x, y), Vector256.FusedMultiplyAdd(b, x, y),
                Vector256.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector256.FusedMultiplyAdd(d, x, y), Vector256.FusedMultiplyAdd(e, x, y),
                Vector256.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector256.FusedMultiplyAdd(g, x, y), Vector256.FusedMultiplyAdd(h, x, y),
                Vector256.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector256.FusedMultiplyAdd(j, x, y), Vector256.FusedMultiplyAdd(k, x, y),
                Vector256.FusedMultiplyAdd(l, x, y));
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run128()
    {
        var (x, y) = (Vector128.Create(0.5f), Vector128.Create(1e-9f));
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (long step = 0; step < Steps; step++)
        {
            (a, b, c) = (Vector128.FusedMultiplyAdd(a, x, y), Vector128.FusedMultiplyAdd(b, x, y),
                Vector128.FusedMultiplyAdd(c, x, y));
            (d, e, f) = (Vector128.FusedMultiplyAdd(d, x, y), Vector128.FusedMultiplyAdd(e, x, y),
                Vector128.FusedMultiplyAdd(f, x, y));
            (g, h, i) = (Vector128.FusedMultiplyAdd(g, x, y), Vector128.FusedMultiplyAdd(h, x, y),
                Vector128.FusedMultiplyAdd(i, x, y));
            (j, k, l) = (Vector128.FusedMultiplyAdd(j, x, y), Vector128.FusedMultiplyAdd(k, x, y),
                Vector128.FusedMultiplyAdd(l, x, y));
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
