using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Nmf;

namespace MLNmf.Tests;

/// <summary>The trainer of rating models as an ML.NET component.</summary>
public class RatingTrainerTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Held_out_ratings_are_predicted_better_than_by_their_mean()
    {
        var rows = Rows();
        var model = Pipeline().Fit(_context.Data.LoadFromEnumerable(rows.Where((_, i) => i % 5 > 0)));
        var test = rows.Where((_, i) => i % 5 == 0).ToArray();
        var metrics = _context.Regression.Evaluate(
            model.Transform(_context.Data.LoadFromEnumerable(test)), labelColumnName: "Stars");
        Assert.True(metrics.RSquared > 0.5, $"R² = {metrics.RSquared}");
    }

    [Fact]
    public void The_schema_before_the_fit_is_that_after_it()
    {
        var view = _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
            .Fit(_context.Data.LoadFromEnumerable(Rows())).Transform(_context.Data.LoadFromEnumerable(Rows()));
        var trainer = Trainer();
        var promised = trainer.GetOutputSchema(SchemaShape.Create(view.Schema)).Single(
            column => column.Name == "Score");
        var actual = SchemaShape.Create(trainer.Fit(view).GetOutputSchema(view.Schema)).Single(
            column => column.Name == "Score");
        Assert.Equal((promised.Kind, promised.ItemType, promised.IsKey), (actual.Kind, actual.ItemType, actual.IsKey));
    }

    [Fact]
    public void A_loaded_model_gives_the_same_bits_and_NaN_for_whom_it_has_not_seen()
    {
        var view = _context.Data.LoadFromEnumerable(Rows());
        var model = Pipeline().Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        Assert.Equal(Scores(model.Transform(view)), Scores(loaded.Transform(view)));
        using var engine = _context.Model.CreatePredictionEngine<Row, Prediction>(loaded);
        Assert.True(float.IsFinite(engine.Predict(new Row { User = "u1", Item = "i1" }).Score));
        Assert.Equal(float.NaN, engine.Predict(new Row { User = "nobody", Item = "i1" }).Score);
        Assert.Equal(float.NaN, engine.Predict(new Row { User = "u1", Item = "nothing" }).Score);
    }

    // Written before models had checksums, names and scores by means.
    [Fact]
    public void A_file_of_format_1_still_loads()
    {
        var model = _context.Model.Load(
            Path.Combine(AppContext.BaseDirectory, "Models", "rating-1.zip"), out _);
        var rows = Enumerable.Range(0, 60).Where(i => i % 7 != 3).Select(i => new Row
        {
            User = $"u{i / 6}", Item = $"i{i % 6}", Stars = 1 + ((i / 6 * (i % 6)) % 5),
        });
        var scores = Scores(model.Transform(_context.Data.LoadFromEnumerable(rows)));
        Assert.Equal(0.5926278f, scores[0], 1e-4f);
        Assert.Equal(1.9484004f, scores[1], 1e-4f);
        Assert.Equal(1.9074789f, scores[2], 1e-4f);
    }

    [Fact]
    public void Unknown_users_and_items_are_scored_by_means_where_the_options_say_so()
    {
        var view = _context.Data.LoadFromEnumerable(Rows());
        var loaded = Reload(Pipeline(o => o with { UnknownByMeans = true }).Fit(view));
        var model = loaded.OfType<NmfRatingTransformer>().Single().Model;
        using var engine = _context.Model.CreatePredictionEngine<Row, Prediction>(loaded);
        var (overall, user, item) = (model.OverallMean, model.UserMeans[0], model.ItemMeans[1]);
        Assert.Equal(overall + user, engine.Predict(new Row { User = "u0", Item = "nothing" }).Score, 1e-5);
        Assert.Equal(overall + item, engine.Predict(new Row { User = "nobody", Item = "i1" }).Score, 1e-5);
        Assert.Equal(overall, engine.Predict(new Row { User = "nobody", Item = "nothing" }).Score, 1e-5);
        using var plain = _context.Model.CreatePredictionEngine<Row, Prediction>(Pipeline().Fit(view));
        var known = new Row { User = "u3", Item = "i4" };
        Assert.Equal(plain.Predict(known).Score, engine.Predict(known).Score);
    }

    [Fact]
    public void Scores_are_clipped_to_the_range_of_the_ratings_where_the_options_say_so()
    {
        var rows = Rows();
        foreach (var row in rows)
            row.Stars = row.Stars > 1.5f ? 5 : 1;
        var view = _context.Data.LoadFromEnumerable(rows);
        var plain = Scores(Pipeline().Fit(view).Transform(view));
        Assert.True(plain.Max() > 5 && plain.Min() < 1, $"{plain.Min()} to {plain.Max()}");
        var clipped = Scores(Reload(Pipeline(o => o with { ClipScores = true }).Fit(view)).Transform(view));
        Assert.Equal(plain.Select(score => Math.Clamp(score, 1, 5)), clipped);
    }

    [Fact]
    public void Scores_that_metrics_leave_out_are_counted_in_the_log()
    {
        var view = _context.Data.LoadFromEnumerable(Rows());
        var model = Pipeline().Fit(view);
        var strangers = Rows().Take(10).Select((row, i) => new Row
        {
            User = i < 3 ? "nobody" : row.User, Item = row.Item, Stars = row.Stars,
        });
        var warnings = new List<string>();
        _context.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.Message);
        };
        var metrics = _context.Regression.Evaluate(
            model.Transform(_context.Data.LoadFromEnumerable(strangers)), labelColumnName: "Stars");
        Assert.True(double.IsFinite(metrics.RootMeanSquaredError));
        Assert.Contains(warnings, warning => warning.Contains(" 3 of 10 scores are NaN", StringComparison.Ordinal));
        warnings.Clear();
        _context.Regression.Evaluate(model.Transform(view), labelColumnName: "Stars");
        Assert.DoesNotContain(warnings, warning => warning.Contains("scores are NaN", StringComparison.Ordinal));
    }

    [Fact]
    public void Damage_gives_errors_and_not_models()
    {
        var view = _context.Data.LoadFromEnumerable(Rows());
        using var stream = new MemoryStream();
        _context.Model.Save(Pipeline().Fit(view), view.Schema, stream);
        var bytes = stream.ToArray();
        for (var length = 0; length < bytes.Length; length += 97)
            Assert.NotNull(
                Record.Exception(() => new MLContext().Model.Load(new MemoryStream(bytes[..length]), out _)));
    }

    [Fact]
    public void Rows_without_a_key_or_a_rating_are_skipped()
    {
        var rows = Rows();
        Row[] more = [.. rows, new Row { User = "u1", Item = "i2", Stars = float.NaN }];
        var (a, b) = (Pipeline().Fit(_context.Data.LoadFromEnumerable(rows)),
            Pipeline().Fit(_context.Data.LoadFromEnumerable(more)));
        Assert.Equal(
            Scores(a.Transform(_context.Data.LoadFromEnumerable(rows))),
            Scores(b.Transform(_context.Data.LoadFromEnumerable(rows))));
    }

    [Fact]
    public void Bad_ratings_columns_and_options_are_errors_that_name_them()
    {
        var rows = Rows();
        rows[3].Stars = -1;
        var error = Assert.Throws<NmfDataException>(() => Pipeline().Fit(_context.Data.LoadFromEnumerable(rows)));
        Assert.Contains("'Stars'", error.Message, StringComparison.Ordinal);
        var view = _context.Data.LoadFromEnumerable(Rows());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Regression.Trainers.NonnegativeMatrixFactorization("Stars", "User", "Item").Fit(view));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Regression.Trainers.NonnegativeMatrixFactorization("Stars", "No", "Item").Fit(view));
        Assert.ThrowsAny<ArgumentException>(
            () => _context.Regression.Trainers.NonnegativeMatrixFactorization("Stars", "UserKey", "ItemKey", rank: 0));
        Assert.ThrowsAny<ArgumentException>(
            () => _context.Regression.Trainers.NonnegativeMatrixFactorization("Stars", "UserKey", "ItemKey", beta: 0));
    }

    private static float[] Scores(IDataView view) => [.. view.GetColumn<float>("Score")];

    private static Row[] Rows()
    {
        var random = new Random(3);
        var (users, items) = (Factors(60), Factors(30));
        return [.. Enumerable.Range(0, 60 * 30).Where(i => i < 30 || random.NextDouble() < 0.6).Select(i => new Row
        {
            User = $"u{i / 30}",
            Item = $"i{i % 30}",
            Stars = (float)(1 + users[i / 30].Zip(items[i % 30], (a, b) => 2 * a * b)
                .Sum() + (0.1 * random.NextDouble())),
        })];

        double[][] Factors(int count)
            => [.. Enumerable.Range(0, count).Select(_ => new[] { random.NextDouble(), random.NextDouble() })];
    }

    private static TransformerChain<ITransformer> Reload(ITransformer model)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(model, null, stream);
        stream.Position = 0;
        return (TransformerChain<ITransformer>)new MLContext().Model.Load(stream, out _);
    }

    private NmfRatingTrainer Trainer(Func<NmfRatingTrainer.Options, NmfRatingTrainer.Options>? configure = null)
    {
        var options = new NmfRatingTrainer.Options
        {
            LabelColumnName = "Stars", MatrixColumnIndexColumnName = "UserKey", MatrixRowIndexColumnName = "ItemKey",
            Rank = 3, Seed = 1,
        };
        return _context.Regression.Trainers.NonnegativeMatrixFactorization(configure?.Invoke(options) ?? options);
    }

    private EstimatorChain<NmfRatingTransformer> Pipeline(
        Func<NmfRatingTrainer.Options, NmfRatingTrainer.Options>? configure = null)
        => _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
            .Append(Trainer(configure));

    private sealed class Row
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public float Stars { get; set; }
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
