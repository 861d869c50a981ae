using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Missing values, absent entries, weights of rows and the imputed column of the estimator.</summary>
public class MissingValuesTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void NaN_is_an_error_by_default_and_the_message_names_the_option()
    {
        var view = View(out _);
        var error = Assert.Throws<NmfDataException>(
            () => _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2).Fit(view));
        Assert.Contains("MissingValues", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, error.Sample);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void Missing_entries_are_imputed_and_observed_ones_stay_as_they_are(double beta)
    {
        var view = View(out var complete);
        var options = Options(beta);
        var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        var output = model.Transform(view);
        var (input, imputed, reconstruction) = (TestRows.Column(view, "Features"), TestRows.Column(output, "Imputed"),
            TestRows.Column(output, "Reconstruction"));
        double error = 0, ofMean = 0;
        var mean = complete.SelectMany(row => row).Average();
        for (var n = 0; n < input.Length; n++)
        {
            for (var f = 0; f < input[n].Length; f++)
            {
                Assert.Equal(float.IsNaN(input[n][f]) ? reconstruction[n][f] : input[n][f], imputed[n][f]);
                if (!float.IsNaN(input[n][f]))
                    continue;
                error += Math.Pow(imputed[n][f] - complete[n][f], 2);
                ofMean += Math.Pow(mean - complete[n][f], 2);
            }
        }

        Assert.True(error < 0.1 * ofMean, $"Squared error {error} against {ofMean} of the mean.");
        Assert.Equal((MissingValues.NaN, AbsentEntries.Zero), (model.Model.MissingValues, model.Model.AbsentEntries));
    }

    [Fact]
    public void The_schema_before_the_fit_is_that_after_it()
    {
        var names = Enumerable.Range(0, 12).Select(f => $"f{f}").ToArray();
        var view = TestRows.View(_context, Holes(TestRows.Values()), slotNames: names);
        var estimator = _context.Transforms.NonnegativeMatrixFactorization(Options(2));
        var promised = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        var actual = SchemaShape.Create(estimator.Fit(view).GetOutputSchema(view.Schema));
        Assert.Equal(promised.Select(Describe).Order(), actual.Select(Describe).Order());
        var slots = default(VBuffer<ReadOnlyMemory<char>>);
        estimator.Fit(view).GetOutputSchema(view.Schema)["Imputed"].GetSlotNames(ref slots);
        Assert.Equal(names, slots.DenseValues().Select(name => name.ToString()));

        static string Describe(SchemaShape.Column column)
            => $"{column.Name} {column.Kind} {column.ItemType} "
                + $"{string.Join(',', column.Annotations.Select(a => a.Name).Order())}";
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_loaded_model_gives_the_same_bits(bool reconstruction, bool imputed)
    {
        var view = View(out _);
        var options = Options(1);
        options.ReconstructionColumnName = reconstruction ? "Reconstruction" : null;
        options.ImputedColumnName = imputed ? "Imputed" : null;
        var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var loaded = Assert.IsType<NmfTransformer>(new MLContext().Model.Load(stream, out _));
        Assert.Equal(
            (model.ReconstructionColumnName, model.ImputedColumnName),
            (loaded.ReconstructionColumnName, loaded.ImputedColumnName));
        Assert.Equal(model.Model.MissingValues, loaded.Model.MissingValues);
        foreach (var column in
            new[] { "H", options.ReconstructionColumnName, options.ImputedColumnName }.OfType<string>())
        {
            Assert.Equal(
                TestRows.Column(model.Transform(view), column), TestRows.Column(loaded.Transform(view), column));
        }
    }

    [Fact]
    public void A_prediction_engine_fills_in_what_is_missing()
    {
        var view = View(out _);
        var model = _context.Transforms.NonnegativeMatrixFactorization(Options(1)).Fit(view);
        var definition = SchemaDefinition.Create(typeof(TestRows.Row));
        definition[nameof(TestRows.Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 12);
        using var engine = _context.Model.CreatePredictionEngine<TestRows.Row, Prediction>(
            model, inputSchemaDefinition: definition);
        var rows = TestRows.Column(view, "Features");
        var expected = TestRows.Column(model.Transform(view), "Imputed");
        for (var n = 0; n < rows.Length; n++)
            Assert.Equal(
                expected[n], engine.Predict(new TestRows.Row { Features = new VBuffer<float>(12, rows[n]) }).Imputed);
        var nothing = engine.Predict(
            new TestRows.Row { Features = new VBuffer<float>(12, Enumerable.Repeat(float.NaN, 12).ToArray()) });
        Assert.All(nothing.H!, h => Assert.Equal(0, h));
    }

    [Fact]
    public void Sparse_and_dense_vectors_with_zeros_for_what_is_missing_are_the_same_as_NaN()
    {
        var holes = Holes(TestRows.Values());
        var zeros = holes.Select(row => row.Select(v => float.IsNaN(v) ? 0 : v).ToArray()).ToArray();
        var options = Options(1);
        options.Initialization = NmfInitialization.Random;
        var expected = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(TestRows.View(_context, holes));
        options.MissingValues = MissingValues.Error;
        options.AbsentEntries = AbsentEntries.Missing;
        foreach (var sparse in new[] { false, true })
        {
            var view = TestRows.View(_context, zeros, sparse);
            var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
            Assert.Equal(expected.Model.Objective, model.Model.Objective, 1e-3 * expected.Model.Objective);
            var imputed = TestRows.Column(model.Transform(view), "Imputed");
            var reference = TestRows.Column(expected.Transform(TestRows.View(_context, holes)), "Imputed");
            for (var n = 0; n < imputed.Length; n++)
                Assert.All(imputed[n].Zip(reference[n]), pair => Assert.Equal(pair.Second, pair.First, 0.02f));
        }
    }

    [Fact]
    public void Imputed_rows_of_sparse_vectors_with_NaN_keep_their_zeros()
    {
        var values = TestRows.Values(density: 0.5);
        values[3][4] = values[5][6] = float.NaN;
        var view = TestRows.View(_context, values, sparse: true);
        var model = _context.Transforms.NonnegativeMatrixFactorization(Options(1)).Fit(view);
        var imputed = TestRows.Column(model.Transform(view), "Imputed");
        for (var n = 0; n < values.Length; n++)
        {
            for (var f = 0; f < values[n].Length; f++)
                Assert.True(float.IsNaN(values[n][f]) ? imputed[n][f] >= 0 : imputed[n][f] == values[n][f]);
        }
    }

    [Theory]
    [InlineData(2.0, false)]
    [InlineData(1.0, false)]
    [InlineData(1.0, true)]
    public void A_row_of_weight_two_counts_twice(double beta, bool sparse)
    {
        var values = TestRows.Values(density: sparse ? 0.2 : 1);
        var weights = values.Select((_, n) => (float)(n % 3)).ToArray();
        var repeated = values.SelectMany((row, n) => Enumerable.Repeat(row, n % 3)).ToArray();

        // From the same dictionary, and the activations that it has for each row, both go the same way.
        var initial = _context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: 2, beta: beta, maximumIterations: 5)
            .Fit(TestRows.View(_context, values)).Model;
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 2, Problem = beta,
            Iterations = new() { MaximumIterations = 40, Tolerance = 0 }, Solver = NmfSolver.MultiplicativeUpdate,
            ExampleWeightColumnName = "Weight", InitialModel = initial,

            // With a tolerance of its own a fit without weights ends with inference, as one with weights does.
            Inference = new() { Tolerance = 1e-6 },
        };
        var weighted = _context.Transforms.NonnegativeMatrixFactorization(options)
            .Fit(Weighted(values, weights, sparse)).Model;
        options.ExampleWeightColumnName = null;
        var duplicated = _context.Transforms.NonnegativeMatrixFactorization(options)
            .Fit(TestRows.View(_context, repeated, sparse)).Model;
        Assert.Equal(duplicated.Objective, weighted.Objective, 1e-4 * duplicated.Objective);
        Assert.Equal(duplicated.ExplainedPart, weighted.ExplainedPart, 1e-4);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void A_bad_weight_is_named(float bad)
    {
        var values = TestRows.Values();
        var weights = Enumerable.Repeat(1f, values.Length).ToArray();
        weights[7] = bad;
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 2, ExampleWeightColumnName = "Weight"
        };
        var error = Assert.Throws<NmfDataException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(options).Fit(Weighted(values, weights, false)));
        Assert.Equal(7, error.Sample);
        Assert.Contains("'Weight'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<NmfDataException>(() => _context.Transforms.NonnegativeMatrixFactorization(options).Fit(
            Weighted(values, new float[values.Length], false)));
        Assert.Contains("zero", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_weights_is_checked_like_the_input_column()
    {
        var view = TestRows.View(_context, TestRows.Values());
        foreach (var name in new[] { "Nothing", "Features" })
        {
            var options = new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Features", Rank = 2, ExampleWeightColumnName = name
            };
            var estimator = _context.Transforms.NonnegativeMatrixFactorization(options);
            Assert.Throws<ArgumentOutOfRangeException>(
                () => estimator.GetOutputSchema(SchemaShape.Create(view.Schema)));
            Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(view));
        }
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Refused(
            "ImputedColumnName",
            options => (options.MissingValues, options.ImputedColumnName) = (MissingValues.Error, "Imputed"));
        Refused("ImputedColumnName", options => options.ImputedColumnName = "H");
        Refused("ImputedColumnName", options => options.ImputedColumnName = " ");
        Refused("Solver", options => options.Solver = NmfSolver.Hals);
        Refused(
            "Solver", options => (options.Solver, options.MissingValues, options.ImputedColumnName,
                options.ExampleWeightColumnName) = (NmfSolver.Hals, MissingValues.Error, null, "Weight"));
        Refused("MissingValues", options => options.MissingValues = (MissingValues)7);
        Refused("AbsentEntries", options => options.AbsentEntries = (AbsentEntries)7);

        void Refused(string option, Action<NmfEstimator.Options> change)
        {
            var options = Options(2);
            change(options);
            var error = Assert.ThrowsAny<ArgumentException>(
                () => _context.Transforms.NonnegativeMatrixFactorization(options));
            Assert.Equal(option, error.ParamName);
        }
    }

    [Fact]
    public void A_column_without_any_value_is_an_error_that_names_it()
    {
        var values = Enumerable.Range(0, 5).Select(_ => Enumerable.Repeat(float.NaN, 4).ToArray()).ToArray();
        var error = Assert.Throws<NmfDataException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(Options(2)).Fit(TestRows.View(_context, values)));
        Assert.Contains("'Features'", error.Message, StringComparison.Ordinal);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    private static NmfEstimator.Options Options(double beta) => new()
    {
        OutputColumnName = "H",
        InputColumnName = "Features",
        ReconstructionColumnName = "Reconstruction",
        ImputedColumnName = "Imputed",
        MissingValues = MissingValues.NaN,
        Rank = 3,
        Problem = beta,
        Iterations = new() { MaximumIterations = 500 },
    };

    private static float[][] Holes(float[][] values)
        => [.. values.Select((row, n) => row.Select((v, f) => ((n * 12) + f) % 7 == 2 ? float.NaN : v).ToArray())];

    private IDataView View(out float[][] complete)
    {
        complete = TestRows.Values();
        return TestRows.View(_context, Holes(complete));
    }

    private IDataView Weighted(float[][] values, float[] weights, bool sparse)
    {
        var definition = SchemaDefinition.Create(typeof(WeightedRow));
        definition[nameof(WeightedRow.Features)].ColumnType = new VectorDataViewType(
            NumberDataViewType.Single, values[0].Length);
        var rows = values.Select((row, n) => new WeightedRow { Weight = weights[n], Features =
            sparse ? TestRows.Sparse(row) : new VBuffer<float>(row.Length, row) });
        return _context.Data.LoadFromEnumerable(rows.ToArray(), definition);
    }

    private sealed class WeightedRow
    {
        public float Weight { get; set; }

        public VBuffer<float> Features { get; set; }
    }

    private sealed class Prediction
    {
        public float[]? H { get; set; }

        public float[]? Imputed { get; set; }
    }
}
