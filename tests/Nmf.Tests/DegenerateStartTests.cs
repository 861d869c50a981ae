using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Starts and data at the edge of what arithmetic allows: no solver may answer with NaN or with a
/// worse objective.</summary>
public sealed class DegenerateStartTests
{
    private const int Samples = 41;
    private const int Features = 23;
    private const int Rank = 5;

    public static TheoryData<NmfSolver, double> Solvers()
    {
        var solvers = new TheoryData<NmfSolver, double>();
        foreach (var solver in Enum.GetValues<NmfSolver>())
        {
            foreach (var beta in new[] { 1.0, 2.0, 0.5 })
            {
                if ((solver.RequiredBeta() ?? beta) == beta)
                    solvers.Add(solver, beta);
            }
        }

        return solvers;
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Components_without_weight_in_either_factor_or_in_both(NmfSolver solver, double beta)
    {
        var data = TestData.Dense<float>(TestData.Counts(Samples, Features, Rank, 1), Samples, Features);
        var start = TestData.Start<float>(Samples, Features, Rank, 2);
        for (var f = 0; f < Features; f++)
            start.Dictionary.Row(f)[0] = start.Dictionary.Row(f)[1] = 0;
        for (var n = 0; n < Samples; n++)
            start.Activations!.Row(n)[0] = start.Activations.Row(n)[2] = 0;
        AssertDescends(data, start, solver, beta);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-18)]
    [InlineData(1e-25)]
    public void Half_of_the_features_are_zero_or_tiny(double factor)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            var w = Enumerable.Range(0, 2 * Features).Select(_ => 0.1 + random.NextDouble()).ToArray();
            var h = Enumerable.Range(0, 2 * Samples).Select(_ => 0.1 + random.NextDouble()).ToArray();
            var values = new double[Samples * Features];
            for (var i = 0; i < values.Length; i++)
            {
                var (n, f) = (2 * (i / Features), 2 * (i % Features));
                values[i] = ((h[n] * w[f]) + (h[n + 1] * w[f + 1])) * (i % Features % 2 == 0 ? 1 : factor);
            }

            foreach (var solver in new[] { NmfSolver.Auto, NmfSolver.ExtrapolatedNewton })
            {
                var options = new NmfOptions { Rank = 2, Problem = 1, Solver = solver, Seed = seed };
                var exact = NmfFactorizer.Fit(TestData.Dense<double>(values, Samples, Features), options);
                Assert.True(exact.ExplainedPart > 0.999, $"{solver} {seed}: {exact.ExplainedPart}");
                var single = NmfFactorizer.Fit(TestData.Dense<float>(values, Samples, Features), options);
                Assert.True(single.ExplainedPart > 0.999, $"{solver} {seed}: {single.ExplainedPart}");
                var sparse = NmfFactorizer.Fit(TestData.Sparse<double>(values, Samples, Features), options);
                Assert.True(sparse.ExplainedPart > 0.999, $"{solver} {seed}: {sparse.ExplainedPart}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Equal_components(NmfSolver solver, double beta)
    {
        var data = TestData.Dense<float>(TestData.Counts(Samples, Features, Rank, 3), Samples, Features);
        var start = TestData.Start<float>(Samples, Features, Rank, 4);
        foreach (var factor in new[] { start.Dictionary, start.Activations! })
        {
            for (var i = 0; i < factor.Rows; i++)
                factor.Row(i).Fill(factor.Row(i)[0]);
        }

        AssertDescends(data, start, solver, beta);
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Features_and_samples_that_the_start_does_not_reach(NmfSolver solver, double beta)
    {
        var data = TestData.Dense<float>(TestData.Positive(Samples, Features, Rank, 5), Samples, Features);
        var start = TestData.Start<float>(Samples, Features, Rank, 6);
        start.Dictionary.Row(3).Clear();
        start.Activations!.Row(7).Clear();
        AssertDescends(data, start, solver, beta);
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Data_of_any_size(NmfSolver solver, double beta)
    {
        foreach (var scale in new[] { 1e-12, 1e12 })
        {
            var values = Array.ConvertAll(TestData.Counts(Samples, Features, Rank, 7), v => v * scale);
            var data = TestData.Dense<float>(values, Samples, Features);
            var model = NmfFactorizer.Fit(
                data, new NmfOptions { Rank = Rank, Problem = beta, Solver = solver,
                    Iterations = new() { MaximumIterations = 300, Tolerance = 0 } });
            Assert.True(model.ExplainedPart is > 0.8 and <= 1, $"Scale {scale}: explained part {model.ExplainedPart}.");
        }
    }

    private static void AssertDescends(NmfData<float> data, NmfStart<float> start, NmfSolver solver, double beta)
    {
        using var team = new WorkTeam(2);
        var running = Solver<float>.Create(
            data, new NmfOptions { Rank = Rank, Problem = beta, Solver = solver }, start, team);
        var previous = running.Objective();
        for (var i = 0; i < 60; i++)
        {
            running.Step();
            var current = running.Objective();
            Assert.True(current <= previous * (1 + 1e-5), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.All(
            running.W.ToRowMajor().Concat(running.H.ToRowMajor()), v => Assert.True(v >= 0 && float.IsFinite(v)));
    }
}
