using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Nmf;

namespace MLNmf.Tests;

/// <summary>The trainer of tensors as an ML.NET component.</summary>
public class TensorTrainerTests
{
    private static readonly string[] KeyColumns = ["UserKey", "ItemKey", "WeekKey"];

    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Held_out_entries_are_predicted_and_factor_columns_multiply_to_the_score()
    {
        var rows = Rows();
        var model = Pipeline().Fit(_context.Data.LoadFromEnumerable(rows.Where((_, i) => i % 5 > 0)));
        var test = _context.Data.LoadFromEnumerable(rows.Where((_, i) => i % 5 == 0));
        var view = model.Transform(test);
        var metrics = _context.Regression.Evaluate(view, labelColumnName: "Amount");
        Assert.True(metrics.RSquared > 0.9, $"R² = {metrics.RSquared}");
        var (users, items, weeks) = (view.GetColumn<float[]>("UserFactors").ToArray(),
            view.GetColumn<float[]>("ItemFactors").ToArray(), view.GetColumn<float[]>("WeekFactors").ToArray());
        var scores = view.GetColumn<float>("Score").ToArray();
        for (var i = 0; i < scores.Length; i++)
            Assert.Equal(
                scores[i], Enumerable.Range(0, 2).Sum(k => users[i][k] * items[i][k] * weeks[i][k]),
                1e-4 * (1 + scores[i]));
        var transformer = model.LastTransformer;
        Assert.Equal("u0", transformer.GetKeyNames(0)![0]);
        Assert.Equal(KeyColumns, transformer.KeyColumnNames);
    }

    [Fact]
    public void The_schema_before_the_fit_is_that_after_it()
    {
        var view = Keys(_context.Data.LoadFromEnumerable(Rows()));
        var trainer = Trainer();
        var promised = trainer.GetOutputSchema(SchemaShape.Create(view.Schema));
        var actual = SchemaShape.Create(trainer.Fit(view).GetOutputSchema(view.Schema));
        foreach (var name in new[] { "Score", "UserFactors", "ItemFactors", "WeekFactors" })
        {
            var (a, b) = (promised.Single(c => c.Name == name), actual.Single(c => c.Name == name));
            Assert.Equal((a.Kind, a.ItemType, a.IsKey), (b.Kind, b.ItemType, b.IsKey));
        }
    }

    [Fact]
    public void A_loaded_model_gives_the_same_bits_and_NaN_for_what_it_has_not_seen()
    {
        var view = _context.Data.LoadFromEnumerable(Rows());
        var model = Pipeline().Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        Assert.Equal(Scores(model.Transform(view)), Scores(loaded.Transform(view)));
        using var engine = _context.Model.CreatePredictionEngine<Row, Prediction>(loaded);
        Assert.True(float.IsFinite(engine.Predict(new Row { User = "u1", Item = "i1", Week = "w1" }).Score));
        var stranger = engine.Predict(new Row { User = "nobody", Item = "i1", Week = "w1" });
        Assert.Equal(float.NaN, stranger.Score);
        Assert.All(stranger.UserFactors, x => Assert.Equal(float.NaN, x));
        Assert.All(stranger.ItemFactors, x => Assert.True(x >= 0));
        var bytes = stream.ToArray();
        for (var length = 0; length < bytes.Length; length += 197)
            Assert.NotNull(
                Record.Exception(() => new MLContext().Model.Load(new MemoryStream(bytes[..length]), out _)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_key_whose_values_are_all_zero_scores_zero_also_when_loaded(bool isLoaded)
    {
        var rows = Rows();
        foreach (var row in rows.Where(row => row.User == "u1"))
            row.Amount = 0;
        var view = _context.Data.LoadFromEnumerable(rows);
        ITransformer model = Pipeline().Fit(view);
        if (isLoaded)
        {
            using var stream = new MemoryStream();
            _context.Model.Save(model, view.Schema, stream);
            stream.Position = 0;
            model = new MLContext().Model.Load(stream, out _);
        }

        using var engine = _context.Model.CreatePredictionEngine<Row, Prediction>(model);
        Assert.InRange(engine.Predict(new Row { User = "u1", Item = "i1", Week = "w1" }).Score, 0, 1e-3f);
        Assert.Equal(float.NaN, engine.Predict(new Row { User = "new", Item = "i1", Week = "w1" }).Score);
    }

    [Fact]
    public void The_fit_tells_how_far_it_is()
    {
        var messages = new List<string>();
        _context.Log += (_, e) => messages.Add(e.Message);
        Pipeline().Fit(_context.Data.LoadFromEnumerable(Rows()));
        Assert.Contains(messages, message => message.Contains("iteration", StringComparison.Ordinal)
            && message.Contains("objective", StringComparison.Ordinal)
            && !message.Contains("Fitted", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_of_one_place_count_with_their_mean_or_their_sum_and_rows_without_a_key_are_skipped()
    {
        var rows = Rows();
        Row[] twice = [.. rows, .. rows, new Row { User = "u1", Item = "i2", Week = "w0", Amount = float.NaN }];
        var (a, b) = (Pipeline().Fit(_context.Data.LoadFromEnumerable(rows)),
            Pipeline().Fit(_context.Data.LoadFromEnumerable(twice)));
        var view = _context.Data.LoadFromEnumerable(rows);
        foreach (var (one, two) in Scores(a.Transform(view)).Zip(Scores(b.Transform(view))))
            Assert.Equal(one, two, 1e-2 * (1 + one));
        var sums = Pipeline(o => o with { AbsentEntries = AbsentEntries.Zero }).Fit(
            _context.Data.LoadFromEnumerable(twice));
        var plain = Pipeline(o => o with { AbsentEntries = AbsentEntries.Zero }).Fit(view);
        foreach (var (one, two) in Scores(plain.Transform(view)).Zip(Scores(sums.Transform(view))))
            Assert.Equal(2 * one, two, 1e-2 * (1 + one));
    }

    [Fact]
    public void Bad_values_columns_and_options_are_errors_that_name_them()
    {
        var rows = Rows();
        rows[3].Amount = -1;
        var error = Assert.Throws<NmfDataException>(() => Pipeline().Fit(_context.Data.LoadFromEnumerable(rows)));
        Assert.Contains("'Amount' is -1 in row 3", error.Message, StringComparison.Ordinal);
        var view = Keys(_context.Data.LoadFromEnumerable(Rows()));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Regression.Trainers.TensorNmf("Amount", ["User", "ItemKey"]).Fit(view));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Regression.Trainers.TensorNmf("Amount", ["No", "ItemKey"]).Fit(view));
        Refused("two key columns", () => _context.Regression.Trainers.TensorNmf("Amount", ["UserKey"]));
        Refused("named twice", () => _context.Regression.Trainers.TensorNmf("Amount", ["UserKey", "UserKey"]));
        Refused("rank", () => _context.Regression.Trainers.TensorNmf("Amount", KeyColumns, rank: 0));
        Refused("Beta", () => _context.Regression.Trainers.TensorNmf("Amount", KeyColumns, beta: double.NaN));
        Refused("as many names", () => Trainer(o => o with { FactorColumnNames = ["A"] }));
        Refused("a name of its own", () => Trainer(o => o with { FactorColumnNames = ["F", "", "F"] }));
        Refused("a name of its own", () => Trainer(o => o with { FactorColumnNames = ["F", "Score", ""] }));
        Refused("beta = 0.5", () => Trainer(
            o => o with { Beta = 0.5, AbsentEntries = AbsentEntries.Zero }).Fit(view));

        static void Refused(string words, Func<object> action) => Assert.Contains(
            words, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static float[] Scores(IDataView view) => [.. view.GetColumn<float>("Score")];

    private static Row[] Rows()
    {
        var random = new Random(3);
        var (users, items, weeks) = (Factors(20), Factors(12), Factors(8));
        return [.. Enumerable.Range(0, 20 * 12 * 8).Where(_ => random.NextDouble() < 0.5).Select(i => new Row
        {
            User = $"u{i / 96}",
            Item = $"i{i / 8 % 12}",
            Week = $"w{i % 8}",
            Amount = (float)Enumerable.Range(0, 2).Sum(
                k => 3 * users[i / 96][k] * items[i / 8 % 12][k] * weeks[i % 8][k]),
        })];

        double[][] Factors(int count) => [.. Enumerable.Range(0, count).Select(
            _ => new[] { 0.1 + random.NextDouble(), 0.1 + random.NextDouble() })];
    }

    private IDataView Keys(IDataView rows)
        => _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
            .Append(_context.Transforms.Conversion.MapValueToKey("WeekKey", "Week")).Fit(rows).Transform(rows);

    private TensorNmfTrainer Trainer(Func<TensorNmfTrainer.Options, TensorNmfTrainer.Options>? configure = null)
    {
        var options = new TensorNmfTrainer.Options
        {
            LabelColumnName = "Amount", KeyColumnNames = KeyColumns, Rank = 2, Seed = 1,
            FactorColumnNames = ["UserFactors", "ItemFactors", "WeekFactors"],
        };
        return _context.Regression.Trainers.TensorNmf(configure?.Invoke(options) ?? options);
    }

    private EstimatorChain<TensorNmfTransformer> Pipeline(
        Func<TensorNmfTrainer.Options, TensorNmfTrainer.Options>? configure = null)
        => _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
            .Append(_context.Transforms.Conversion.MapValueToKey("WeekKey", "Week"))
            .Append(Trainer(configure));

    private sealed class Row
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public string Week { get; set; } = "";

        public float Amount { get; set; }
    }

    private sealed class Prediction
    {
        public float Score { get; set; }

        public float[] UserFactors { get; set; } = [];

        public float[] ItemFactors { get; set; } = [];
    }
}
