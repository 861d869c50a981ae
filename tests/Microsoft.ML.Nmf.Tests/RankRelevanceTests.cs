using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>What automatic relevance determination says in the survey of a column.</summary>
public class RankRelevanceTests
{
    private const string Index = "automatic relevance determination";

    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Counts_are_asked_as_the_core_asks_and_the_answer_stands_beside_the_indices()
    {
        var values = TestRows.Values(rows: 40, features: 15)
            .Select(row => Array.ConvertAll(row, v => MathF.Ceiling(10 * v))).ToArray();
        var report = _context.Model.SurveyNmfRank(TestRows.View(_context, values), Options(1));

        var data = NmfData<float>.FromDense(values.SelectMany(row => row).ToArray(), 40, 15);
        var core = RankRelevance.Run(
            data, new RankRelevanceOptions { StartingRank = 8, Starts = 2, Problem = 1, Seed = 5 });
        Assert.NotNull(core.ToSuggestion().Rank);
        Assert.Equal(core.ToSuggestion(), report.Suggestions.Single(s => s.Index == Index));
        Assert.Contains(Index, report.ToText());
        Assert.Contains(Index, report.ToHtml());
    }

    [Fact]
    public void Data_with_noise_of_unknown_size_have_no_answer_and_no_starts_ask_for_none()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var answer = _context.Model.SurveyNmfRank(view, Options(2)).Suggestions.Single(s => s.Index == Index);
        Assert.Null(answer.Rank);
        Assert.Contains("dispersion", answer.Reason);

        var options = Options(2);
        options.Relevance = null;
        Assert.DoesNotContain(_context.Model.SurveyNmfRank(view, options).Suggestions, s => s.Index == Index);
        options.Relevance = new() { StartingRank = 8, Starts = -1 };
        Assert.Contains(
            "number of starts",
            Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfRank(view, options)).Message);
    }

    private static NmfRankOptions Options(double beta) => new()
    {
        ColumnName = "Features",
        Survey = new() { Ranks = [2, 3], Starts = 2, Fit =
            new() { Rank = 1, Problem = beta, Iterations = new() { MaximumIterations = 20 }, Seed = 5 } },
        Relevance = new()
        {
            StartingRank = RankRelevanceOptions.StartingRankFor(3), Starts = 2, Problem = beta, Seed = 5,
        },
    };
}
