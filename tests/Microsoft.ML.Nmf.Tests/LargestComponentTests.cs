using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>The name of the largest component of a row and its share, as columns.</summary>
public sealed class LargestComponentTests
{
    private static readonly float[][] Rows = [[1, 3, 0], [0, 0, 0], [2, 2, 1], [0, 0, 5]];
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Rows_have_the_slot_name_of_their_largest_component_and_its_share()
    {
        var view = TestRows.View(_context, Rows, slotNames: ["wind", "bread", "money"]);
        var output = _context.Transforms.LargestComponent("Topic", "Features", "Share").Fit(view).Transform(view);
        Assert.Equal(["bread", "", "wind", "money"], output.GetColumn<string>("Topic"));
        Assert.Equal([0.75f, 0, 0.4f, 1], output.GetColumn<float>("Share"));
        // Sparse rows, and slots without a name.
        var sparse = _context.Data.LoadFromEnumerable(Rows.Select(row => new Sparse
        {
            Features = new VBuffer<float>(
                3, row.Count(value => value > 0), [.. row.Where(value => value > 0)],
                [.. Enumerable.Range(0, 3).Where(k => row[k] > 0)]),
        }));
        var numbered = _context.Transforms.LargestComponent("Topic", "Features", "Share").Fit(sparse)
            .Transform(sparse);
        Assert.Equal(["Component1", "", "Component0", "Component2"], numbered.GetColumn<string>("Topic"));
        Assert.Equal(output.GetColumn<float>("Share"), numbered.GetColumn<float>("Share"));
        var given = _context.Transforms.LargestComponent("Topic", "Features", names: ["a", "b", "c"]).Fit(view)
            .Transform(view);
        Assert.Equal(["b", "", "a", "c"], given.GetColumn<string>("Topic"));
        Assert.Null(given.Schema.GetColumnOrNull("Share"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_saved_pipeline_names_its_topics_and_does_so_anew_when_they_are_renamed(bool given)
    {
        var view = TestRows.View(_context, TestRows.Values());
        string[] names = ["first", "second", "third"];
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3)
            .Append(_context.Transforms.LargestComponent("Topic", "H", "Share", given ? names : null)).Fit(view);
        ITransformer named = given ? model
            : _context.Model.EditFactorization(model, nmf => nmf.NameComponents(names));
        using var stream = new MemoryStream();
        _context.Model.Save(named, view.Schema, stream);
        stream.Position = 0;
        var fresh = new MLContext();
        var loaded = fresh.Model.Load(stream, out _);
        var (before, after) = (named.Transform(view), loaded.Transform(view));
        Assert.Equal(before.GetColumn<string>("Topic"), after.GetColumn<string>("Topic"));
        Assert.Equal(before.GetColumn<float>("Share"), after.GetColumn<float>("Share"));
        Assert.Equal(3, after.GetColumn<string>("Topic").Distinct().Count());

        using var engine = fresh.Model.CreatePredictionEngine<Input, Output>(loaded);
        foreach (var (row, h) in TestRows.Values().Zip(TestRows.Column(after, "H")))
        {
            var output = engine.Predict(new Input { Features = row });
            Assert.Equal(names[Array.IndexOf(h, h.Max())], output.Topic);
            Assert.Equal(h.Max() / h.Sum(), output.Share, 1e-6f);
        }

        // Names that are given stay; slot names are those of the model of today.
        var again = fresh.Model.EditFactorization(loaded, nmf => nmf.NameComponents("x", "y", "z")).Transform(view);
        Assert.Equal(given, again.GetColumn<string>("Topic").All(names.Contains));
    }

    [Fact]
    public void The_schema_is_the_one_that_was_announced()
    {
        var view = TestRows.View(_context, Rows);
        var estimator = _context.Transforms.LargestComponent("Topic", "Features", "Share");
        var shape = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        var schema = estimator.Fit(view).GetOutputSchema(view.Schema);
        foreach (var column in SchemaShape.Create(schema))
        {
            Assert.True(shape.TryFindColumn(column.Name, out var announced));
            Assert.True(announced.IsCompatibleWith(column));
        }

        Assert.Equal(schema.Count, shape.Count);
        // The name may be that of the column.
        var replaced = _context.Transforms.LargestComponent("Features", "Features").Fit(view).Transform(view);
        Assert.Equal(4, replaced.GetColumn<string>("Features").Count());
    }

    [Fact]
    public void What_cannot_be_is_named()
    {
        var view = TestRows.View(_context, Rows);
        Says("'Topic'", () => _context.Transforms.LargestComponent("Topic", "Features", "Topic"));
        Says("empty", () => _context.Transforms.LargestComponent("Topic", "Features", " "));
        Says("name 'a'", () => _context.Transforms.LargestComponent("Topic", "Features", names: ["a", "a", "b"]));
        Says("null is for slot names", () => _context.Transforms.LargestComponent("Topic", "Features", names: []));
        var two = _context.Transforms.LargestComponent("Topic", "Features", names: ["a", "b"]);
        Says("2 names, but column 'Features' has 3", () => two.Fit(view).Transform(view));
        Says("Nothing", () => _context.Transforms.LargestComponent("Topic", "Nothing").Fit(view));
        var text = _context.Transforms.LargestComponent("Topic", "Features").Fit(view).Transform(view);
        Says(
            "vector of Single", () => _context.Transforms.LargestComponent("Again", "Topic").Fit(text).Transform(text));
        foreach (var bad in new[] { float.NaN, -1, float.PositiveInfinity })
        {
            var rows = TestRows.View(_context, [[1, 2, 3], [1, bad, 3]]);
            var output = _context.Transforms.LargestComponent("Topic", "Features").Fit(rows).Transform(rows);
            using var cursor = output.GetRowCursor(output.Schema);
            var (name, get) = (default(ReadOnlyMemory<char>),
                cursor.GetGetter<ReadOnlyMemory<char>>(output.Schema["Topic"]));
            // ML.NET reads ahead, and wraps what it meets.
            var thrown = Assert.ThrowsAny<Exception>(() =>
            {
                while (cursor.MoveNext())
                    get(ref name);
            });
            var error = Assert.IsType<NmfDataException>(thrown.InnerException ?? thrown);
            Assert.Contains("'Features', row 1, component 1", error.Message, StringComparison.Ordinal);
            Assert.Equal((1, 1), (error.Sample, error.Feature));
        }

        static void Says(string words, Action action) => Assert.Contains(
            words, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private sealed class Sparse
    {
        [VectorType(3)]
        public VBuffer<float> Features { get; set; }
    }

    private sealed class Input
    {
        [VectorType(12)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Output
    {
        public string Topic { get; set; } = "";

        public float Share { get; set; }
    }
}

/// <summary>Damaged files of the transformer.</summary>
public sealed class DamagedLargestComponentTests(ITestOutputHelper output)
    : DamagedModelContract<LargestComponentTransformer>(output)
{
    protected override (LargestComponentTransformer Model, IDataView View) Fit(MLContext context)
    {
        var view = TestRows.View(context, [[1, 2, 3], [3, 2, 1]]);
        return (context.Transforms.LargestComponent("Topic", "Features", "Share", ["a", "b", "c"]).Fit(view), view);
    }

    protected override void Use(LargestComponentTransformer model, IDataView view)
    {
        var error = Record.Exception(() => model.Transform(view).GetColumn<string>(model.OutputColumnName).ToArray());
        Assert.True(error is null or ArgumentException, $"{error}");
    }
}
