using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// What holes and weights cost, for a machine that others use too: the steps take turns on one thread, and the least
/// processor time of each counts. (That of other threads is booked too late to be told apart by steps.)
/// </summary>
internal static class ObservedRatios
{
    private const int Rounds = 60;

    public static void Print()
    {
        Console.WriteLine($"Least processor time of a step in {Rounds} rounds, ms; observed / all in brackets");
        foreach (var shape in ObservedPassBenchmarks.Shapes)
        {
            foreach (var beta in new[] { 2.0, 1.0 })
            {
                using var steps = new ObservedPassBenchmarks { Shape = shape, Beta = beta, Threads = 1 };
                steps.Setup();
                var times = Least(steps.AllEntries, steps.HalfMissing, steps.Weighted);
                Console.WriteLine(
                    $"| {shape} | {beta} | {times[0]:F2} | {times[1]:F2} ({times[1] / times[0]:F1}) | {times[2]:F2} "
                    + $"({times[2] / times[0]:F1}) |");
            }
        }

        foreach (var shape in RatingPassBenchmarks.Shapes)
        {
            foreach (var beta in new[] { 2.0, 1.0 })
            {
                using var steps = new RatingPassBenchmarks { Shape = shape, Beta = beta, Threads = 1 };
                steps.Setup();
                var time = Least(steps.Step)[0];
                Console.WriteLine(
                    $"| {shape} | {beta} | {time:F2} | {1e6 * time / shape.Entries:F1} ns for each entry |");
            }
        }
    }

    private static double[] Least(params Action[] steps)
    {
        var least = Enumerable.Repeat(double.PositiveInfinity, steps.Length).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < steps.Length; i++)
            {
                var before = Environment.CpuUsage.TotalTime;
                steps[i]();
                least[i] = Math.Min(least[i], (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            }
        }

        return least;
    }
}
