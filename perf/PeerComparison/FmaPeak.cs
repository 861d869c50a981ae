using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace PeerComparison;

/// <summary>
/// The arithmetic peak: independent chains of fused multiply-adds in registers, on one thread and
/// on all that are asked for.
/// </summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const int Rounds = 100_000;
    private const int Repeats = 400;

    public static void Run(int threads)
    {
        foreach (var count in threads == 1 ? new[] { 1 } : [1, threads])
        {
            if (Vector512.IsHardwareAccelerated)
            {
                Measure<Vector512<float>, Single512>("f32", 16, count);
                Measure<Vector512<double>, Double512>("f64", 8, count);
            }
            else
            {
                Measure<Vector256<float>, Single256>("f32", 8, count);
                Measure<Vector256<double>, Double256>("f64", 4, count);
            }
        }
    }

    private static void Measure<TVector, TOperation>(string type, int lanes, int threads)
        where TVector : struct
        where TOperation : struct, IMultiplyAdd<TVector>
    {
        var best = double.PositiveInfinity;
        using var barrier = new Barrier(threads);
        var team = new Thread[threads];
        var times = new double[threads, Repeats];
        var results = new TVector[threads];
        for (var t = 0; t < threads; t++)
        {
            var worker = t;
            team[t] = new Thread(() =>
            {
                for (var r = 0; r < Repeats; r++)
                {
                    barrier.SignalAndWait();
                    var clock = Stopwatch.GetTimestamp();
                    results[worker] = Chain<TVector, TOperation>();
                    times[worker, r] = Stopwatch.GetElapsedTime(clock).TotalSeconds;
                }
            });
            team[t].Start();
        }

        foreach (var thread in team)
            thread.Join();
        for (var r = 0; r < Repeats; r++)
            best = Math.Min(best, Enumerable.Range(0, threads).Max(t => times[t, r]));
        new ResultLine()
            .Set("peer", "mlnmf-fma")
            .Set("case", "fma_peak")
            .Set("dtype", type)
            .Set("threads", (long)threads)
            .Set("vector_bits", (long)(lanes * (type == "f32" ? 32 : 64)))
            .Set("seconds", best, 6)
            .Set("gflops", 2.0 * lanes * Chains * Rounds * threads / best / 1e9, 2)
            .Emit();
    }

    // Twelve chains hide the latency of any current core (4 or 5 cycles, two units) and leave two of sixteen registers
    // for the constants: with more, AVX2 measures its memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static TVector Chain<TVector, TOperation>()
        where TVector : struct
        where TOperation : struct, IMultiplyAdd<TVector>
    {
        var (a, b) = (TOperation.Create(0.999999), TOperation.Create(1e-6));
        TVector c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a;
        TVector d0 = b, d1 = b, d2 = b, d3 = b;
        for (var i = 0; i < Rounds; i++)
        {
            c0 = TOperation.MultiplyAdd(c0, a, b);
            c1 = TOperation.MultiplyAdd(c1, a, b);
            c2 = TOperation.MultiplyAdd(c2, a, b);
            c3 = TOperation.MultiplyAdd(c3, a, b);
            c4 = TOperation.MultiplyAdd(c4, a, b);
            c5 = TOperation.MultiplyAdd(c5, a, b);
            c6 = TOperation.MultiplyAdd(c6, a, b);
            c7 = TOperation.MultiplyAdd(c7, a, b);
            d0 = TOperation.MultiplyAdd(d0, a, b);
            d1 = TOperation.MultiplyAdd(d1, a, b);
            d2 = TOperation.MultiplyAdd(d2, a, b);
            d3 = TOperation.MultiplyAdd(d3, a, b);
        }

        // Folded without a call: a variable that lives across one is kept on the stack, in the loop too.
        var c = TOperation.MultiplyAdd(
            TOperation.MultiplyAdd(c0, c1, c2), c3, TOperation.MultiplyAdd(TOperation.MultiplyAdd(c4, c5, c6), a, c7));
        var d = TOperation.MultiplyAdd(TOperation.MultiplyAdd(d0, d1, d2), a, d3);
        return TOperation.MultiplyAdd(c, d, a);
    }

    private interface IMultiplyAdd<TVector>
    {
        static abstract TVector Create(double value);

        static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
    }

    private readonly struct Single512 : IMultiplyAdd<Vector512<float>>
    {
        public static Vector512<float> Create(double value) => Vector512.Create((float)value);

        public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c)
            => Vector512.FusedMultiplyAdd(a, b, c);
    }

    private readonly struct Double512 : IMultiplyAdd<Vector512<double>>
    {
        public static Vector512<double> Create(double value) => Vector512.Create(value);

        public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c)
            => Vector512.FusedMultiplyAdd(a, b, c);
    }

    private readonly struct Single256 : IMultiplyAdd<Vector256<float>>
    {
        public static Vector256<float> Create(double value) => Vector256.Create((float)value);

        public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c)
            => Vector256.FusedMultiplyAdd(a, b, c);
    }

    private readonly struct Double256 : IMultiplyAdd<Vector256<double>>
    {
        public static Vector256<double> Create(double value) => Vector256.Create(value);

        public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c)
            => Vector256.FusedMultiplyAdd(a, b, c);
    }
}
