using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// What coupling costs: an iteration of a co-factorisation of two views beside those of two separate multiplicative
/// fits. An iteration is the difference between a long fit and a short one, in processor time of one thread; the fits
/// take turns, and the least of each counts.
/// </summary>
internal static class ViewRatios
{
    private const int Short = 10;
    private const int Long = 50;
    private const int Rounds = 5;

    public static void Print()
    {
        Console.WriteLine(
            $"Processor time of an iteration, one thread, least of {Rounds} rounds: two separate fits, ms; co-"
            + "factorisation over these: L1, L2, shared");
        Print("dense", 2000, 20, RandomFactor.Create(2000, 513, seed: 1), RandomFactor.Create(2000, 256, seed: 2));
        Print("dense", 1000, 10, RandomFactor.Create(1000, 200, seed: 3), RandomFactor.Create(1000, 100, seed: 4));
        var words = ZipfCounts.Generate(4000, 8000, 400_000, seed: 5);
        var tags = ZipfCounts.Generate(4000, 500, 40_000, seed: 6);
        Row("sparse, 4000 samples", 20, 1, NmfData<float>.FromMatrix(words), NmfData<float>.FromMatrix(tags));
    }

    private static void Print(string kind, int samples, int rank, Matrix<float> first, Matrix<float> second)
    {
        foreach (var beta in new[] { 1.0, 2, 0 })
            Row(
                $"{kind}, {samples} samples", rank, beta, NmfData<float>.FromMatrix(first),
                NmfData<float>.FromMatrix(second));
    }

    private static void Row(string kind, int rank, double beta, NmfData<float> first, NmfData<float> second)
    {
        NmfData<float>[] views = [first, second];
        var times = Least(
            iterations => Separate(first, rank, beta, iterations),
            iterations => Separate(second, rank, beta, iterations),
            iterations => Together(views, rank, beta, ViewCoupling.L1(0.1), iterations),
            iterations => Together(views, rank, beta, ViewCoupling.L2(1), iterations),
            iterations => Together(views, rank, beta, ViewCoupling.Shared, iterations));
        var sum = times[0] + times[1];
        Console.WriteLine(
            $"| {kind}, {first.Features} + {second.Features} features, K = {rank} | {beta} | {sum:F2} | "
            + $"{times[2] / sum:F2} | {times[3] / sum:F2} | {times[4] / sum:F2} |");
    }

    private static void Separate(NmfData<float> data, int rank, double beta, int iterations) => NmfFactorizer.Fit(
        data,
        new NmfOptions
        {
            Rank = rank, Problem = new BetaNmf(beta), Solver = NmfSolver.MultiplicativeUpdate,
            Initialization = NmfInitialization.Random, Iterations = For(iterations), Threads = 1,
        });

    private static void Together(
        NmfData<float>[] views, int rank, double beta, ViewCoupling coupling, int iterations) => CoNmf.Fit(
        views,
        new CoNmfOptions
        {
            Rank = rank, Coupling = coupling, Starts = 1, SharedIterations = 0,
            Views = [new() { Beta = beta }, new() { Beta = beta }], Iterations = For(iterations), Threads = 1,
        });

    private static IterationOptions For(int iterations)
        => new() { MaximumIterations = iterations, CheckInterval = Long, Tolerance = 0 };

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
