using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class TopFeatureTests
{
    private static readonly string[] Names = ["shared", "left", "right", "", "leftRare"];
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Weight_and_lift_rank_the_features_of_a_component_also_after_loading()
    {
        // Two blocks that share a heavy feature; an unnamed and a rare feature in the first.
        var values = Enumerable.Range(0, 40)
            .Select(n => n % 2 == 0 ? new float[] { 10, 5, 0, 2, 0.5f } : [10, 0, 6, 0, 0]).ToArray();
        var view = TestRows.View(_context, values, slotNames: Names);
        var fitted = _context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: 2, maximumIterations: 500).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(fitted, view.Schema, stream);
        stream.Position = 0;
        var loaded = (NmfTransformer)new MLContext().Model.Load(stream, out _);

        foreach (var model in new[] { fitted.Model, loaded.Model })
        {
            var left = Enumerable.Range(0, 2).MaxBy(k => model.GetComponent(k)[1]);
            var byWeight = model.GetTopFeatures(left, 10);
            var byLift = model.GetTopFeatures(left, 2, NmfFeatureRanking.Lift);

            Assert.Equal("left", byLift[0].Name);
            Assert.Equal("Feature3", byLift[1].Name);
            Assert.Equal(byWeight.OrderByDescending(feature => feature.Weight), byWeight);
            Assert.All(byWeight, feature => Assert.Equal(model.GetComponent(left)[feature.Index], feature.Weight));
            Assert.DoesNotContain(byWeight, feature => feature.Weight <= 0);
            Assert.Equal(byLift[0].Lift, byWeight.Max(feature => feature.Lift), 1e-3);
            Assert.InRange(byLift[0].Lift, 1.01, 1 / model.Contributions[left] + 1e-6);
        }

        Assert.Equal(fitted.Model.GetTopFeatures(0), loaded.Model.GetTopFeatures(0));
    }

    [Fact]
    public void Lifts_average_to_one_over_the_components()
    {
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3)
            .Fit(TestRows.View(_context, TestRows.Values())).Model;

        for (var f = 0; f < model.FeatureCount; f++)
        {
            var average = Enumerable.Range(0, 3).Sum(k => model.Contributions[k] * model.GetTopFeatures(k, 100)
                .FirstOrDefault(feature => feature.Index == f)?.Lift ?? 0);
            Assert.Equal(1, average, 1e-6);
        }
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, maximumIterations: 1)
            .Fit(TestRows.View(_context, TestRows.Values())).Model;

        Assert.Throws<ArgumentOutOfRangeException>(() => model.GetTopFeatures(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.GetTopFeatures(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.GetTopFeatures(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.GetTopFeatures(0, 1, (NmfFeatureRanking)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.FeatureName(12));
        Assert.Empty(model.GetTopFeatures(0, 0));
        Assert.Null(model.FeatureNames);
    }
}
