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
