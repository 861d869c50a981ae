using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class RetrainingTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    public void A_loaded_model_continues_where_it_ended(double beta)
    {
        var view = TestRows.View(_context, TestRows.Values(rows: 80));
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 4, Problem = beta,
            Iterations = new() { MaximumIterations = 10 }, Initialization = NmfInitialization.Random,
        };
        var first = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(first, view.Schema, stream);
        stream.Position = 0;
        var loaded = ((NmfTransformer)new MLContext().Model.Load(stream, out _)).Model;

        options.InitialModel = loaded;
        var byOption = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        var byArgument = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view, loaded);

        Assert.InRange(
            byOption.Model.ObjectiveHistory[0].Objective, 0, loaded.ObjectiveHistory[^1].Objective * (1 + 1e-6));
        Assert.True(byOption.Model.ObjectiveHistory[^1].Objective < loaded.ObjectiveHistory[^1].Objective);
        Assert.Equal(byOption.Model.ObjectiveHistory[^1].Objective, byArgument.Model.ObjectiveHistory[^1].Objective);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void A_model_of_rows_of_rank_one_learns_what_other_rows_have(double beta)
    {
        // Rows of multiples of one: a model of them has components that are zero, or copies.
        float[] one = [.. Enumerable.Range(0, 12).Select(f => (f * 7 % 5) + 0.1f)];
        float[][] first = [.. Enumerable.Range(0, 20).Select(n => Array.ConvertAll(one, v => v * (1 + (n % 4))))];
        float[][] rows = [.. first, .. TestRows.Values(rows: 80)];
        var all = TestRows.View(_context, [.. rows.Select((_, n) => rows[n * 37 % 100])]);
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 4, Problem = beta,
            Iterations = new() { MaximumIterations = 500 },
        };
        var online = new OnlineNmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 4, Beta = beta, BatchSize = 25, Passes = 40,
            Tolerance = 0,
        };
        // The fit is nearly exact: how much of the little that is left is a matter of rounding, so of the machine.
        double Fit() => _context.Transforms.NonnegativeMatrixFactorization(options).Fit(all).Model.ExplainedPart;
        double Stream() => _context.Transforms.OnlineNmf(online).Fit(all).Model.ExplainedPart;
        var fresh = (Fit(), Stream());
        options.InitialModel = online.InitialModel =
            _context.Transforms.NonnegativeMatrixFactorization(options).Fit(TestRows.View(_context, first)).Model;
        var after = (Fit(), Stream());
        Assert.True(after.Item1 >= fresh.Item1 - 0.002 && after.Item2 >= fresh.Item2 - 0.01, $"{after} {fresh}");
    }

    [Fact]
    public void Rank_features_and_names_must_be_the_same()
    {
        string[] Names(string prefix) => [.. Enumerable.Range(0, 12).Select(f => prefix + f)];
        NmfEstimator Estimator(int rank)
            => _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: rank, maximumIterations: 3);
        var view = TestRows.View(_context, TestRows.Values(), slotNames: Names("a"));
        var model = Estimator(3).Fit(view).Model;

        Assert.Contains(
            "rank 3, but the rank asked for is 4",
            Assert.Throws<ArgumentOutOfRangeException>(() => Estimator(4).Fit(view, model)).Message);
        var wider = TestRows.View(_context, TestRows.Values(features: 13));
        Assert.Contains(
            "12 features, but column 'Features' has 13 slots",
            Assert.Throws<ArgumentOutOfRangeException>(() => Estimator(3).Fit(wider, model)).Message);
        var renamed = TestRows.View(_context, TestRows.Values(), slotNames: Names("b"));
        Assert.Contains(
            "Slot 0 of column 'Features' is 'b0', but the initial model was fitted with 'a0'",
            Assert.Throws<ArgumentOutOfRangeException>(() => Estimator(3).Fit(renamed, model)).Message);
    }
}
