using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class OnlineEstimatorTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void A_fit_from_a_stream_comes_close_to_the_fit_in_memory(double beta, bool sparse)
    {
        var view = TestRows.View(_context, TestRows.Values(rows: 400, density: sparse ? 0.2 : 1), sparse);
        var stream = Online(options => (options.Beta, options.Passes) = (beta, 30)).Fit(view).Model;
        var memory = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: beta)
            .Fit(view).Model;

        Assert.InRange(
            stream.Objective, 0.9 * memory.Objective,
            (1.2 * memory.Objective) + (0.002 * (stream.Objective / (1 - stream.ExplainedPart))));
        Assert.Equal(400, stream.TrainingRows);
        Assert.Equal(stream.Iterations, stream.ObjectiveHistory.Count);
        Assert.Equal(1, stream.Contributions.Sum(), 1e-6);
        Assert.Equal(stream.Contributions.OrderDescending(), stream.Contributions);
    }

    [Fact]
    public void The_transformer_is_that_of_the_estimator_in_memory_saved_and_loaded()
    {
        var names = Enumerable.Range(0, 12).Select(f => $"word{f}").ToArray();
        var view = TestRows.View(_context, TestRows.Values(), slotNames: names);
        var estimator = Online(options => (options.ReconstructionColumnName, options.NormalizeOutput) = ("V", true));
        var model = estimator.Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var loaded = Assert.IsType<NmfTransformer>(new MLContext().Model.Load(stream, out _));

        Assert.Equal(TestRows.Column(model.Transform(view), "H"), TestRows.Column(loaded.Transform(view), "H"));
        Assert.Equal(TestRows.Column(model.Transform(view), "V"), TestRows.Column(loaded.Transform(view), "V"));
        Assert.StartsWith("word", loaded.Model.GetTopFeatures(0)[0].Name);
        Assert.Equal(model.Model.Objective, loaded.Model.Objective);
        var shape = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        foreach (var column in SchemaShape.Create(model.GetOutputSchema(view.Schema)))
        {
            Assert.True(shape.TryFindColumn(column.Name, out var announced));
            Assert.Equal(column.GetTypeString(), announced.GetTypeString());
        }
    }

    [Fact]
    public void The_same_estimator_gives_the_same_bits_whatever_the_storage_of_the_rows_and_the_threads()
    {
        var values = TestRows.Values(rows: 100, density: 0.15);
        var estimator = Online(options => (options.Beta, options.Threads) = (1, 1));
        var first = Components(estimator.Fit(TestRows.View(_context, values)).Model);

        Assert.Equal(first, Components(estimator.Fit(TestRows.View(_context, values)).Model));
        Assert.Equal(first, Components(estimator.Fit(TestRows.View(_context, values, sparse: true)).Model));
        Assert.Equal(first, Components(
            Online(options => (options.Beta, options.Threads) = (1, 3)).Fit(TestRows.View(_context, values)).Model));
    }

    [Fact]
    public void Batches_of_mixed_rows_take_the_form_that_their_density_asks_for()
    {
        // Dense, sparse and zero rows in turn; the batches differ in density and in size.
        var values = TestRows.Values(rows: 90);
        var thin = TestRows.Values(rows: 90, seed: 2, density: 0.1);
        for (var n = 0; n < values.Length; n++)
            values[n] = n % 3 == 0 && n < 45 ? values[n] : n % 7 == 6 ? new float[12] : thin[n];
        var (host, options) = (((IHostEnvironment)_context).Register("test"), CancellationToken.None);
        using var cancellation = new Microsoft.ML.Transforms.Fitting.FitCancellation(host, options);
        foreach (var sparse in new[] { false, true })
        {
            var view = TestRows.View(_context, values, sparse);
            var guard = ColumnGuard.ForInput(host, view.Schema, "Features", 1);
            var source = new Microsoft.ML.Transforms.Fitting.RowBatchSource(view, guard, cancellation);
            var at = 0;
            var forms = new List<bool>();
            foreach (var batch in source.Read(20, 0, default))
            {
                forms.Add(batch.IsSparse);
                Assert.Equal(Math.Min(20, 90 - at), batch.Samples);
                Assert.Equal(
                    values.Skip(at).Take(batch.Samples).Sum(row => row.Sum(v => (double)v)), batch.Sum,
                    1e-6 * batch.Sum);
                at += batch.Samples;
                batch.GiveBack();
            }

            Assert.Equal(90, at);
            Assert.Equal([false, false, true, true, true], forms);
            Assert.Equal(2, source.Read(20, 60, default).Count());
        }
    }

    [Fact]
    public void A_model_goes_on_with_new_rows_and_is_told_how_much_it_counts()
    {
        var old = TestRows.View(_context, TestRows.Values(rows: 200, seed: 1));
        var fresh = TestRows.View(_context, TestRows.Values(rows: 60, seed: 2));
        var before = Online().Fit(old).Model;
        double Moved(double? weight)
        {
            var after = Online(options => (options.InitialModel, options.InitialModelWeight, options.Passes,
                options.Learning) = (before, weight, 1, new() { Forgetting = 1 })).Fit(fresh).Model;
            return Enumerable.Range(0, 3).Sum(
                k => Enumerable.Range(0, 3).Min(j => Distance(before.GetComponent(k), after.GetComponent(j))));
        }

        var (free, counted, heavy) = (Moved(0), Moved(null), Moved(1e9));
        Assert.True(free > counted && counted > heavy, $"{free} {counted} {heavy}");
        Assert.True(heavy < 1e-4);
        var wrong = TestRows.View(_context, TestRows.Values(features: 13));
        Assert.Contains(
            "The initial model has 12 features, but column 'Features' has 13 slots",
            Assert.Throws<ArgumentOutOfRangeException>(() => Online().Fit(wrong, before)).Message);
    }

    [Theory]
    [InlineData(-0.5f, "negative (-0.5)")]
    [InlineData(float.NaN, "not a number (NaN)")]
    [InlineData(float.PositiveInfinity, "infinite")]
    public void A_value_that_cannot_be_factorised_is_named(float value, string words)
    {
        foreach (var sparse in new[] { false, true })
        {
            var values = TestRows.Values(rows: 60, density: sparse ? 0.2 : 1);
            values[47][5] = value;
            var error = Assert.Throws<NmfDataException>(() => Online().Fit(TestRows.View(_context, values, sparse)));
            Assert.Contains($"Column 'Features' is {words} in row 47, slot 5", error.Message);
        }
    }

    [Fact]
    public void No_rows_and_nothing_but_zeros_are_errors_but_some_zero_batches_are_not()
    {
        Assert.Contains(
            "no rows to factorize: column 'Features'",
            Assert.Throws<NmfDataException>(() => Online().Fit(TestRows.View(_context, [], size: 5))).Message);
        var zeros = Enumerable.Range(0, 40).Select(_ => new float[12]).ToArray();
        Assert.Contains(
            "All values of column 'Features' are zero in all 40 rows",
            Assert.Throws<NmfDataException>(() => Online().Fit(TestRows.View(_context, zeros))).Message);
        Assert.Equal(80, Online().Fit(TestRows.View(_context, [.. zeros, .. TestRows.Values()])).Model.TrainingRows);
    }

    [Fact]
    public void Both_cancellations_stop_the_fit()
    {
        var view = TestRows.View(_context, TestRows.Values(rows: 200));
        using var source = new CancellationTokenSource();
        var batches = 0;
        Action stop = source.Cancel;
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Trace && e.Message.Contains("average cost") && ++batches % 20 == 0)
                stop();
        };
        var estimator = Online(options => (options.Passes, options.Tolerance,
            options.CancellationToken) = (int.MaxValue, 0, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => estimator.Fit(view));
        Assert.Equal(20, batches);

        stop = _context.CancelExecution;
        estimator = Online(options => (options.Passes, options.Tolerance) = (int.MaxValue, 0));
        Assert.ThrowsAny<OperationCanceledException>(() => estimator.Fit(view));
    }

    [Fact]
    public void Options_out_of_range_are_named_when_the_estimator_is_created()
    {
        foreach (var (message, spoil) in new (string, Action<OnlineNmfEstimator.Options>)[]
        {
            ("The rank must be greater than zero.", options => options.Rank = 0),
            ("The batch size must be greater than zero.", options => options.BatchSize = 0),
            ("The number of passes must be greater than zero.", options => options.Passes = 0),
            ("The forgetting must be greater than 0 and at most 1.",
                options => options.Learning = new() { Forgetting = 0 }),
            ("The number of inner iterations must be between 1 and 1000000.",
                options => options.Learning = new() { InnerIterations = 0 }),
            ("The inner tolerance must not be negative.",
                options => options.Learning = new() { InnerTolerance = double.NaN }),
            ("The weight of the initial model must be finite and not negative.",
                options => options.InitialModelWeight = -1),
            ("The path of the checkpoint must not be empty.", options => options.Checkpoint = new(" ")),
            ("The interval between checkpoints must not be negative.",
                options => options.Checkpoint = new("fit.checkpoint") { Interval = TimeSpan.FromSeconds(-1) }),
            ("The online update LeastSquares minimises",
                options => (options.Learning, options.Beta) = (new() { Update = OnlineUpdate.LeastSquares }, 1)),
            ("The tolerance must not be negative.", options => options.Tolerance = -1),
            ("The reconstruction column must have another name", options => options.ReconstructionColumnName = "H"),
        })
        {
            Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => Online(spoil)).Message);
        }
    }

    [Fact]
    public void A_checkpoint_of_other_features_is_refused_and_told_so()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "fit.checkpoint");
            using var source = new CancellationTokenSource();
            var context = new MLContext(1);
            context.Log += (_, e) =>
            {
                if (e.Message.StartsWith("Pass 2, row 40") || e.Message.Contains("Pass 2, row 40"))
                    source.Cancel();
            };
            var values = TestRows.Values(rows: 100);
            var names = Enumerable.Range(0, 12).Select(f => $"word{f}").ToArray();
            void Checkpointed(OnlineNmfEstimator.Options options) => (options.Checkpoint,
                options.CancellationToken) = (new(path) { Interval = TimeSpan.Zero }, source.Token);
            Assert.ThrowsAny<OperationCanceledException>(
                () => Online(Checkpointed, context).Fit(TestRows.View(context, values, slotNames: names)));
            Assert.True(File.Exists(path));

            var others = (string[])names.Clone();
            others[5] = "another";
            var error = Assert.Throws<NmfCheckpointException>(() => Online(options => options.Checkpoint = new(path))
                .Fit(TestRows.View(_context, values, slotNames: others)));
            Assert.Contains("label is column 'Features' with slots from 'word0' to 'word11'", error.Message);
            Assert.Equal(path, error.Path);

            var resumed = Online(options => options.Checkpoint = new(path))
                .Fit(TestRows.View(_context, values, slotNames: names)).Model;
            Assert.Equal(
                Components(Online().Fit(TestRows.View(_context, values, slotNames: names)).Model), Components(resumed));
            Assert.False(File.Exists(path));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static float[][] Components(NmfModelParameters model)
        => [.. Enumerable.Range(0, model.Rank).Select(k => model.GetComponent(k).ToArray())];

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        => System.Numerics.Tensors.TensorPrimitives.Distance(a, b);

    private OnlineNmfEstimator Online(Action<OnlineNmfEstimator.Options>? change = null, MLContext? context = null)
    {
        var options = new OnlineNmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, BatchSize = 20, Seed = 3
        };
        change?.Invoke(options);
        return (context ?? _context).Transforms.OnlineNmf(options);
    }
}
