using System.Diagnostics;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Pixels per second of exact abundances, and the time of a whole unmixing fit: the least of several rounds,
/// for a machine that others use too.</summary>
internal static class UnmixingRates
{
    private const int Rounds = 20;

    public static void Print()
    {
        Console.WriteLine($"Inference, 100,000 pixels x 200 bands x 6 endmembers, the best of {Rounds} rounds");
        var pixels = Scene(100_000, 200, 6, seed: 1, out var endmembers);
        foreach (var constraint in new[] { AbundanceConstraint.SumToOne, AbundanceConstraint.SumToAtMostOne })
        {
            foreach (var threads in new[] { 1, 2 })
                Console.WriteLine(
                    $"| {constraint} | {threads} | "
                    + $"{pixels.Rows / Infer(pixels, endmembers, constraint, threads) / 1e6:F2} million pixels per "
                    + "second |");
        }

        Console.WriteLine("Fit, 307 x 307 pixels x 162 bands x 4 endmembers, ten iterations from SPA, two threads");
        var scene = Scene(307 * 307, 162, 4, seed: 2, out var truth);
        var data = NmfData<float>.FromMatrix(scene);
        foreach (var volume in new[] { null, new VolumePenalty { Weight = 0.1 } })
        {
            var options = new NmfOptions { Rank = 4, Problem = new AbundanceNmf() { Volume = volume },
                Iterations = new() { MaximumIterations = 10, Tolerance = 0 }, Threads = 2 };
            var least = double.PositiveInfinity;
            for (var round = 0; round < 3; round++)
            {
                var start = Stopwatch.GetTimestamp();
                NmfFactorizer.Fit(data, options);
                least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            Console.WriteLine($"| {(volume is null ? "plain" : "minimum volume")} | {least:F2} s |");
        }
    }

    private static double Infer(
        Matrix<float> pixels, Matrix<float> endmembers, AbundanceConstraint constraint, int threads)
    {
        using var team = new WorkTeam(threads);
        var solver = new AbundanceNmf { Sum = constraint }.CreateRowSolver(endmembers, new InferenceOptions());
        var abundances = new Matrix<float>(pixels.Rows, endmembers.Columns);
        var least = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            solver.SolveAll(pixels, abundances, team, CancellationToken.None);
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return least;
    }

    // Smooth spectra, mixed by sparse abundances, with noise of 40 dB.
    private static Matrix<float> Scene(int pixels, int bands, int endmembers, int seed, out Matrix<float> spectra)
    {
        var random = new Random(seed);
        spectra = new Matrix<float>(bands, endmembers);
        for (var k = 0; k < endmembers; k++)
        {
            var (slope, depth, center) = (random.NextDouble() - 0.5, 0.3 * random.NextDouble(), random.NextDouble());
            for (var f = 0; f < bands; f++)
            {
                var x = (double)f / bands;
                spectra.Row(f)[k] = (float)(0.5 + (0.5 * slope * x)
                    - (depth * Math.Exp(-100 * (x - center) * (x - center))) + (0.1 * Math.Sin(x * 5 * (k + 1))));
            }
        }

        var scene = new Matrix<float>(pixels, bands);
        Span<double> abundances = stackalloc double[endmembers];
        for (var n = 0; n < pixels; n++)
        {
            double sum = 0;
            foreach (ref var abundance in abundances)
                sum += abundance = random.Next(2) * -Math.Log(1 - random.NextDouble());
            if (sum == 0)
                sum = abundances[n % endmembers] = 1;
            for (var f = 0; f < bands; f++)
            {
                double value = 0.005 * (random.NextDouble() + random.NextDouble() - 1);
                for (var k = 0; k < endmembers; k++)
                    value += spectra.Row(f)[k] * abundances[k] / sum;
                scene.Row(n)[f] = (float)Math.Max(value, 0);
            }
        }

        return scene;
    }
}
