using System.Diagnostics;
using System.Numerics;
using Nmf.Audio;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// Milliseconds of an iteration with a learnt transform, beside <c>tests/goldens/make_transform_goldens.py --time</c>,
/// on the same frames from the same start.
/// </summary>
internal static class TransformRates
{
    private const int Rank = 10;
    private const int Iterations = 20;
    private const int Rounds = 5;

    public static void Print()
    {
        foreach (var threads in new[] { 1, 2 })
        {
            Print<float>(512, 512, threads);
            Print<double>(512, 512, threads);
        }
    }

    private static void Print<T>(int size, int frames, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(threads);
        var times = new List<double>();
        var trials = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var solver = Create<T>(size, frames, team);
            solver.Step();
            var before = solver.Trials;
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Iterations - 1; i++)
                solver.Step();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds / (Iterations - 1));
            trials = solver.Trials - before;
        }

        Console.WriteLine(
            $"{size} x {frames}, K = {Rank}, {typeof(T).Name}, {threads} threads: {times.Min():F1} ms per iteration, "
            + $"{(double)trials / (Iterations - 1):F2} steps tried in each");
    }

    private static TransformSolver<T> Create<T>(int size, int frames, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var hum = Noise(size * frames, 3);
        var x = new Matrix<T>(frames, size);
        for (var n = 0; n < frames; n++)
        {
            for (var t = 0; t < size; t++)
                x[n, t] = T.CreateChecked(
                    ((1 + (n % 3)) * Math.Sin(((0.2 + (0.15 * (n % 4))) * t) + n))
                    + (0.3 * Math.Sin((0.9 * t) + (2 * n))) + (0.2 * hum[(n * size) + t]));
        }

        return new TransformSolver<T>(
            x, StartTransforms.Create<T>(TransformStart.Cosine, size, new CounterRandom(0, 0)),
            Factor<T>(size, 5), Factor<T>(frames, 6), 1e-6, 0, false, team);
    }

    private static Matrix<T> Factor<T>(int rows, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Matrix<T>.FromRowMajor(
            [.. Noise(rows * Rank, seed).Select(u => T.CreateChecked(0.5 + (0.4 * u)))], rows, Rank);

    // The generator of the goldens.
    private static double[] Noise(int count, long state)
    {
        var values = new double[count];
        foreach (ref var value in values.AsSpan())
        {
            state = ((1103515245 * state) + 12345) % (1L << 31);
            value = (state / (double)(1L << 30)) - 1;
        }

        return values;
    }
}
