using Nmf.Kernels;

namespace Nmf.Tests.CoFactorisation;

/// <summary>Fits from start to end: starts, checkpoints, bad input, edges.</summary>
public sealed class CoNmfTests
{
    private const int Samples = 37;
    private const int Rank = 4;

    private static readonly CoNmfOptions Sixty = new()
    {
        Rank = Rank, Starts = 2, SharedIterations = 20,
        Iterations = new IterationOptions { MaximumIterations = 40, CheckInterval = 7, Tolerance = 0 },
    };

    private static readonly NmfData<double>[] Views = CoFixture.Dense<double>(
        CoFixture.Views(Samples, Rank, 1, 29, 13), Samples);

    [Fact]
    public void The_best_start_is_kept_and_neither_threads_nor_runs_change_a_bit()
    {
        var one = CoNmf.Fit(Views, Sixty with { Starts = 3, Threads = 1 });
        var two = CoNmf.Fit(Views, Sixty with { Starts = 3, Threads = 2 });
        Assert.Equal(one.Report!.StartObjectives.Min(), one.Report.Objective);
        Assert.Equal(3, one.Report.StartObjectives.Distinct().Count());
        Assert.Equal(Factors(one), Factors(two));
        Assert.NotEqual(Factors(one), Factors(CoNmf.Fit(Views, Sixty with { Seed = 7 })));
    }

    [Fact]
    public void The_objective_is_the_sum_of_what_it_says()
    {
        foreach (var coupling in new[] { ViewCoupling.L1(0.1), ViewCoupling.L2(2), ViewCoupling.Shared })
        {
            var model = CoNmf.Fit(Views, Sixty with { Coupling = coupling });
            var sum = model.CouplingValue;
            for (var v = 0; v < 2; v++)
                sum += model.Weights[v] * new BetaMeasure(1).Evaluate(
                    Views[v], model.Dictionaries[v], model.Activations[v], new WorkTeam(1)).Value;
            Assert.Equal(model.Report!.Objective, sum, 1e-9 * sum);
            Assert.Equal(coupling == ViewCoupling.Shared, model.CouplingValue == 0);
            Assert.Equal(1, model.Contributions.Sum(), 1e-12);
            Assert.Equal(model.Contributions.OrderDescending(), model.Contributions);
            Assert.All(model.ExplainedParts, part => Assert.InRange(part, 0.5, 1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits(bool isShared)
    {
        var options = Sixty with { Coupling = isShared ? ViewCoupling.Shared : ViewCoupling.L1(0.1) };
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var whole = CoNmf.Fit(Views, options);
            CoNmfModel<double>? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = CoNmf.Fit(Views, options, checkpoint, new Watch(p =>
                    {
                        // The third report of a run comes after a checkpoint, also where a stage has ended before it.
                        if (p.Iteration is > 0 and < 40 && ++reports == 3)
                            throw new OperationCanceledException();
                    }));
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                }
            }

            Assert.True(interruptions > 2, $"The fit was interrupted {interruptions} times only.");
            Assert.Equal(Factors(whole), Factors(resumed));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_second_view_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            Assert.Throws<OperationCanceledException>(() => CoNmf.Fit(Views, Sixty, checkpoint, new Watch(p =>
            {
                if (p.Iteration == 14)
                    throw new OperationCanceledException();
            })));
            var other = CoFixture.Dense<double>(CoFixture.Views(Samples, Rank, 5, 29, 13), Samples);
            var error = Assert.Throws<NmfCheckpointException>(
                () => CoNmf.Fit([Views[0], other[1]], Sixty, checkpoint));
            Assert.Contains("data of view 1", error.Message);
            error = Assert.Throws<NmfCheckpointException>(
                () => CoNmf.Fit(Views, Sixty with { Coupling = ViewCoupling.L2(0.1) }, checkpoint));
            Assert.Contains("Coupling", error.Message);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_cancelled_fit_ends()
    {
        using var source = new CancellationTokenSource();
        var watch = new Watch(p =>
        {
            if (p.Iteration == 7)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(
            () => CoNmf.Fit(Views, Sixty, progress: watch, cancellationToken: source.Token));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        AssertSays("must be at least 2 views", () => CoNmf.Fit([Views[0]], Sixty));
        AssertSays("The rank must be greater", () => CoNmf.Fit(Views, Sixty with { Rank = 0 }));
        AssertSays(
            "weight of the coupling is -1", () => CoNmf.Fit(Views, Sixty with { Coupling = ViewCoupling.L1(-1) }));
        AssertSays(
            "options of 3 views, but data of 2", () => CoNmf.Fit(Views, Sixty with { Views = [new(), new(), new()] }));
        AssertSays(
            "weight of view 1 is 0", () => CoNmf.Fit(Views, Sixty with { Views = [new(), new() { Weight = 0 }] }));
        AssertSays("beta of view 0 is NaN", () => CoNmf.Fit(
            Views, Sixty with { Views = [new() { Beta = double.NaN }, new()] }));
        var fewer = CoFixture.Dense<double>(CoFixture.Views(5, 2, 1, 3, 4), 5);
        AssertSays("View 1 has 5 samples, but view 0 has 37", () => CoNmf.Fit([Views[0], fewer[0]], Sixty));
        var zeros = CoFixture.Dense<double>([[1, 2, 3, 4, 5, 6], [1, 2, 0, 4]], 2);
        var error = Assert.Throws<NmfDataException>(
            () => CoNmf.Fit(zeros, Sixty with { Views = [new(), new() { Beta = 0 }] }));
        Assert.Contains("View 1", error.Message);
        Assert.Equal((1, 0, 0), (error.Sample, error.Feature, error.Value));
        var model = CoNmf.Fit(Views, Sixty);
        AssertSays("No view is there", () => model.Transform([null, null]));
        AssertSays("There are 1 views, but the model has 2", () => model.Transform([Views[0]]));
        AssertSays("View 0 has 13 features, but its dictionary has 29", () => model.Transform([Views[1], null]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Predict(Views, 2));
    }

    [Fact]
    public void One_component_one_sample_and_more_components_than_features_are_fitted()
    {
        foreach (var coupling in new[] { ViewCoupling.L1(0.1), ViewCoupling.L2(1), ViewCoupling.Shared })
        {
            var options = Sixty with { Coupling = coupling, Starts = 1 };
            AssertFinite(CoNmf.Fit(Views, options with { Rank = 1 }));
            AssertFinite(CoNmf.Fit(CoFixture.Dense<double>([[1, 2, 3], [4, 5]], 1), options));
            AssertFinite(CoNmf.Fit(Views, options with { Rank = 17 }));
            var start = CoNmf.Fit(Views, options with { Iterations = new() { MaximumIterations = 0 } });
            Assert.Equal(0, start.Report!.Iterations);
            AssertFinite(start);
        }
    }

    [Fact]
    public void Zeros_and_what_nobody_has_seen_are_zero_in_the_model()
    {
        double[][] values = CoFixture.Views(Samples, Rank, 1, 29, 13);
        for (var f = 0; f < 29; f++)
            (values[0][(3 * 29) + f], values[0][(4 * 29) + f]) = (double.NaN, 0);
        for (var f = 0; f < 13; f++)
            (values[1][(3 * 13) + f], values[1][(4 * 13) + f]) = (double.NaN, 0);
        for (var n = 0; n < Samples; n++)
            values[0][(n * 29) + 5] = double.NaN;
        foreach (var coupling in new[] { ViewCoupling.L1(0.1), ViewCoupling.L2(1), ViewCoupling.Shared })
        {
            var model = CoNmf.Fit(CoFixture.Dense<double>(values, Samples), Sixty with { Coupling = coupling });
            AssertFinite(model);
            Assert.All(model.Activations, h => Assert.Equal(new double[Rank], h.Row(3).ToArray()));
            Assert.All(model.Activations, h => Assert.All(h.Row(4).ToArray(), x => Assert.InRange(x, 0, 1e-12)));
            Assert.Equal(new double[Rank], model.Dictionaries[0].Row(5).ToArray());
        }
    }

    [Fact]
    public void Other_units_change_no_bit_but_those_of_the_dictionary()
    {
        var model = CoNmf.Fit(Views, Sixty);
        var values = CoFixture.Views(Samples, Rank, 1, 29, 13);
        var other = CoNmf.Fit(
            CoFixture.Dense<double>([Array.ConvertAll(values[0], x => Math.ScaleB(x, -40)), values[1]], Samples),
            Sixty);
        Assert.Equal(model.Activations[0].ToRowMajor(), other.Activations[0].ToRowMajor());
        Assert.Equal(
            model.Dictionaries[0].ToRowMajor(),
            Array.ConvertAll(other.Dictionaries[0].ToRowMajor(), x => Math.ScaleB(x, 40)));
        Assert.Equal(model.Weights[0], Math.ScaleB(other.Weights[0], -40), 1e-12 * model.Weights[0]);
    }

    private static double[][] Factors(CoNmfModel<double> model)
        => [.. model.Dictionaries.Concat(model.Activations).Select(factor => factor.ToRowMajor())];

    private static void AssertFinite(CoNmfModel<double> model)
        => Assert.All(Factors(model).SelectMany(x => x), x => Assert.True(x >= 0 && double.IsFinite(x)));

    private static void AssertSays(string what, Action action)
        => Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(action).Message);

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
