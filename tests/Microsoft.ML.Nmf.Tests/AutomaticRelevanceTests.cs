using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class AutomaticRelevanceTests
{
    private const int PlantedRank = 3;

    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(RelevancePrior.Exponential)]
    [InlineData(RelevancePrior.HalfNormal)]
    public void The_output_is_as_wide_as_the_rank_found(RelevancePrior prior)
    {
        var view = TestRows.View(_context, Values());
        var transformer = _context.Transforms.AutomaticRelevanceNmf(Options(prior)).Fit(view);

        var model = transformer.Model;
        Assert.Equal(PlantedRank, model.Rank);
        Assert.Equal(PlantedRank, ((VectorDataViewType)transformer.Transform(view).Schema["H"].Type).Size);
        Assert.Equal(PlantedRank, model.Relevance!.EffectiveRank);
        Assert.Equal(12, model.Relevance.StartingRank);
        Assert.Equal(prior, model.Relevance.Parameters.Prior);
        Assert.All(model.Relevance.Weights, weight => Assert.True(weight > 2 * model.Relevance.Parameters.Floor));
        Assert.All(
            model.Relevance.SortedWeights.Skip(PlantedRank),
            weight => Assert.True(weight <= 2 * model.Relevance.Parameters.Floor));
    }

    [Fact]
    public void A_loaded_model_has_the_relevances_and_gives_the_same_bits()
    {
        var view = TestRows.View(_context, Values());
        var model = _context.Transforms.AutomaticRelevanceNmf(Options(RelevancePrior.Exponential)).Fit(view);

        var loaded = ModelStream.Load(ModelStream.Save(model));

        Assert.Equal(TestRows.Column(model.Transform(view), "H"), TestRows.Column(loaded.Transform(view), "H"));
        Assert.Equal(model.Model.Relevance!.Parameters, loaded.Model.Relevance!.Parameters);
        Assert.Equal(model.Model.Relevance.Weights, loaded.Model.Relevance.Weights);
        Assert.Equal(model.Model.Relevance.SortedWeights, loaded.Model.Relevance.SortedWeights);
        Assert.Equal(model.Model.Penalty!.Linear, loaded.Model.Penalty!.Linear);
    }

    [Fact]
    public void The_promised_schema_is_the_actual_one()
    {
        var view = TestRows.View(_context, Values());
        var estimator = _context.Transforms.AutomaticRelevanceNmf("H", "Features", beta: 1, seed: 1);
        var promised = estimator.GetOutputSchema(SchemaShape.Create(view.Schema)).Single(column => column.Name == "H");
        var actual = SchemaShape.Create(estimator.Fit(view).GetOutputSchema(view.Schema)).Single(
            column => column.Name == "H");

        Assert.Equal((promised.Kind, promised.ItemType), (actual.Kind, actual.ItemType));
        Assert.Equal(promised.Annotations.Select(a => a.Name), actual.Annotations.Select(a => a.Name));
    }

    [Fact]
    public void It_works_in_a_pipeline_and_a_prediction_engine()
    {
        var view = TestRows.View(_context, Values());
        var pipeline = _context.Transforms.AutomaticRelevanceNmf("H", "Features", rank: 12, beta: 1, seed: 1)
            .Append(_context.Transforms.NormalizeMinMax("Scaled", "H"));

        var model = pipeline.Fit(view);
        using var engine = _context.Model.CreatePredictionEngine<TestRows.Row, Output>(model, view.Schema);
        var first = new VBuffer<float>(0, []);
        foreach (var row in view.GetColumn<VBuffer<float>>("Features").Take(1))
            first = row;
        Assert.Equal(PlantedRank, engine.Predict(new TestRows.Row { Features = first }).Scaled.Length);
    }

    [Fact]
    public void It_has_all_that_the_plain_estimator_has_and_goes_on_from_a_checkpoint_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var values = Values();
            foreach (var (n, f) in new[] { (3, 5), (70, 1), (149, 59) })
                values[n][f] = float.NaN;
            var rows = values.Select((row, n) => new Weighted { Features = row, Weight = n % 3 == 0 ? 2 : 1 });
            using var source = new CancellationTokenSource();
            var context = new MLContext(1);
            context.Log += (_, e) =>
            {
                if (e.Message.Contains("Start 1, iteration 40:"))
                    source.Cancel();
            };
            var view = context.Data.LoadFromEnumerable(rows);
            var options = Options(RelevancePrior.Exponential);
            (options.MissingValues, options.ImputedColumnName, options.ReconstructionColumnName) = (MissingValues.NaN,
                "Complete", "Model");
            (options.ExampleWeightColumnName, options.Iterations) = (nameof(Weighted.Weight),
                new() { MaximumIterations = 200, Tolerance = 0 });
            var whole = context.Transforms.AutomaticRelevanceNmf(options).Fit(view);

            (options.Checkpoint, options.CancellationToken) =
                (new(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero }, source.Token);
            Assert.ThrowsAny<OperationCanceledException>(
                () => context.Transforms.AutomaticRelevanceNmf(options).Fit(view));
            options.CancellationToken = default;
            var resumed = context.Transforms.AutomaticRelevanceNmf(options).Fit(view);
            Assert.Equal(whole.Model.Relevance!.SortedWeights, resumed.Model.Relevance!.SortedWeights);
            foreach (var column in new[] { "H", "Complete", "Model" })
                Assert.Equal(
                    TestRows.Column(whole.Transform(view), column), TestRows.Column(resumed.Transform(view), column));
            Assert.All(
                TestRows.Column(resumed.Transform(view), "Complete"), row => Assert.DoesNotContain(float.NaN, row));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Theory]
    [InlineData(0.0, null, 12, "dispersion")]
    [InlineData(1.0, 2.0, 12, "shape")]
    [InlineData(1.0, null, 0, "rank")]
    public void Options_out_of_range_are_refused_when_the_estimator_is_made(
        double dispersion, double? shape, int rank, string named)
    {
        var options = Options(RelevancePrior.Exponential);
        (options.Problem, options.Rank) = (new AutomaticRelevance(1) { Dispersion = dispersion, Shape = shape }, rank);
        var error = Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.AutomaticRelevanceNmf(options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static NmfEstimator.Options Options(RelevancePrior prior) => new()
    {
        OutputColumnName = "H", InputColumnName = "Features", Rank = 12,
        Problem = new AutomaticRelevance(BetaDivergence.KullbackLeibler) { Prior = prior }, Seed = 1, Starts = 2,
        Iterations = new() { MaximumIterations = 2000, Tolerance = 1e-6 },
    };

    // Counts of three planted components of which each sample and each feature has one or two.
    private static float[][] Values()
    {
        const int rows = 150, features = 60;
        var random = new Random(3);
        var (w, h) = (Factor(features), Factor(rows));
        return [.. h.Select(activations => w.Select(
            weights => Poisson(20 * activations.Zip(weights, (x, y) => x * y).Sum())).ToArray())];

        double[][] Factor(int count) => [
            .. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, PlantedRank).Select(_ => Entry()).ToArray())];

        double Entry() => random.NextDouble() < 0.5 ? -Math.Log(1 - random.NextDouble()) : 0;

        float Poisson(double mean)
        {
            var (count, time) = (0, -Math.Log(1 - random.NextDouble()));
            for (; time < mean; count++)
                time -= Math.Log(1 - random.NextDouble());
            return count;
        }
    }

    private sealed class Weighted
    {
        [VectorType(60)]
        public float[] Features { get; set; } = [];

        public float Weight { get; set; }
    }

    private sealed class Output
    {
        public float[] Scaled { get; set; } = [];
    }
}
