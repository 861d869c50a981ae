using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Tests;

/// <summary>Exponential noise by variational expectation-maximisation: trajectories, descent, what vanishes, and
/// units.</summary>
public sealed class VariationalExponentialTests
{
    private static readonly MarginalLikelihoodOptions Options = new()
    {
        Rank = 8, Noise = MarginalNoise.Exponential, Seed = 3, Threads = 1,
        Iterations = new() { MaximumIterations = 400, CheckInterval = 10 },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Trajectories_are_those_of_an_independent_program(int which)
    {
        var golden = MarginalGoldens.Values.Exponential[which];
        using var team = new WorkTeam(1);
        var start = Fixture.Start<double>();
        var (rho, tau) = (start.Activations!, start.Activations!.Clone());
        for (var n = 0; n < rho.Rows; n++)
        {
            foreach (ref var x in rho.Row(n))
                x = 2 / x;
        }

        var shape = golden.Shape;
        var solver = new VariationalExponentialSolver<double>(
            Fixture.Data<double>(), start.Dictionary, rho, tau, [shape, shape, shape], [1, 1, 1], team);
        for (var i = 0; i < golden.Iterations.Length; i++)
        {
            if (i > 0)
                solver.Step();
            var state = golden.Iterations[i];
            Assert.Equal(state.Objective, solver.Objective(), 1e-9 * state.Objective);
            foreach (var (expected, actual) in state.Dictionary.Zip(solver.W.ToRowMajor()))
                Assert.Equal(expected, actual, 1e-9 * expected);
            foreach (var (expected, actual) in state.Rates.Zip(solver.Rate))
                Assert.Equal(expected, actual, 1e-9 * expected);
        }
    }

    [Fact]
    public void The_bound_never_decreases_components_vanish_and_a_step_allocates_nothing()
    {
        var data = TestData.Dense<double>(Spectra(80, 30, 3, 4), 80, 30);
        using var team = new WorkTeam(1);
        var start = TestData.Start<double>(80, 30, 8, 1);
        var tau = start.Activations!.Clone();
        double[] Of(double value) => [.. Enumerable.Repeat(value, 8)];
        for (var n = 0; n < 80; n++)
        {
            foreach (ref var x in start.Activations!.Row(n))
                x = 2 / x;
        }

        var solver = new VariationalExponentialSolver<double>(
            data, start.Dictionary, start.Activations!, tau, Of(1), Of(1), team);
        var previous = solver.Objective();
        for (var i = 0; i < 300; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(current <= previous + (1e-11 * Math.Abs(previous)), $"{i}: {previous:R} -> {current:R}");
            previous = current;
            if (i % 7 == 0)
                solver.BetweenChecks();
        }

        Assert.True(solver.W.Columns < 8, $"{solver.W.Columns} components are left.");
        Allocation.AssertNone(solver.Step);
    }

    [Fact]
    public void Another_unit_has_the_same_model_and_threads_change_no_bit()
    {
        var values = Spectra(70, 20, 3, 4);
        var model = MarginalLikelihood.Fit(TestData.Dense<double>(values, 70, 20), Options);
        foreach (var exponent in new[] { -40, 40 })
        {
            var scaled = MarginalLikelihood.Fit(
                TestData.Dense<double>(Array.ConvertAll(values, v => Math.ScaleB(v, exponent)), 70, 20),
                Options with { Threads = 3 });
            Assert.Equal(model.Dictionary.ToRowMajor(), scaled.Dictionary.ToRowMajor());
            Assert.Equal(model.Rates.Select(rate => Math.ScaleB(rate, -exponent)), scaled.Rates);
            Assert.Equal(
                model.Report!.Objective + (70 * 20 * exponent * Math.Log(2)), scaled.Report!.Objective, 1e-6);
            var means = scaled.Activations!.Mean.ToRowMajor();
            foreach (var (one, other) in model.Activations!.Mean.ToRowMajor().Zip(means))
                Assert.Equal(one, Math.ScaleB(other, -exponent), 1e-9 * one);
        }

        Assert.Equal(
            -model.Report!.Objective, model.Activations!.TotalLogLikelihood, 1e-3 * Math.Abs(model.Report.Objective));
    }

    [Fact]
    public void Single_precision_follows()
    {
        var values = Spectra(70, 20, 3, 4);
        var options = Options with { Iterations = new() { MaximumIterations = 30 } };
        var one = MarginalLikelihood.Fit(TestData.Dense<double>(values, 70, 20), options);
        var other = MarginalLikelihood.Fit(TestData.Dense<float>(values, 70, 20), options);
        Assert.Equal(one.Report!.Objective, other.Report!.Objective, 1e-3 * Math.Abs(one.Report.Objective));
    }

    [Fact]
    public void Zeros_and_sparse_data_are_refused_by_name()
    {
        var zero = TestData.Dense<double>([1, 2, 0, 3], 2, 2);
        Assert.Contains(
            "sample 1, feature 0", Assert.Throws<NmfDataException>(() => MarginalLikelihood.Fit(zero, Options)).Message,
            StringComparison.Ordinal);
        var sparse = TestData.Sparse<double>([1, 2, 1, 3], 2, 2);
        Assert.Contains(
            "sparse", Assert.Throws<NmfDataException>(() => MarginalLikelihood.Fit(sparse, Options)).Message,
            StringComparison.Ordinal);
        var model = MarginalLikelihood.Fit(
            TestData.Dense<double>(Spectra(30, 6, 2, 1), 30, 6),
            Options with { Iterations = new() { MaximumIterations = 5 } });
        Assert.Throws<NmfDataException>(() => model.Infer(TestData.Dense<double>([1, 2, 0, 3, 1, 1], 1, 6)));
        Assert.Throws<ArgumentException>(() => model.Perplexity(TestData.Dense<double>([1, 2, 1, 3, 1, 1], 1, 6)));
    }

    private static double[] Spectra(int samples, int features, int rank, int seed)
    {
        var random = new Random(seed);
        return Array.ConvertAll(
            TestData.Positive(samples, features, rank, seed), v => v * -Math.Log(1 - random.NextDouble()));
    }
}
