using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// What memory between frames costs: an iteration of smooth IS-NMF and of the nonnegative dynamical system beside one
/// of plain IS-NMF on a spectrogram. An iteration is the difference between a long fit and a short one, in processor
/// time of one thread; the fits take turns, and the least of each counts.
/// </summary>
internal static class SequenceRatios
{
    private const int Frames = 3000;
    private const int Bins = 513;
    private const int Short = 10;
    private const int Long = 60;
    private const int Rounds = 5;

    public static void Print()
    {
        Console.WriteLine(
            $"Processor time of an iteration, {Frames} frames x {Bins} bins, one thread, least of {Rounds} rounds, ms; "
            + "over plain in brackets");
        var values = RandomFactor.Create(Frames, Bins, seed: 1);
        var data = NmfData<float>.FromMatrix(values);
        foreach (var rank in new[] { 20, 50 })
        {
            var times = Least(
                iterations => NmfFactorizer.Fit(
                    data,
                    new NmfOptions
                    {
                        Rank = rank, Problem = 0, Solver = NmfSolver.MajorizationMinimization,
                        Initialization = NmfInitialization.Random,
                        Iterations = new() { MaximumIterations = iterations, CheckInterval = Long, Tolerance = 0 },
                        Threads = 1,
                    }),
                iterations => SmoothNmf.Fit(
                    data,
                    new SmoothNmfOptions
                    {
                        Rank = rank, Smoothness = 10,
                        Iterations = new() { MaximumIterations = iterations, CheckInterval = Long, Tolerance = 0 },
                        Threads = 1,
                    }),
                iterations => DynamicalSystem.Fit(
                    data,
                    new DynamicalSystemOptions
                    {
                        Rank = rank, Shape = 10,
                        Iterations = new() { MaximumIterations = iterations, CheckInterval = Long, Tolerance = 0 },
                        Threads = 1,
                    }));
            Console.WriteLine(
                $"| {rank} | {times[0]:F2} | {times[1]:F2} ({times[1] / times[0]:F2}) | {times[2]:F2} "
                + $"({times[2] / times[0]:F2}) |");
        }
    }

    private static double[] Least(params Action<int>[] fits)
    {
        var least = Enumerable.Repeat(double.PositiveInfinity, fits.Length).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < fits.Length; i++)
                least[i] = Math.Min(least[i], (Time(fits[i], Long) - Time(fits[i], Short)) / (Long - Short));
        }

        return least;
    }

    private static double Time(Action<int> fit, int iterations)
    {
        var before = Environment.CpuUsage.TotalTime;
        fit(iterations);
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }
}
