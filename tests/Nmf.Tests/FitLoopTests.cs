using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class FitLoopTests
{
    private static readonly NmfOptions Options =
        new() { Rank = Fixture.Rank, Problem = 1, Solver = NmfSolver.MultiplicativeUpdate };

    [Fact]
    public void Without_a_tolerance_all_iterations_run()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        var model = NmfFactorizer.Fit(
            data, Options with { Iterations = new() { MaximumIterations = 13, Tolerance = 0, CheckInterval = 5 } },
            start);
        Assert.Equal(StopReason.MaximumIterations, model.Report.StopReason);
        Assert.Equal(13, model.Report.Iterations);
        Assert.Equal([0, 5, 10, 13], model.Report.History.Select(p => p.Iteration));
    }

    [Fact]
    public void The_history_holds_the_golden_objectives()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        var model = NmfFactorizer.Fit(
            data, Options with { Iterations = new() { MaximumIterations = 2, Tolerance = 0, CheckInterval = 1 } },
            start);
        Assert.Equal(
            [242.8617554397, 57.9868240668, 55.9914421278], model.Report.History.Select(p => p.Objective),
            (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void A_fit_stops_when_the_relative_decrease_per_iteration_falls_below_the_tolerance()
    {
        const double tolerance = 1e-4;
        const int interval = 4;
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        var model = NmfFactorizer.Fit(
            data, Options with { Iterations =
                new() { MaximumIterations = 5000, Tolerance = tolerance, CheckInterval = interval } },
            start);
        Assert.Equal(StopReason.Converged, model.Report.StopReason);
        var objectives = model.Report.History.Select(p => p.Objective).ToArray();
        for (var i = 1; i < objectives.Length; i++)
            Assert.Equal(
                i == objectives.Length - 1, objectives[i - 1] - objectives[i] < tolerance * interval * objectives[i]);
    }

    [Fact]
    public void A_fit_that_has_nothing_left_to_explain_has_converged()
    {
        var data = NmfData<double>.FromDense([1, 2, 2, 4], 2, 2);
        var start = new NmfStart<double>(
            Matrix<double>.FromRowMajor([1, 2], 2, 1), Matrix<double>.FromRowMajor([1, 2], 2, 1));
        var report = NmfFactorizer.Fit(data, new NmfOptions { Rank = 1, Problem = 2 }, start).Report;
        Assert.Equal(0, report.Objective);
        Assert.Equal(StopReason.Converged, report.StopReason);
    }

    [Fact]
    public void Zero_iterations_return_the_start()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        var model = NmfFactorizer.Fit(
            data, Options with { Iterations = Options.Iterations with { MaximumIterations = 0 },
                Scale = ComponentScale.None }, start);
        Assert.Equal(0, model.Report.Iterations);
        Assert.Equal(start.Dictionary.ToRowMajor().Order(), model.Dictionary.ToRowMajor().Order());
    }

    [Fact]
    public void Progress_is_reported_on_the_calling_thread_at_every_check()
    {
        var thread = Environment.CurrentManagedThreadId;
        var seen = new List<FitProgress>();
        var data = Fixture.Data<float>();
        var options = Options with { Iterations = new() { MaximumIterations = 6, Tolerance = 0, CheckInterval = 3 },
            Starts = 2, Initialization = NmfInitialization.Random };
        var model = NmfFactorizer.Fit(data, options, progress: new Callback(p =>
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            seen.Add(p);
        }));
        Assert.Equal([(0, 0), (0, 3), (0, 6), (1, 0), (1, 3), (1, 6)], seen.Select(p => (p.Start, p.Iteration)));
        Assert.All(seen, p => Assert.Equal((2, 6), (p.Starts, p.MaximumIterations)));
    }

    [Fact]
    public void A_cancelled_token_stops_before_the_first_step()
    {
        var data = Fixture.Data<float>();
        Assert.ThrowsAny<OperationCanceledException>(
            () => NmfFactorizer.Fit(data, Options, cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void An_objective_that_is_not_finite_is_an_error_that_says_what_to_do()
    {
        // 1e30 squared overflows float in the products, not in the start.
        var data = TestData.Dense<float>(TestData.Positive(4, 3, 2, 1), 4, 3);
        var start = TestData.Start<float>(4, 3, 2, 2);
        start.Activations![1, 1] = 1e30f;
        var error = Assert.Throws<NmfNumericalException>(
            () => NmfFactorizer.Fit(data, new NmfOptions { Rank = 2, Problem = 3 }, start));
        Assert.Contains("double precision", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_starts_the_best_is_kept()
    {
        var data = TestData.Dense<float>(TestData.Positive(60, 25, 6, 9), 60, 25);
        var options = new NmfOptions { Rank = 6, Problem = 0, Starts = 5, Iterations = new() { MaximumIterations = 40 },
            Initialization = NmfInitialization.Random };
        var model = NmfFactorizer.Fit(data, options);
        Assert.Equal(5, model.Report.StartObjectives.Count);
        Assert.Equal(5, model.Report.StartObjectives.Distinct().Count());
        Assert.Equal(model.Report.StartObjectives.Min(), model.Report.Objective);
    }

    private sealed class Callback(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
