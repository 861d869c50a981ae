using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public sealed partial class SequenceNmfTests
{
    private const int Features = 12;

    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<bool> Models => [false, true];

    [Theory]
    [MemberData(nameof(Models))]
    public void Rows_keep_their_number_order_and_columns_and_a_saved_model_gives_the_same(bool dynamical)
    {
        var view = View(Frames([30, 1, 50]));
        var model = Estimator(dynamical).Append(_context.Transforms.CopyColumns("Copy", "Code")).Fit(view);
        var transformed = model.Transform(view);
        var rows = _context.Data.CreateEnumerable<Coded>(transformed, false).ToList();
        Assert.Equal(81, rows.Count);
        Assert.Equal(Frames([30, 1, 50]).Select(frame => frame.Recording), rows.Select(row => row.Recording));
        Assert.All(rows, row => Assert.All(row.Code, value => Assert.True(value > 0 && float.IsFinite(value))));

        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        Assert.Equal(
            rows.SelectMany(row => row.Code),
            _context.Data.CreateEnumerable<Coded>(loaded.Transform(view), false).SelectMany(row => row.Code));
        var (before, after) = (model.First(),
            ((TransformerChain<ITransformer>)loaded).OfType<SequenceNmfTransformer>().Single());
        var transformer = Assert.IsType<SequenceNmfTransformer>(before);
        Assert.Equal(transformer.Smoothness, after.Smoothness);
        Assert.Equal(transformer.Transitions, after.Transitions);
        Assert.Equal(transformer.Shapes, after.Shapes);
        Assert.Equal(dynamical, after.Transitions is not null);
        Assert.Equal(transformer.Model.Objective, after.Model.Objective);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_schema_is_the_one_that_was_announced(bool dynamical)
    {
        var view = View(Frames([20]));
        var estimator = Estimator(dynamical);
        var announced = estimator.GetOutputSchema(SchemaShape.Create(view.Schema)).Single(
            column => column.Name == "Code");
        var column = estimator.Fit(view).Transform(view).Schema["Code"];
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, announced.Kind);
        Assert.Equal(4, ((VectorDataViewType)column.Type).Size);
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        Assert.Equal("Component3", names.GetItemOrDefault(3).ToString());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Sequences_do_not_influence_each_other(bool dynamical)
    {
        var frames = Frames([30, 20]);
        var transformer = Estimator(dynamical).Fit(View(frames));
        var together = Codes(transformer.Transform(View(frames)));
        var second = Codes(transformer.Transform(View(frames[30..])));
        Assert.Equal(together.Skip(30 * 4), second);
    }

    [Fact]
    public void Rows_of_a_sequence_that_are_apart_are_refused_in_fit_and_transform()
    {
        var frames = Frames([5, 5]);
        var transformer = Estimator(false).Fit(View(frames));
        var scattered = View([.. frames, frames[0]]);
        foreach (var error in new[] { Assert.Throws<NmfDataException>(() => Estimator(false).Fit(scattered)),
            Assert.Throws<NmfDataException>(() => Codes(transformer.Transform(scattered))) })
        {
            Assert.Contains(
                "Row 10 belongs to sequence 'recording 0' of column 'Recording'", error.Message,
                StringComparison.Ordinal);
            Assert.Contains("together", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_prediction_engine_is_refused()
    {
        var view = View(Frames([20]));
        ITransformer transformer = Estimator(false).Fit(view);
        Assert.False(transformer.IsRowToRowMapper);
        var error = Assert.Throws<InvalidOperationException>(() => transformer.GetRowToRowMapper(view.Schema));
        Assert.Contains("CreateFilter", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(
            () => _context.Model.CreatePredictionEngine<Frame, Coded>(transformer, view.Schema));
    }

    [Fact]
    public void Bad_rows_and_columns_are_named()
    {
        var frames = Frames([20]);
        var transformer = Estimator(false).Fit(View(frames));
        frames[7].Spectrum[3] = 0;
        var error = Assert.Throws<NmfDataException>(() => Codes(transformer.Transform(View(frames))));
        Assert.Contains("'Spectrum' is 0 in row 7, slot 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<NmfDataException>(() => Estimator(true).Fit(View(frames)));
        Assert.Contains(
            "Missing", Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.SmoothNmf(
                "Code", "Spectrum", sequenceColumnName: "Missing").Fit(View(Frames([20])))).Message,
            StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() =>
            _context.Transforms.SmoothNmf("Code", "Spectrum", sequenceColumnName: "Spectrum").Fit(View(Frames([20]))));
        Assert.Contains(
            "smoothness",
            Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.SmoothNmf("Code", smoothness: -1)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "no rows", Assert.Throws<NmfDataException>(() => Estimator(false).Fit(View([]))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_filter_follows_the_frames(bool dynamical)
    {
        var frames = Frames([60]);
        var transformer = Estimator(dynamical).Fit(View(frames));
        var filter = transformer.CreateFilter(50);
        var codes = Codes(transformer.Transform(View(frames)));
        var (h, near) = (new float[4], 0);
        for (var n = 0; n < frames.Length; n++)
        {
            filter.Push(frames[n].Spectrum, h);

            // The filter does not know the future, so it finds the same strongest component in most frames, not in all.
            near += Array.IndexOf(h, h.Max()) == Array.IndexOf(codes, codes[(n * 4)..((n * 4) + 4)].Max(), n * 4, 4)
                - (n * 4) ? 1 : 0;
        }

        Assert.True(near > 45, $"{near} of 60");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Components_may_have_values_of_their_own(bool dynamical)
    {
        var view = View(Frames([40]));
        double[] values = [0.5, 1, 2, 4];
        var given = values.ToArray();
        var estimator = Estimator(dynamical, options => Set(options, given));

        // The estimator has copied its options.
        given[0] = 1000;
        var transformer = estimator.Fit(view);
        Assert.Equal(values, (dynamical ? transformer.Shapes : transformer.Smoothness)!.Order());

        // The activations of Transform are those of the core for the model as it was stored, values in its order.
        var dictionary = Dictionary(transformer.Model);
        var data = NmfData<float>.FromDense([.. Frames([40]).SelectMany(frame => frame.Spectrum)], 40, Features);
        var transitions =
            dynamical ? Nmf.Kernels.Matrix<float>.FromRowMajor([.. transformer.Transitions!], 4, 4) : null;
        var activations = dynamical
            ? DynamicalSystem.Infer(
                dictionary, transitions!, data, new DynamicalSystemOptions { Rank = 4, Shapes = transformer.Shapes })
            : SmoothNmf.Infer(
                dictionary, data, new SmoothNmfOptions { Rank = 4, ComponentSmoothness = transformer.Smoothness });
        Assert.Equal(activations.ToRowMajor(), Codes(transformer.Transform(view)));

        Assert.Contains(
            "3 values of the " + (dynamical ? "shape" : "smoothness"), Assert.ThrowsAny<ArgumentException>(
                () => Estimator(dynamical, options => Set(options, values[1..]))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Fixed_components_come_first_and_stay(bool dynamical)
    {
        var clean = Estimator(dynamical, options => Set(options, [3, 2, 1, 1])).Fit(View(Frames([60]))).Model;
        var noisy = Frames([60]);
        var random = new Random(8);
        foreach (var frame in noisy)
        {
            for (var f = 0; f < Features; f++)
                frame.Spectrum[f] += (float)((f % 3 == 0 ? 5 : 0.01) * random.NextDouble());
        }

        double[] values = dynamical
            ? [.. SectionOf(clean).Shapes, 2, 2]
            : [.. clean.Sections.Find<SmoothSection>()!.Smoothness, 3, 3];
        var fitted = Estimator(dynamical, options =>
        {
            (options.Known, options.Rank) = (clean.ToKnownComponents(), 6);
            Set(options, values);
        }).Fit(View(noisy));
        Assert.Equal(6, fitted.Model.Rank);
        for (var k = 0; k < 4; k++)
            Assert.Equal(clean.GetComponent(k).ToArray(), fitted.Model.GetComponent(k).ToArray());
        Assert.True(fitted.Model.Objective < 0.9 * fitted.Model.ObjectiveHistory[0].Objective);
        if (dynamical)
        {
            Assert.Equal(
                SectionOf(clean).Transitions,
                Enumerable.Range(0, 16).Select(i => fitted.Transitions![(i / 4 * 6) + (i % 4)]));
            Assert.All([4, 5, 10, 11], at => Assert.Equal(0, fitted.Transitions![at]));
            Assert.Equal(values, fitted.Shapes);
        }
        else
        {
            Assert.Equal(values, fitted.Smoothness);
        }

        DynamicalSystemSection SectionOf(NmfModelParameters model) => model.Sections.Find<DynamicalSystemSection>()!;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_fit_that_was_stopped_goes_on_from_its_checkpoint_with_the_same_bits(bool dynamical)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "fit");
            using var source = new CancellationTokenSource();
            _context.Log += (_, e) =>
            {
                if (e.Message.Contains("Start 1, iteration 25:"))
                    source.Cancel();
            };
            var view = View(Frames([60, 40]));
            void Checkpointed(SequenceNmfEstimator.Options options)
                => (options.Starts, options.Checkpoint) = (2, new(path) { Interval = TimeSpan.Zero });
            Assert.ThrowsAny<OperationCanceledException>(() => Estimator(dynamical, options =>
            {
                Checkpointed(options);
                options.CancellationToken = source.Token;
            }).Fit(view));
            Assert.True(File.Exists(path));
            var resumed = Codes(Estimator(dynamical, Checkpointed).Fit(view).Transform(view));
            Assert.False(File.Exists(path));
            Assert.Equal(Codes(Estimator(dynamical, options => options.Starts = 2).Fit(view).Transform(view)), resumed);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void Fixed_components_that_do_not_fit_are_refused()
    {
        var clean = Estimator(false).Fit(View(Frames([60]))).Model;
        Assert.Contains(
            "There are 4 known components, but the rank is 3", Assert.ThrowsAny<ArgumentException>(() => Estimator(
                false, options => (options.Known, options.Rank) = (clean.ToKnownComponents(), 3))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "need their transitions", Assert.ThrowsAny<ArgumentException>(() => Estimator(
                true, options => (options.Known, options.Rank) = (clean.ToKnownComponents(), 6))).Message,
            StringComparison.Ordinal);
        var narrower = TestRows.View(_context, TestRows.Values(features: Features - 1));
        var options = new SequenceNmfEstimator.SmoothOptions
        {
            OutputColumnName = "Code", InputColumnName = "Features", Rank = 6, Known = clean.ToKnownComponents()
        };
        Assert.Contains(
            "12 features",
            Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.SmoothNmf(options).Fit(narrower)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_loaded_dynamical_system_forecasts()
    {
        var view = View(Frames([60]));
        using var stream = new MemoryStream();
        _context.Model.Save(Estimator(true).Fit(view), view.Schema, stream);
        var loaded = (SequenceNmfTransformer)new MLContext().Model.Load(stream, out _);
        var last = Codes(loaded.Transform(view))[^4..];
        var forecast = loaded.Forecast(last, 3);
        Assert.Equal(3, forecast.Length);
        foreach (var row in forecast)
        {
            for (var i = 0; i < 4; i++)
            {
                var expected = Enumerable.Range(0, 4).Sum(j => (double)loaded.Transitions![(i * 4) + j] * last[j]);
                Assert.Equal(expected, row[i], 1e-5 * expected);
            }

            last = row;
        }

        Assert.Contains(
            "got 3", Assert.Throws<ArgumentException>(() => loaded.Forecast(last.AsSpan(1), 1)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Estimator(false).Fit(view).Forecast(last, 1));
    }
}
