using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Co-factorisation of several columns as an ML.NET component.</summary>
public sealed class CoNmfTests
{
    private const int Rank = 3;

    private static readonly CoNmfEstimator.Options Options = new()
    {
        OutputColumnName = "Events", Rank = Rank, Starts = 2, Seed = 1,
        Views =
        [
            new() { InputColumnName = "Sound", ActivationColumnName = "Heard" },
            new() { InputColumnName = "Picture", ReconstructionColumnName = "Seen", ActivationColumnName = "Looks" },
        ],
    };

    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_view_that_rows_lack_is_predicted_from_the_other()
    {
        var rows = Rows(120, 1);
        foreach (var row in rows.Where((_, n) => n % 4 == 0))
            row.Picture = null;
        var model = _context.Transforms.CoNmf(Options with { Coupling = ViewCoupling.Shared }).Fit(View(rows));
        var fresh = Rows(40, 2);
        var truth = fresh.Select(row => row.Picture!).ToArray();
        foreach (var row in fresh)
            row.Picture = null;
        var predicted = Column(model.Transform(View(fresh)), "Seen");
        var mean = Enumerable.Range(0, 8).Select(f => rows.Where(row => row.Picture is not null)
            .Average(row => row.Picture![f])).ToArray();
        double Error(Func<int, int, float> guess) => truth.SelectMany(
            (row, n) => row.Select((x, f) => Math.Pow(x - guess(n, f), 2))).Sum();
        Assert.InRange(Error((n, f) => predicted[n][f]) / Error((_, f) => mean[f]), 0, 0.1);
        Assert.All(model.Views, view => Assert.InRange(view.ExplainedPart, 0.9, 1));
    }

    [Fact]
    public void Null_NaN_and_a_column_that_is_not_there_are_the_same_and_a_row_without_views_is_zero()
    {
        var model = _context.Transforms.CoNmf(Options).Fit(View(Rows(60, 1)));
        Row[] nulls = Rows(5, 2), missing = Rows(5, 2), none = Rows(1, 2);
        for (var n = 0; n < 5; n++)
            (nulls[n].Picture, missing[n].Picture) = (null, [.. Enumerable.Repeat(float.NaN, 8)]);
        none[0] = new Row();
        var expected = Column(model.Transform(View(nulls)), "Events");
        Assert.Equal(expected, Column(model.Transform(View(missing)), "Events"));
        Assert.Equal(expected, Column(model.Transform(
            _context.Data.LoadFromEnumerable(nulls.Select(row => new OnlySound { Sound = row.Sound }))), "Events"));
        var outputs = model.Transform(View(nulls));
        Assert.Equal(Column(outputs, "Heard"), Column(outputs, "Looks"));
        Assert.Equal([new float[Rank]], Column(model.Transform(View(none)), "Events"));

        // In the fit a row that lacks every view has no part.
        var rows = Rows(60, 1);
        var more = _context.Transforms.CoNmf(Options).Fit(View([.. rows, new Row()]));
        Assert.Equal(expected, Column(more.Transform(View(nulls)), "Events"));
    }

    [Fact]
    public void Shape_and_schema_agree_and_names_go_through()
    {
        var view = View(Rows(40, 1));
        var estimator = _context.Transforms.CoNmf(Options);
        var model = estimator.Fit(view);
        var shape = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        var actual = SchemaShape.Create(model.GetOutputSchema(view.Schema));
        foreach (var name in new[] { "Events", "Heard", "Looks", "Seen" })
        {
            var (promised, given) = (shape.Single(c => c.Name == name), actual.Single(c => c.Name == name));
            Assert.Equal(
                (promised.Kind, promised.ItemType, promised.HasSlotNames()), (given.Kind, given.ItemType,
                    given.HasSlotNames()));
        }

        // Names of slots are those of a concatenation.
        var named = _context.Transforms.Concatenate("Picture", "A", "B").Append(
            _context.Transforms.CoNmf("Events", ["Sound", "Picture"], Rank, reconstructionColumnNames: [null, "Seen"]));
        var data = _context.Data.LoadFromEnumerable(Rows(40, 1).Select(row => new Parts
        {
            Sound = row.Sound, A = row.Picture![0], B = row.Picture[1],
        }));
        var chain = named.Fit(data);
        var slots = default(VBuffer<ReadOnlyMemory<char>>);
        chain.Transform(data).Schema["Seen"].GetSlotNames(ref slots);
        Assert.Equal(["A", "B"], slots.DenseValues().Select(slot => slot.ToString()));
        var parameters = chain.LastTransformer.Views[1];
        Assert.Equal(["A", "B"], parameters.FeatureNames);
        Assert.Equal(2, parameters.GetComponent(0).Length);
        Assert.Equal(
            parameters.GetComponent(1).ToArray().Max(), parameters.GetTopFeatures(1, 1).Select(top => top.Weight)
                .FirstOrDefault());

        // Another order of the parts is another view.
        var swapped = _context.Transforms.Concatenate("Picture", "B", "A").Fit(data).Transform(data);
        Assert.Contains(
            "is 'B', but the model was fitted with 'A'",
            Assert.ThrowsAny<ArgumentException>(() => chain.LastTransformer.Transform(swapped)).Message);
    }

    [Fact]
    public void A_loaded_model_and_an_engine_give_the_same_bits()
    {
        var rows = Rows(40, 1);
        var view = View(rows);
        var model = _context.Transforms.CoNmf(Options).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        foreach (var name in new[] { "Events", "Heard", "Looks", "Seen" })
            Assert.Equal(Column(model.Transform(view), name), Column(loaded.Transform(view), name));
        using var engine = _context.Model.CreatePredictionEngine<Row, Output>(loaded);
        var (events, seen) = (Column(model.Transform(view), "Events"), Column(model.Transform(view), "Seen"));
        for (var n = 0; n < 10; n++)
        {
            var output = engine.Predict(rows[n]);
            Assert.Equal(events[n], output.Events);
            Assert.Equal(seen[n], output.Seen);
        }
    }

    [Fact]
    public void Fits_are_the_same_twice_and_sparse_columns_that_lack_rows_stay_sparse()
    {
        var view = View(Rows(40, 1));
        var estimator = _context.Transforms.CoNmf(Options);
        Assert.Equal(Column(estimator.Fit(view).Transform(view), "Seen"), Column(estimator.Fit(view).Transform(view),
            "Seen"));
        var words = Rows(40, 1);
        foreach (var row in words)
        {
            for (var f = 0; f < row.Sound!.Length; f++)
                row.Sound[f] = f % 5 == Array.IndexOf(words, row) % 5 ? row.Sound[f] : 0;
        }

        words[3].Sound = null;
        var model = estimator.Fit(View(words));
        Assert.All(Column(model.Transform(View(words)), "Events"), row => Assert.True(row.Sum() > 0));
    }

    [Fact]
    public void Errors_name_the_column_the_row_and_the_option()
    {
        var rows = Rows(10, 1);
        rows[4].Picture![2] = -1;
        AssertSays("Column 'Picture' is negative (-1) in row 4, slot 2", () => Fit(Options, rows));
        rows = Rows(10, 1);
        rows[2].Picture![5] = 0;
        AssertSays("Column 'Picture' is 0 in row 2, slot 5", () => Fit(
            Options with { Views = [Options.Views[0], Options.Views[1] with { Beta = 0 }] }, rows));
        rows = Rows(10, 1);
        foreach (var row in rows)
            row.Sound = null;
        AssertSays("Column 'Sound' is missing in all 10 rows", () => Fit(Options, rows));
        AssertSays("at least 2 views, but there are 1", () => _context.Transforms.CoNmf("E", ["Sound"]));
        AssertSays("two output columns 'Heard'", () => _context.Transforms.CoNmf(Options with
        {
            OutputColumnName = "Heard",
        }));
        AssertSays("same input column", () => _context.Transforms.CoNmf("E", ["Sound", "Sound"]));
        AssertSays("The rank must be greater", () => _context.Transforms.CoNmf(Options with { Rank = 0 }));
        AssertSays("1 names of reconstruction columns", () => _context.Transforms.CoNmf(
            "E", ["Sound", "Picture"], reconstructionColumnNames: ["Seen"]));
        var strange = _context.Data.LoadFromEnumerable([new { Other = 1f }]);
        Assert.ThrowsAny<ArgumentException>(() => Fit(Options, Rows(10, 1)).Transform(strange));
        Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.CoNmf(Options).Fit(strange));
    }

    [Fact]
    public void A_cancelled_fit_ends_and_a_checkpoint_goes_on()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            using var source = new CancellationTokenSource();
            source.Cancel();
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            Assert.ThrowsAny<OperationCanceledException>(
                () => Fit(Options with { CancellationToken = source.Token }, Rows(20, 1)));
            var view = View(Rows(40, 1));
            var limited = Options with
            {
                Checkpoint = checkpoint,
                Iterations = new IterationOptions { TimeLimit = TimeSpan.FromTicks(1), Tolerance = 0 },
            };
            _context.Transforms.CoNmf(limited).Fit(view);
            Assert.True(File.Exists(checkpoint.Path));
            var other = new CoNmfEstimator.Options[]
            {
                limited with { Iterations = new(), Coupling = ViewCoupling.L2(1) }, limited with { Iterations = new() },
            };
            Assert.Throws<NmfCheckpointException>(() => _context.Transforms.CoNmf(other[0]).Fit(view));
            var resumed = _context.Transforms.CoNmf(other[1]).Fit(view).Transform(view);
            Assert.Equal(
                Column(_context.Transforms.CoNmf(Options).Fit(view).Transform(view), "Seen"), Column(resumed, "Seen"));
            Assert.False(File.Exists(checkpoint.Path));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    internal static Row[] Rows(int count, int seed)
    {
        var (random, draws) = (new Random(seed), new Random(9));
        var looks = Enumerable.Range(0, 20).Select(
            _ => Enumerable.Range(0, Rank).Select(_ => (float)Math.Pow(draws.NextDouble(), 4)).ToArray()).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var h = Enumerable.Range(0, Rank).Select(_ => (float)Math.Pow(random.NextDouble(), 3)).ToArray();
            var values = looks.Select(w => w.Zip(h, (x, y) => x * y).Sum() + 1e-3f).ToArray();
            return new Row { Sound = values[..12], Picture = values[12..] };
        })];
    }

    private CoNmfTransformer Fit(CoNmfEstimator.Options options, Row[] rows)
        => _context.Transforms.CoNmf(options).Fit(View(rows));

    private IDataView View(Row[] rows) => _context.Data.LoadFromEnumerable(rows);

    private static float[][] Column(IDataView view, string name)
        => [.. view.GetColumn<VBuffer<float>>(name).Select(row => row.DenseValues().ToArray())];

    private static void AssertSays(string what, Action action)
        => Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(action).Message);

    internal sealed class Row
    {
        [VectorType(12)]
        public float[]? Sound { get; set; }

        [VectorType(8)]
        public float[]? Picture { get; set; }
    }

    private sealed class OnlySound
    {
        [VectorType(12)]
        public float[]? Sound { get; set; }
    }

    private sealed class Parts
    {
        [VectorType(12)]
        public float[]? Sound { get; set; }

        public float A { get; set; }

        public float B { get; set; }
    }

    private sealed class Output
    {
        public float[]? Events { get; set; }

        public float[]? Seen { get; set; }
    }
}

/// <summary>Damaged files of models of several views.</summary>
public sealed class DamagedCoNmfModelTests(ITestOutputHelper output) : DamagedModelContract<CoNmfTransformer>(output)
{
    protected override (CoNmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var view = context.Data.LoadFromEnumerable(CoNmfTests.Rows(12, 1));
        return (context.Transforms.CoNmf(
            "H", ["Sound", "Picture"], 3, reconstructionColumnNames: [null, "Seen"], seed: 1).Fit(view), view);
    }

    protected override void Use(CoNmfTransformer model, IDataView view)
    {
        // A file that was changed and is read all the same may be a model of other columns.
        if (model.Views is [{ InputColumnName: "Sound", FeatureCount: 12 },
            { InputColumnName: "Picture", FeatureCount: 8 }])
        {
            using var cursor = model.Transform(view).GetRowCursor(view.Schema);
            Assert.True(cursor.MoveNext());
        }
    }
}
