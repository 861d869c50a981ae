using Microsoft.ML;
using Nmf;

namespace MLNmf.Tests;

public class StabilityTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_column_is_compared_as_the_core_compares_its_values()
    {
        var values = TestRows.Values(rows: 30, features: 14);
        var report = _context.Model.SurveyNmfStability(
            TestRows.View(_context, values), "Features", rank: 3, beta: 1, starts: 4, seed: 5);
        var data = NmfData<float>.FromDense(values.SelectMany(row => row).ToArray(), 30, 14);
        var core = SolutionStability.Run(data, new NmfOptions { Rank = 3, Problem = 1, Seed = 5 }, starts: 4);
        Assert.Equal(core.ToText(), report.ToText());
        Assert.Equal(core.Runs.Select(run => run.Objective), report.Runs.Select(run => run.Objective));
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var error = Assert.ThrowsAny<ArgumentException>(
            () => _context.Model.SurveyNmfStability(view, "Features", 3, starts: 1));
        Assert.Contains("two starts", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfStability(view, "Features", 0));
        Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfStability(view, "Nothing", 3));
    }
}
