namespace Nmf.Tests;

public sealed class RankSurveyTests
{
    private static readonly RankSurveyOptions Options = new()
    {
        Ranks = [2, 3, 4],
        Starts = 4,
        Fit = new NmfOptions { Rank = 1, Problem = 1, Seed = 7, Iterations = new() { MaximumIterations = 60 } },
    };

    [Fact]
    public void The_result_does_not_depend_on_threads_or_concurrent_fits()
    {
        var data = TestData.Dense<float>(TestData.Counts(40, 20, 3, 5), 40, 20);
        var expected = RankSurvey.Run(data, Options with { Threads = 1 });
        foreach (var (threads, concurrent) in new (int, int?)[] { (2, null), (4, 2), (5, 3), (3, 1) })
        {
            var actual = RankSurvey.Run(data, Options with { Threads = threads, ConcurrentFits = concurrent });
            for (var i = 0; i < expected.Entries.Count; i++)
            {
                var (a, b) = (expected.Entries[i], actual.Entries[i]);
                Assert.Equal(a.Runs, b.Runs);
                Assert.Equal(
                    (a.CopheneticCorrelation, a.Dispersion, a.ConsensusSilhouette, a.Alignment?.MeanStability,
                        a.ComponentSilhouette, a.NoiseFloorPerEntry, a.BayesianInformationCriterion),
                    (b.CopheneticCorrelation, b.Dispersion, b.ConsensusSilhouette, b.Alignment?.MeanStability,
                        b.ComponentSilhouette, b.NoiseFloorPerEntry, b.BayesianInformationCriterion));
            }
        }
    }

    [Fact]
    public void A_start_is_the_start_of_a_fit_with_as_many()
    {
        var data = TestData.Dense<double>(TestData.Positive(30, 15, 3, 5), 30, 15);
        var survey = RankSurvey.Run(data, Options with { Ranks = [3] });
        var model = NmfFactorizer.Fit(
            data, Options.Fit with { Rank = 3, Starts = 4, Initialization = NmfInitialization.Random });
        // Objectives of a survey are those of the finished models, whose activations are inferred once more.
        Assert.Equal(
            model.Report.StartObjectives, survey[3].Runs.Select(r => r.Objective),
            (a, b) => b <= a * (1 + 1e-6) && b > a * 0.8);
        Assert.Equal(model.Objective, survey[3].Best.Objective);
        Assert.Equal(model.ExplainedPart, survey[3].Best.ExplainedPart);
    }

    [Fact]
    public void The_figures_of_a_run_are_those_of_its_model()
    {
        var values = TestData.Counts(30, 15, 3, 5);
        var data = TestData.Sparse<double>(values, 30, 15);
        var survey = RankSurvey.Run(data, Options with { Ranks = [3, 2, 3], Starts = 1 });
        Assert.Equal([2, 3], survey.Entries.Select(e => e.Rank));
        var model = NmfFactorizer.Fit(data, Options.Fit with { Rank = 3 });
        var product = model.Reconstruct(model.Activations);
        var residual = values.Zip(product.ToRowMajor(), (v, y) => (v - y) * (v - y)).Sum();
        var run = Assert.Single(survey[3].Runs);
        Assert.Equal(model.Objective, run.Objective);
        Assert.Equal(residual, run.ResidualSumOfSquares, 1e-9 * residual);
        Assert.Equal(1 - (residual / values.Sum(v => v * v)), run.ExplainedVariance, 1e-12);
        var columns = Enumerable.Range(0, 3).Select(
            k => Enumerable.Range(0, 15).Select(f => model.Dictionary[f, k]).ToArray());
        Assert.Equal(columns.Average(c => Sparseness.Hoyer<double>(c)), run.DictionarySparseness, 1e-12);
        Assert.Equal(model.Objective / 450, survey[3].ObjectivePerEntry, 1e-15);
        Assert.Equal(
            (2 * model.Objective) + (3 * 44 * Math.Log(450)), survey[3].BayesianInformationCriterion!.Value, 1e-9);
        Assert.Equal(product.ToRowMajor().Average(NoiseFloor.Poisson), survey[3].NoiseFloorPerEntry!.Value, 1e-9);
    }

    [Fact]
    public void With_one_start_stability_is_not_available()
    {
        var data = Fixture.Data<float>();
        var survey = RankSurvey.Run(data, Options with { Starts = 1 });
        Assert.All(survey.Entries, e =>
        {
            Assert.Null(e.Consensus);
            Assert.Null(e.CopheneticCorrelation);
            Assert.Null(e.Dispersion);
            Assert.Null(e.ConsensusSilhouette);
            Assert.Null(e.Alignment);
            Assert.Null(e.ComponentSilhouette);
        });
    }

    [Fact]
    public void What_only_counts_have_is_not_claimed_of_other_data()
    {
        var real = TestData.Dense<float>(TestData.Positive(20, 10, 2, 1), 20, 10);
        var kullbackLeibler = RankSurvey.Run(real, Options with { Ranks = [1, 2], Starts = 2 });
        Assert.Null(kullbackLeibler[2].NoiseFloorPerEntry);
        Assert.Null(kullbackLeibler[2].BayesianInformationCriterion);
        Assert.Null(kullbackLeibler[1].CopheneticCorrelation);
        Assert.Null(kullbackLeibler[1].ComponentSilhouette);
        var power = RankSurvey.Run(
            real, Options with { Ranks = [2], Starts = 2, Fit = Options.Fit with { Problem = 0 } });
        Assert.Equal(NoiseFloor.ItakuraSaito, power[2].NoiseFloorPerEntry);
        Assert.Null(power[2].BayesianInformationCriterion);
    }

    [Fact]
    public void Groups_that_are_there_are_found_by_every_start()
    {
        // Three blocks of samples with words of their own: rank 3 is certain, rank 4 must split one block, and
        // not the same in every run.
        var random = new Random(2);
        var values = new double[60 * 30];
        for (var n = 0; n < 60; n++)
            for (var j = 0; j < 60; j++)
                values[(n * 30) + (n % 3 * 10) + random.Next(10)]++;
        var data = TestData.Dense<float>(values, 60, 30);
        var survey = RankSurvey.Run(data, Options with { Starts = 8, Fit =
            Options.Fit with { Iterations = Options.Fit.Iterations with { MaximumIterations = 300 } } });
        Assert.Equal(1, survey[3].CopheneticCorrelation!.Value, 1e-9);
        Assert.Equal(1, survey[3].Dispersion!.Value, 1e-9);
        Assert.Equal(1, survey[3].ConsensusSilhouette!.Value, 1e-9);
        Assert.True(survey[3].ComponentSilhouette > 0.99);
        Assert.True(survey[4].Dispersion < 0.99 && survey[4].ComponentSilhouette < 0.99);
        Assert.Equal([0, 1, 2], survey[3].Consensus!.Groups(3)[..3]);
    }

    [Fact]
    public void Of_many_samples_some_are_compared()
    {
        var data = TestData.Dense<float>(TestData.Counts(80, 12, 3, 1), 80, 12);
        var consensus = RankSurvey.Run(
            data, Options with { Ranks = [3], Starts = 2, MaximumConsensusSamples = 30 })[3].Consensus!;
        Assert.Equal(30, consensus.Count);
        Assert.Equal(consensus.Samples.Distinct().Order(), consensus.Samples);
        Assert.InRange(consensus.Samples.Average(), 20, 60);
    }

    [Fact]
    public void Progress_counts_to_the_end_one_report_at_a_time()
    {
        var data = TestData.Dense<float>(TestData.Counts(40, 20, 3, 5), 40, 20);
        var reports = new List<RankProgress>();
        var inside = 0;
        RankSurvey.Run(data, Options with { Threads = 3 }, new Callback(p =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            reports.Add(p);
            Interlocked.Decrement(ref inside);
        }));
        Assert.Equal(12, reports[^1].CompletedFits);
        Assert.All(reports, p => Assert.Equal(12, p.Fits));
        Assert.Equal(reports.Select(p => p.CompletedFits).Order(), reports.Select(p => p.CompletedFits));
        Assert.Equal(12, reports.Select(p => (p.Rank, p.Start)).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Cancellation_stops_all_fits(int threads)
    {
        var data = TestData.Dense<float>(TestData.Counts(40, 20, 3, 5), 40, 20);
        using var source = new CancellationTokenSource();
        var endless = Options with { Threads = threads, Fit = Options.Fit with { Iterations =
            Options.Fit.Iterations with { MaximumIterations = int.MaxValue, Tolerance = 0 } } };
        Assert.ThrowsAny<OperationCanceledException>(
            () => RankSurvey.Run(data, endless, new Callback(_ => source.Cancel()), source.Token));
    }

    [Fact]
    public void An_error_of_one_fit_ends_the_survey_and_is_its_error()
    {
        var values = Enumerable.Range(1, 12).Select(i => i * 1e-40f).ToArray();
        var data = NmfData<float>.FromDense(values, 4, 3);
        Assert.Throws<NmfDataException>(
            () => RankSurvey.Run(data, Options with { Threads = 3, Fit = new NmfOptions { Rank = 1, Problem = 3 } }));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var data = Fixture.Data<float>();
        Assert.Contains("no ranks", Error(Options with { Ranks = [] }), StringComparison.Ordinal);
        Assert.Contains("one is 0", Error(Options with { Ranks = [2, 0] }), StringComparison.Ordinal);
        Assert.Contains("number of starts", Error(Options with { Starts = 0 }), StringComparison.Ordinal);
        Assert.Contains("number of threads", Error(Options with { Threads = 0 }), StringComparison.Ordinal);
        Assert.Contains("concurrent fits", Error(Options with { ConcurrentFits = 0 }), StringComparison.Ordinal);
        Assert.Contains(
            "at least two samples", Error(Options with { MaximumConsensusSamples = 1 }), StringComparison.Ordinal);
        Assert.Contains(
            "tolerance", Error(Options with { Fit =
                Options.Fit with { Iterations = Options.Fit.Iterations with { Tolerance = -1 } } }),
            StringComparison.Ordinal);

        string Error(RankSurveyOptions options)
            => Assert.Throws<ArgumentException>(() => RankSurvey.Run(data, options)).Message;
    }

    private sealed class Callback(Action<RankProgress> action) : IProgress<RankProgress>
    {
        public void Report(RankProgress value) => action(value);
    }
}
