using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;
using Nmf;

namespace MLNmf.Tests;

public class PipelineTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _log = [];

    public PipelineTests() => _context.Log += (_, e) => _log.Add(e.Message);

    private IDataView Documents => _context.Data.LoadFromEnumerable(Sentences.Documents());

    private EstimatorChain<NmfTransformer> Topics => _context.Transforms.Text
        .ProduceWordBags("Words", "Text", ngramLength: 1, weighting: NgramExtractingEstimator.WeightingCriteria.Tf)
        .Append(_context.Transforms.NonnegativeMatrixFactorization(
            "Topics", "Words", rank: 3, beta: BetaDivergence.KullbackLeibler, normalizeOutput: true, seed: 1));

    [Fact]
    public void Word_bags_are_factorised_without_being_densified_and_keep_their_words()
    {
        var model = Topics.Fit(Documents);

        var words = Sentences.All.Sum(text => text.Split(' ').Distinct().Count());
        var vocabulary = Sentences.All.SelectMany(text => text.Split(' ')).Distinct().Count();
        Assert.Contains(
            _log, message => message.Contains($"Read column 'Words': 42 rows, {vocabulary} features, {words} non-zeros")
                && message.Contains("stored sparse"));
        var names = model.LastTransformer.Model.FeatureNames!;
        Assert.Equal(vocabulary, names.Count);
        Assert.Contains("telescope", names);
    }

    [Fact]
    public void The_topics_of_three_kinds_of_texts_are_found()
    {
        var model = Topics.Fit(Documents);
        var topics = TestRows.Column(model.Transform(Documents), "Topics");

        // Purity: every text is put under its strongest topic, every topic under its commonest label.
        var strongest = topics.Select(h => Array.IndexOf(h, h.Max())).ToArray();
        var right = Enumerable.Range(0, 3).Sum(k => Enumerable.Range(0, 42)
            .Where(n => strongest[n] == k).GroupBy(n => n / 14).Select(group => group.Count()).DefaultIfEmpty().Max());
        Assert.InRange(right, 30, 42);
    }

    [Fact]
    public void Featurized_text_is_factorised_without_being_densified()
    {
        var options = new TextFeaturizingEstimator.Options
        {
            CharFeatureExtractor = new WordBagEstimator.Options { NgramLength = 3 },
            WordFeatureExtractor = new WordBagEstimator.Options { NgramLength = 1 },
        };
        var pipeline = _context.Transforms.Text.FeaturizeText("Features", options, "Text")
            .Append(_context.Transforms.NonnegativeMatrixFactorization(
                "Topics", "Features", rank: 3, maximumIterations: 20));

        var model = pipeline.Fit(Documents);

        Assert.Contains(
            _log, message => message.Contains("Read column 'Features': 42 rows") && message.Contains("stored sparse"));
        Assert.True(model.LastTransformer.Model.FeatureCount > 500);
        Assert.All(TestRows.Column(model.Transform(Documents), "Topics"), h => Assert.Equal(3, h.Length));
    }

    [Fact]
    public void Activations_are_features_for_a_trainer_and_survive_saving_with_it()
    {
        var pipeline = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(Topics)
            .Append(_context.MulticlassClassification.Trainers.SdcaMaximumEntropy(
                "Label", "Topics", maximumNumberOfIterations: 20))
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        var model = pipeline.Fit(Documents);

        using var stream = new MemoryStream();
        _context.Model.Save(model, Documents.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        var (engine, loadedEngine) = (Engine(model), Engine(loaded));
        foreach (var document in Sentences.Documents())
        {
            var (before, after) = (engine.Predict(document), loadedEngine.Predict(document));
            Assert.Equal(before.Topics, after.Topics);
            Assert.Equal(before.PredictedLabel, after.PredictedLabel);
        }

        Assert.True(_context.MulticlassClassification.Evaluate(model.Transform(Documents)).MicroAccuracy > 0.6);
    }

    [Fact]
    public void Cross_validation_fits_one_factorisation_per_fold()
    {
        var pipeline = Topics.Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key", "Topics"));
        var data = _context.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(Documents).Transform(Documents);

        var folds = _context.MulticlassClassification.CrossValidate(
            data, pipeline, numberOfFolds: 3, labelColumnName: "Key");

        Assert.Equal(3, folds.Count);
        Assert.Equal(3, _log.Count(message => message.Contains("Read column 'Words'")));
    }

    [Fact]
    public void A_prediction_engine_gives_what_the_batch_gives()
    {
        var model = Topics.Fit(Documents);
        var batch = TestRows.Column(model.Transform(Documents), "Topics");
        var engine = _context.Model.CreatePredictionEngine<Sentences.Document, TopicsOnly>(model);

        var n = 0;
        foreach (var document in Sentences.Documents())
            Assert.Equal(batch[n++], engine.Predict(document).Topics);
    }

    [Fact]
    public void Both_columns_of_a_prediction_engine_follow_the_row()
    {
        var values = TestRows.Values();
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", ReconstructionColumnName = "Y", Rank = 3,
        }).Fit(view);
        var output = model.Transform(view);
        var (h, y) = (TestRows.Column(output, "H"), TestRows.Column(output, "Y"));
        var engine = _context.Model.CreatePredictionEngine<Row, Both>(model);

        for (var n = 0; n < values.Length; n++)
        {
            var both = engine.Predict(new Row { Features = values[n] });
            Assert.Equal(h[n], both.H);
            Assert.Equal(y[n], both.Y);
        }
    }

    private PredictionEngine<Sentences.Document, Sentences.Prediction> Engine(ITransformer model)
        => _context.Model.CreatePredictionEngine<Sentences.Document, Sentences.Prediction>(model);

    private sealed class TopicsOnly
    {
        public float[] Topics { get; set; } = [];
    }

    private sealed class Row
    {
        [VectorType(12)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Both
    {
        public float[] H { get; set; } = [];

        public float[] Y { get; set; } = [];
    }
}
