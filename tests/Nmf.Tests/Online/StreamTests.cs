using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Power spectra with multiplicative noise, in forty batches: what one pass over a stream is worth.</summary>
public sealed class StreamTests
{
    private const int Samples = 4000;
    private const int Features = 20;
    private const int Rank = 4;

    [Fact]
    public void A_pass_is_worth_several_iterations_over_all_the_data()
    {
        // The recipe of the reference (gamma factors of shape a half, exponential noise, batches of 100, r = 0.7, 20
        // updates of the activations). There the cost per entry was 0.608, 0.598, 0.591 after one to three passes,
        // between 5 and 20 iterations in memory, with the truth at 0.575.
        var (values, truth) = Spectra();
        var data = TestData.Dense<double>(values, Samples, Features);
        var options = new OnlineNmfOptions
        {
            Rank = Rank, Beta = 0, BatchSize = 100, Passes = 3, Tolerance = 0, StartWeight = 0,
            Learning = new() { Forgetting = 0.7, ForgettingPeriod = Samples, InnerTolerance = 0 },
            Initialization = NmfInitialization.Random, Seed = 1, Threads = 1,
        };
        var costs = new List<double>();
        for (var passes = 1; passes <= 3; passes++)
        {
            var model = OnlineFactorizer.Fit(NmfBatchSource.FromData(data), options with { Passes = passes });
            costs.Add(model.Objective / values.Length);
        }

        var start = new NmfStart<double>(RandomFactor(Features, 3), RandomFactor(Samples, 4));
        using var team = new WorkTeam(1);
        var solver = Solver<double>.Create(
            data, new NmfOptions { Rank = Rank, Problem = 0, Solver = NmfSolver.MultiplicativeUpdate }, start, team);
        for (var i = 0; i < 5; i++)
            solver.Step();
        var five = solver.Objective() / values.Length;

        Assert.True(costs[0] < five, $"One pass: {costs[0]}, five iterations: {five}");
        Assert.True(costs[1] < costs[0] && costs[2] < costs[1], string.Join(' ', costs));
        Assert.InRange(costs[2], truth * 0.9, truth * 1.1);
    }

    private static (double[] Values, double Truth) Spectra()
    {
        var random = new Random(1);
        // Half the square of a normal variable has the gamma distribution of shape a half.
        double Gamma()
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(
                2 * Math.PI * random.NextDouble());
            return normal * normal / 2;
        }

        var w = Enumerable.Range(0, Features * Rank).Select(_ => Gamma()).ToArray();
        var values = new double[Samples * Features];
        double truth = 0;
        for (var n = 0; n < Samples; n++)
        {
            var h = Enumerable.Range(0, Rank).Select(_ => Gamma()).ToArray();
            for (var f = 0; f < Features; f++)
            {
                var y = 1e-9;
                for (var k = 0; k < Rank; k++)
                    y += w[(f * Rank) + k] * h[k];
                var v = (y * -Math.Log(1 - random.NextDouble())) + 1e-9;
                values[(n * Features) + f] = v;
                truth += BetaDivergence.Value(v, y, 0);
            }
        }

        return (values, truth / values.Length);
    }

    private static Matrix<double> RandomFactor(int rows, int seed)
    {
        var random = new Random(seed);
        return Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, rows * Rank).Select(_ => 0.1 + random.NextDouble())], rows, Rank);
    }
}
