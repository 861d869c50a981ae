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
    public void A_stage_gives_entries_back_that_multiplying_has_driven_to_nearly_zero()
    {
        // Every sample has one component, every feature too: all other entries of both factors vanish. Below β = 1 no
        // activations are inferred again at the end.
        var values = Enumerable.Range(0, 40 * 32).Select(i => (i / 32 % 4) == (i % 4) ? 1.0 + (i % 7) : 0).ToArray();
        var data = TestData.Dense<double>(values, 40, 32);
        var options = Options with { Scale = ComponentScale.None };
        var stage = NmfFactorizer.Fit(data, options with
            { Problem = 0.5, Iterations = options.Iterations with { MaximumIterations = 300 } });
        var annealed = NmfFactorizer.Fit(data, options with
        {
            Problem = new BetaNmf(0.5)
                { Annealing = new BetaAnnealing { From = 0.5, Stages = 1, IterationsPerStage = 300 } },
            Iterations = options.Iterations with { MaximumIterations = 0 },
        });
        Raised(stage.Dictionary, annealed.Dictionary);
        Raised(stage.Activations, annealed.Activations);

        static void Raised(Kernels.Matrix<double> stage, Kernels.Matrix<double> annealed)
        {
            foreach (var (before, after) in Columns(stage).Zip(Columns(annealed)))
            {
                var floor = 1e-6 * before.Average();
                Assert.Contains(before, value => value < 1e-3 * floor);
                Assert.All(
                    before.Zip(after),
                    pair => Assert.Equal(1, pair.Second / Math.Max(pair.First, floor), 1e-12));
            }
        }

        static IEnumerable<double[]> Columns(Kernels.Matrix<double> factor)
            => Enumerable.Range(0, factor.Columns).Select(
                k => Enumerable.Range(0, factor.Rows).Select(i => factor[i, k]).ToArray());
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
