namespace Nmf.Tests;

/// <summary>Automatic relevance determination as an answer to "how many components?".</summary>
public sealed class RankRelevanceTests
{
    private static readonly RankRelevanceOptions Options =
        new() { StartingRank = 10, Starts = 3, Iterations = new() { MaximumIterations = 1000, CheckInterval = 20 } };

    [Theory]
    [InlineData(0, RelevancePrior.HalfNormal)]
    [InlineData(1, RelevancePrior.Exponential)]
    public void The_planted_rank_is_the_answer(double beta, RelevancePrior prior)
    {
        var data = PlantedRank.Data(beta, seed: 1);
        var result = RankRelevance.Run(data, Options with { Problem = beta });
        Assert.Equal(PlantedRank.Rank, result.Best!.Rank);
        Assert.Equal(prior, result.Relevance!.Prior);
        Assert.Equal(result.Runs.Min(run => run.Objective), result.Best.Objective);
        var suggestion = result.ToSuggestion();
        Assert.Equal(PlantedRank.Rank, suggestion.Rank);
        Assert.Contains("of 10 survive", suggestion.Reason, StringComparison.Ordinal);
        Assert.Contains(suggestion.Reason, new RankReport(null, null, [suggestion]).ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Starts_are_those_of_a_fit_and_do_not_depend_on_threads()
    {
        var data = PlantedRank.Data(1, seed: 2);
        var options = Options with { Iterations = Options.Iterations with { MaximumIterations = 60 }, Seed = 7 };
        var runs = RankRelevance.Run(data, options with { Threads = 1 }).Runs;
        Assert.Equal(runs, RankRelevance.Run(data, options with { Threads = 3, ConcurrentFits = 2 }).Runs);
        var model = NmfFactorizer.Fit(data, options.ToFit(new AutomaticRelevance(1)) with { Starts = 3 });
        Assert.Equal(model.Report.Objective, runs.Min(run => run.Objective));
    }

    [Fact]
    public void Without_a_known_dispersion_there_is_no_answer()
    {
        var data = PlantedRank.Data(2, seed: 3);
        foreach (var beta in new[] { 1.0, 2.0 })
        {
            var result = RankRelevance.Run(data, Options with { Problem = beta });
            Assert.Empty(result.Runs);
            Assert.Null(result.ToSuggestion().Rank);
            Assert.Contains("dispersion", result.ToSuggestion().Reason, StringComparison.Ordinal);
        }

        // The noise that was planted has the standard deviation 0.2, before it was clipped at zero; what that leaves
        // can look like one component more.
        var known = RankRelevance.Run(data, Options with { Problem = new AutomaticRelevance(2) { Dispersion = 0.04 } });
        Assert.InRange(known.ToSuggestion().Rank!.Value, PlantedRank.Rank, PlantedRank.Rank + 1);
    }

    [Fact]
    public void When_nothing_survives_that_is_said()
    {
        var data = PlantedRank.Data(1, seed: 4);
        var result = RankRelevance.Run(
            data, Options with { Starts = 2, Problem = new AutomaticRelevance(1) { Dispersion = 1e4 } });
        Assert.Null(result.Best);
        Assert.All(result.Runs, run => Assert.Equal((0, null), (run.Rank, run.Iterations)));
        Assert.Contains("no component survives", result.ToSuggestion().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_counts_the_starts_and_cancelling_stops_them()
    {
        var data = PlantedRank.Data(1, seed: 5);
        var reports = new List<RankProgress>();
        RankRelevance.Run(
            data, Options with { Iterations = Options.Iterations with { MaximumIterations = 40 } },
            new Progress(reports.Add));
        Assert.Equal((3, 3, 10), (reports[^1].CompletedFits, reports[^1].Fits, reports[^1].Rank));

        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => RankRelevance.Run(
            data,
            Options with { Iterations = Options.Iterations with { MaximumIterations = int.MaxValue, Tolerance = 0 } },
            new Progress(_ => source.Cancel()), source.Token));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Assert.Contains("rank to start from", Message(Options with { StartingRank = 0 }), StringComparison.Ordinal);
        Assert.Contains("number of starts", Message(Options with { Starts = 0 }), StringComparison.Ordinal);
        Assert.Contains(
            "not of the beta-divergence",
            Message(Options with { Problem = new BetaNmf(1) { Penalties = [new L1Penalty(1)] } }),
            StringComparison.Ordinal);
        Assert.Contains(
            "dispersion", Message(Options with { Problem = new AutomaticRelevance(1) { Dispersion = -1 } }),
            StringComparison.Ordinal);
        Assert.Contains(
            "tolerance", Message(Options with { Iterations = Options.Iterations with { Tolerance = -1 } }),
            StringComparison.Ordinal);
        Assert.Equal([6, 15, 30], new[] { 1, 10, 20 }.Select(RankRelevanceOptions.StartingRankFor));

        static string Message(RankRelevanceOptions options)
            => Assert.Throws<ArgumentException>(options.Validate).Message;
    }

    private sealed class Progress(Action<RankProgress> report) : IProgress<RankProgress>
    {
        public void Report(RankProgress value) => report(value);
    }
}
