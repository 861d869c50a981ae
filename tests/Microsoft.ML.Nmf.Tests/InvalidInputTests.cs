using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class InvalidInputTests
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<float, string> InvalidValues => new()
    {
        { -0.5f, "negative (-0.5)" },
        { float.NaN, "not a number (NaN)" },
        { float.PositiveInfinity, "infinite" },
        { float.NegativeInfinity, "infinite" },
    };

    [Theory]
    [MemberData(nameof(InvalidValues))]
    public void A_value_that_cannot_be_factorised_is_named_in_fit_and_in_transform(float value, string words)
    {
        foreach (var sparse in new[] { false, true })
        {
            var names = Enumerable.Range(0, 23).Select(f => $"word{f}").ToArray();
            var good = TestRows.View(_context, TestRows.Values(features: 23), slotNames: names);
            var values = TestRows.Values(features: 23, density: sparse ? 0.3 : 1);
            values[17][20] = value;
            var bad = TestRows.View(_context, values, sparse, names);
            var estimator = _context.Transforms.NonnegativeMatrixFactorization(
                "H", "Features", rank: 2, maximumIterations: 3);
            var model = estimator.Fit(good);

            foreach (var error in new[]
            {
                Assert.Throws<NmfDataException>(() => estimator.Fit(bad)),
                TransformError(model, bad),
            })
            {
                Assert.Contains($"Column 'Features' is {words} in row 17, slot 20 ('word20')", error.Message);
                Assert.Equal(17, error.Sample);
                Assert.Equal(20, error.Feature);
                Assert.Equal((double)value, error.Value);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_zero_where_the_divergence_is_infinite_is_named_in_fit_and_in_transform(bool sparse)
    {
        var values = TestRows.Values();
        values[3][4] = 0;
        var bad = TestRows.View(_context, values, sparse);
        var estimator = _context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: 2, beta: 0, maximumIterations: 3);
        var model = estimator.Fit(TestRows.View(_context, TestRows.Values()));

        foreach (var error in new[]
        {
            Assert.Throws<NmfDataException>(() => estimator.Fit(bad)),
            TransformError(model, bad),
        })
        {
            Assert.Contains(
                "Column 'Features' is 0 in row 3, slot 4, where the divergence with beta = 0 is infinite",
                error.Message);
            Assert.Contains("Add a small positive constant", error.Message);
        }
    }

    [Fact]
    public void No_rows_and_nothing_but_zeros_are_errors_of_fit()
    {
        var estimator = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2);
        var empty = TestRows.View(_context, [], size: 5);
        var zeros = TestRows.View(_context, [new float[5], new float[5]]);

        Assert.Contains(
            "no rows to factorize: column 'Features'",
            Assert.Throws<NmfDataException>(() => estimator.Fit(empty)).Message);
        Assert.Contains(
            "All values of column 'Features' are zero in all 2 rows",
            Assert.Throws<NmfDataException>(() => estimator.Fit(zeros)).Message);
    }

    [Fact]
    public void The_row_is_named_by_its_place_in_the_source_however_many_cursors_read_it()
    {
        var values = TestRows.Values(rows: 3000);
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2, maximumIterations: 3)
            .Fit(TestRows.View(_context, values));
        values[2777][3] = -1;

        Assert.Equal(2777, TransformError(model, TestRows.View(_context, values)).Sample);
    }

    [Fact]
    public void An_error_in_one_row_of_a_cursor_does_not_spoil_the_next()
    {
        var values = TestRows.Values();
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2)
            .Fit(TestRows.View(_context, values));
        var engine = _context.Model.CreatePredictionEngine<Input, Output>(model);
        var before = engine.Predict(new Input { Features = values[1] }).H;

        Assert.Throws<NmfDataException>(
            () => engine.Predict(new Input { Features = [.. values[1].Select(value => -value)] }));

        Assert.Equal(before, engine.Predict(new Input { Features = values[1] }).H);
    }

    [Theory]
    [InlineData("Missing", "Could not find input column 'Missing'")]
    [InlineData("Number", "Schema mismatch for input column 'Number'")]
    [InlineData("Flags", "Schema mismatch for input column 'Flags'")]
    [InlineData("Ragged", "Schema mismatch for input column 'Ragged'")]
    [InlineData("Flags", "ConvertType, outputKind: DataKind.Single")]
    [InlineData("Number", "mlContext.Transforms.Concatenate")]
    [InlineData("Ragged", "[VectorType(n)] on the member of the class, or ColumnType of a SchemaDefinition")]
    [InlineData("Text", "ProduceWordBags or FeaturizeText")]
    [InlineData("Key", "MapKeyToVector")]
    public void A_column_that_does_not_fit_is_refused_alike_in_all_three_places(string column, string words)
    {
        var view = _context.Data.LoadFromEnumerable(Enumerable.Repeat(new Unfit(), 5));
        var estimator = _context.Transforms.NonnegativeMatrixFactorization("H", column, rank: 2);
        var model = new NmfTransformer(
            _context, FittedModel(), new NmfEstimator.Options { OutputColumnName = "H", InputColumnName = column });

        var shape = Assert.Throws<ArgumentOutOfRangeException>(
            () => estimator.GetOutputSchema(SchemaShape.Create(view.Schema)));
        var fit = Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(view));
        var transform = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(view));
        var schema = Assert.Throws<ArgumentOutOfRangeException>(() => model.GetOutputSchema(view.Schema));

        Assert.All([shape, fit, transform, schema], error => Assert.Contains(words, error.Message));
    }

    // As by ML.NET's LDA.
    [Theory]
    [InlineData("Doubles")]
    [InlineData("Integers")]
    [InlineData("Bytes")]
    public void Vectors_of_other_numbers_are_converted(string column)
    {
        var view = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(n => new Unfit
        {
            Doubles = [.. Enumerable.Range(0, 12).Select(f => (double)(n * f % 5))],
            Integers = [.. Enumerable.Range(0, 12).Select(f => n * f % 5)],
            Bytes = [.. Enumerable.Range(0, 12).Select(f => (byte)(n * f % 5))],
        }).ToArray());
        var singles = _context.Transforms.Conversion.ConvertType("Vector", column, DataKind.Single)
            .Fit(view).Transform(view);
        NmfTransformer Fit(string name) => _context.Transforms.NonnegativeMatrixFactorization(
            "H", name, rank: 2, seed: 1).Fit(singles);

        Assert.Equal(
            TestRows.Column(Fit("Vector").Transform(singles), "H"),
            TestRows.Column(Fit(column).Transform(singles), "H"));
        _context.Transforms.Text.LatentDirichletAllocation("H", column, numberOfTopics: 2).Fit(singles);
        _context.Transforms.OnlineNmf("H", column, rank: 2).Fit(singles);
        Assert.Equal(
            VectorKindOf(SchemaShape.Create(Fit(column).GetOutputSchema(view.Schema))),
            VectorKindOf(_context.Transforms.NonnegativeMatrixFactorization("H", column, rank: 2).GetOutputSchema(
                SchemaShape.Create(view.Schema))));

        static string VectorKindOf(SchemaShape shape) => shape.Single(found => found.Name == "H").GetTypeString();
    }

    // What the errors say is what helps.
    [Theory]
    [InlineData("Flags")]
    [InlineData("Number")]
    [InlineData("Text")]
    [InlineData("Key")]
    public void The_remedies_work(string column)
    {
        var view = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(n => new Unfit
        {
            Number = n, Text = $"word {n}", Key = (uint)(n % 3) + 1,
            Flags = [.. Enumerable.Repeat(n > 2, 12)],
        }));
        IEstimator<ITransformer> remedy = column switch
        {
            "Number" => _context.Transforms.Concatenate("Vector", column, column),
            "Text" => _context.Transforms.Text.ProduceWordBags("Vector", column),
            "Key" => _context.Transforms.Conversion.MapKeyToVector("Vector", column),
            _ => _context.Transforms.Conversion.ConvertType("Vector", column, DataKind.Single),
        };
        var model = remedy.Append(_context.Transforms.NonnegativeMatrixFactorization("H", "Vector", rank: 1)).Fit(view);
        Assert.Contains(TestRows.Column(model.Transform(view), "H"), row => row[0] > 0);
    }

    [Theory]
    [InlineData("User", "ItemKey")]
    [InlineData("UserKey", "Item")]
    public void A_rating_without_keys_is_told_how_to_make_them(string user, string item)
    {
        var view = _context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 9).Select(n => new { User = n % 3, Item = $"i{n / 3}", Stars = (float)n }));
        var trainer = _context.Regression.Trainers.NonnegativeMatrixFactorization("Stars", user, item, rank: 1);
        var keys = _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
            .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item")).Fit(view).Transform(view);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(keys));
        Assert.Contains("MapValueToKey", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_of_another_size_is_refused_in_transform()
    {
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2)
            .Fit(TestRows.View(_context, TestRows.Values()));

        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => model.Transform(TestRows.View(_context, TestRows.Values(features: 13))));

        Assert.Contains("Vector<Single, 12>", error.Message);
        Assert.Contains("Vector<Single, 13>", error.Message);
    }

    public static TheoryData<string, Action<NmfEstimator.Options>> InvalidOptions => new()
    {
        { "The rank must be greater than zero.", options => options.Rank = 0 },
        { "Beta must be a finite number.", options => options.Problem = double.NaN },
        { "The maximum number of iterations must not be negative.",
            options => options.Iterations = new() { MaximumIterations = -1 } },
        { "The tolerance must not be negative.", options => options.Iterations = new() { Tolerance = double.NaN } },
        { "The number of starts must be greater than zero.", options => options.Starts = 0 },
        { "The number of threads must be greater than zero.", options => options.Threads = 0 },
        { "The inference tolerance must be greater than zero.",
            options => options.Inference = new() { Tolerance = 0 } },
        { "The maximum number of inference iterations must be greater than zero.",
            options => options.Inference = new() { MaximumIterations = 0 } },
        { "The number of ONNX iterations must be between 1 and 10000.", options => options.OnnxIterations = 0 },
        { "The solver Hals minimises the divergence with beta = 2 only, not that with beta = 1.",
            options => (options.Solver, options.Problem) = (NmfSolver.Hals, 1) },
        { "The solver ExtrapolatedNewton minimises the divergence with beta = 1 only, not that with beta = 2.",
            options => (options.Solver, options.Problem) = (NmfSolver.ExtrapolatedNewton, 2) },
        { "There is no solver 77.", options => options.Solver = (NmfSolver)77 },
        { "There is no initialization 77.", options => options.Initialization = (NmfInitialization)77 },
        { "There is no scale convention 77.", options => options.Scale = (ComponentScale)77 },
        { "The reconstruction column must have another name than the other output columns.",
            options => options.ReconstructionColumnName = "H" },
        { "The name of the reconstruction column must not be empty.",
            options => options.ReconstructionColumnName = " " },
        { "The name of the input column must not be empty.", options => options.InputColumnName = "" },
    };

    [Theory]
    [MemberData(nameof(InvalidOptions))]
    public void An_option_out_of_range_is_named_when_the_estimator_is_created(
        string message, Action<NmfEstimator.Options> spoil)
    {
        var options = new NmfEstimator.Options { OutputColumnName = "H", InputColumnName = "Features" };
        spoil(options);

        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(options));

        Assert.StartsWith(message, error.Message);
        Assert.Equal(2, error.Message.Split($"(Parameter '{Assert.IsType<string>(error.ParamName)}')").Length);
    }

    [Fact]
    public void Options_changed_later_do_not_change_the_estimator()
    {
        var options = new NmfEstimator.Options { OutputColumnName = "H", InputColumnName = "Features", Rank = 2 };
        var estimator = _context.Transforms.NonnegativeMatrixFactorization(options);
        options.Rank = 5;

        Assert.Equal(2, estimator.Fit(TestRows.View(_context, TestRows.Values())).Model.Rank);
    }

    [Fact]
    public void The_output_column_needs_a_name()
        => Assert.ThrowsAny<ArgumentException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(" ", "Features"));

    // ML.NET reads large views with parallel cursors and wraps what they throw.
    private static NmfDataException TransformError(NmfTransformer model, IDataView view)
        => Assert.IsType<NmfDataException>(
            Assert.ThrowsAny<Exception>(() => TestRows.Column(model.Transform(view), "H")).GetBaseException());

    private NmfModelParameters FittedModel()
        => _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2, maximumIterations: 2)
            .Fit(TestRows.View(_context, TestRows.Values())).Model;

    private sealed class Input
    {
        [VectorType(12)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Output
    {
        public float[] H { get; set; } = [];
    }

    private sealed class Unfit
    {
        public float Number { get; set; } = 1;

        [VectorType(12)]
        public double[] Doubles { get; set; } = new double[12];

        [VectorType(12)]
        public int[] Integers { get; set; } = new int[12];

        [VectorType(12)]
        public byte[] Bytes { get; set; } = new byte[12];

        [VectorType(12)]
        public bool[] Flags { get; set; } = new bool[12];

        public float[] Ragged { get; set; } = [1, 2];

        public string Text { get; set; } = "";

        [KeyType(3)]
        public uint Key { get; set; } = 1;
    }
}
