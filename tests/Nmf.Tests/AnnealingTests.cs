namespace Nmf.Tests;

public sealed class AnnealingTests
{
    private static readonly NmfOptions Options = new()
    {
        Rank = 4, Problem = 0, Solver = NmfSolver.MultiplicativeUpdate, Initialization = NmfInitialization.Random,
        Iterations = new() { MaximumIterations = 10, Tolerance = 0 }, Seed = 2,
    };

    [Fact]
    public void Stages_step_evenly_towards_the_divergence_of_the_fit()
    {
        var annealing = new BetaAnnealing { Stages = 4 };
        Assert.Equal([2, 1.5, 1, 0.5, 0], Enumerable.Range(0, 5).Select(stage => annealing.Beta(stage, 0)));
        Assert.Equal([2, 1.75, 1.5, 1.25, 1], Enumerable.Range(0, 5).Select(stage => annealing.Beta(stage, 1)));
    }

    [Fact]
    public void With_one_divergence_throughout_it_is_a_longer_fit()
    {
        var data = TestData.Dense<double>(TestData.Positive(40, 30, 4, 1), 40, 30);
        var annealed = NmfFactorizer.Fit(data, Options with { Problem = (BetaNmf)Options.Problem with { Annealing =
            new BetaAnnealing { From = 0, Stages = 3, IterationsPerStage = 10 } } });
        var plain = NmfFactorizer.Fit(
            data, Options with { Iterations = Options.Iterations with { MaximumIterations = 40 } });
        Assert.Equal(plain.Report.Objective, annealed.Report.Objective, 1e-12 * plain.Report.Objective);
        Assert.Equal([0, 5, 10], annealed.Report.History.Select(p => p.Iteration));
    }

    [Fact]
    public void The_stages_are_fits_one_after_another()
    {
        var data = TestData.Dense<double>(TestData.Positive(40, 30, 4, 1), 40, 30);
        var annealed = NmfFactorizer.Fit(data, Options with { Problem =
            (BetaNmf)Options.Problem with { Annealing = new BetaAnnealing { Stages = 2, IterationsPerStage = 7 } } });

        using var team = new Kernels.WorkTeam(1);
        var factors = Options.Problem.CreateStart(data, Options, 0, team, default);
        foreach (var (beta, iterations) in new[] { (2.0, 7), (1.0, 7), (0.0, 10) })
        {
            var solver = Solver<double>.Create(data, Options with { Problem = beta }, factors, team);
            for (var i = 0; i < iterations; i++)
                solver.Step();
            if (beta == 0)
                Assert.Equal(solver.Objective(), annealed.Report.Objective, 1e-10 * annealed.Report.Objective);
        }
    }

    [Fact]
    public void A_stage_gives_an_entry_back_that_multiplying_would_leave_at_zero()
    {
        var start = TestData.Start<double>(40, 30, 4, 1);
        start.Dictionary[3, 2] = 0;
        var mean = Enumerable.Range(0, 30).Average(f => start.Dictionary[f, 2]);
        BetaAnnealing.Raise(start);
        Assert.Equal(1e-6 * mean, start.Dictionary[3, 2], 1e-12);
    }

    [Fact]
    public void Progress_names_the_divergence_and_no_objective_of_one_divergence_increases()
    {
        var data = TestData.Dense<float>(TestData.Positive(40, 30, 4, 1), 40, 30);
        var seen = new List<FitProgress>();
        var model = NmfFactorizer.Fit(
            data, Options with { Problem = (BetaNmf)Options
                .Problem with { Annealing = new BetaAnnealing { Stages = 4, IterationsPerStage = 10 } } },
            progress: new Recorder(seen.Add));
        Assert.Equal([2, 1.5, 1, 0.5, 0], seen.Select(p => p.Beta).Distinct());
        foreach (var stage in seen.GroupBy(p => p.Beta))
            Assert.All(
                stage.Zip(stage.Skip(1)),
                pair => Assert.True(pair.Second.Objective <= pair.First.Objective * (1 + 1e-5)));
        Assert.All(
            model.Report.History.Zip(model.Report.History.Skip(1)),
            pair => Assert.True(pair.Second.Objective <= pair.First.Objective * (1 + 1e-5)));
    }

    [Fact]
    public void A_stage_can_be_cancelled()
    {
        var data = TestData.Dense<float>(TestData.Positive(40, 30, 4, 1), 40, 30);
        using var source = new CancellationTokenSource();
        var progress = new Recorder(p =>
        {
            if (p.Beta == 1)
                source.Cancel();
        });
        var options = Options with { Problem =
            (BetaNmf)Options.Problem with { Annealing = new BetaAnnealing { Stages = 2, IterationsPerStage = 1000 } } };
        Assert.ThrowsAny<OperationCanceledException>(
            () => NmfFactorizer.Fit(data, options, progress: progress, cancellationToken: source.Token));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        var data = TestData.Dense<float>(TestData.Positive(700, 90, 4, 1), 700, 90);
        var options = Options with { Problem =
            (BetaNmf)Options.Problem with { Annealing = new BetaAnnealing { Stages = 4, IterationsPerStage = 5 } } };
        var one = NmfFactorizer.Fit(data, options with { Threads = 1 });
        var three = NmfFactorizer.Fit(data, options with { Threads = 3 });
        Assert.Equal(one.Dictionary.ToRowMajor(), three.Dictionary.ToRowMajor());
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Refuse(new BetaAnnealing { From = double.NaN }, nameof(BetaAnnealing.From));
        Refuse(new BetaAnnealing { Stages = 0 }, nameof(BetaAnnealing.Stages));
        Refuse(new BetaAnnealing { IterationsPerStage = 0 }, nameof(BetaAnnealing.IterationsPerStage));

        static void Refuse(BetaAnnealing annealing, string option)
            => Assert.Equal(option, Assert.Throws<ArgumentException>((Options with { Problem = (BetaNmf)Options
                .Problem with { Annealing = annealing } }).Validate).ParamName);
    }

    private sealed class Recorder(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
