using Microsoft.ML;
using static TopicService.Tests.Scaling;

namespace TopicService.Tests;

public sealed class PredictorTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private NmfPredictor<TRow, Scaled> Predictor<TRow>(
        ListLogger? log = null, Action<NmfPredictorOptions>? configure = null)
        where TRow : class => Predictor<TRow, Scaled>(log, configure);

    private NmfPredictor<TRow, TScaled> Predictor<TRow, TScaled>(
        ListLogger? log = null, Action<NmfPredictorOptions>? configure = null)
        where TRow : class
        where TScaled : class, new()
    {
        var options = new NmfPredictorOptions { Path = _folder.File };
        configure?.Invoke(options);
        return new NmfPredictor<TRow, TScaled>("scale", options, log);
    }

    [Fact]
    public void It_answers_as_a_prediction_engine_does()
    {
        _folder.Replace(Model(4));
        using var predictor = Predictor<Row>();
        Assert.Equal(0, predictor.Status.Version);
        Assert.Equal([0.25f, 0.5f, 0.75f], predictor.Predict(new Row { Values = [1, 2, 3] }).Values);
        var output = new Scaled();
        predictor.Predict(new Row { Values = [4, 0, 2] }, ref output);
        Assert.Equal([1f, 0f, 0.5f], output.Values);

        var status = predictor.Status;
        Assert.True(status.IsServing);
        Assert.Equal((1L, _folder.File, "scale"), (status.Version, status.Path, status.Name));
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(_folder.File)), status.FileTime);
        Assert.NotNull(status.LoadedAt);
        Assert.Null(status.LastError);
    }

    [Fact]
    public async Task Many_threads_get_their_own_answers()
    {
        _folder.Replace(Model(8));
        using var predictor = Predictor<Row>(configure: o => o.MaximumRetainedEngines = 2);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var x = (worker * 2000) + i;
                Assert.Equal([x / 8f, 0, 1], predictor.Predict(new Row { Values = [x, 0, 8] }).Values);
            }
        })));
    }

    [Fact]
    public void A_vector_of_open_length_takes_the_length_of_the_model()
    {
        _folder.Replace(Model(2));
        using var predictor = Predictor<OpenRow>();
        Assert.Equal([0.5f, 1f, 1.5f], predictor.Predict(new OpenRow { Values = [1, 2, 3] }).Values);
    }

    [Fact]
    public void A_lease_shows_the_model()
    {
        _folder.Replace(Model(2));
        using var predictor = Predictor<Row>();
        using var model = predictor.Acquire();
        Assert.Equal("Values", Assert.Single(model.InputSchema!).Name);
        Assert.NotNull(model.OutputSchema.GetColumnOrNull("Scaled"));
        Assert.Equal(1, model.Version);
        Assert.Equal(model.LoadedAt, predictor.Status.LoadedAt);
        Assert.IsAssignableFrom<ITransformer>(model.Transformer);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict(new Row { Values = [1, 2, 3] }));
    }

    [Fact]
    public void A_missing_file_is_named_in_the_error()
    {
        var log = new ListLogger();
        using var predictor = Predictor<Row>(log);
        for (var i = 0; i < 2; i++)
        {
            var error = Assert.Throws<NmfPredictorLoadException>(
                () => predictor.Predict(new Row { Values = [1, 2, 3] }));
            Assert.Contains(_folder.File, error.Message);
            Assert.Contains("does not exist", error.Message);
            Assert.Contains("'scale'", error.Message);
        }
        Assert.False(predictor.Status.IsServing);
        Assert.Contains("does not exist", predictor.Status.LastError!);
        Assert.Single(log.Entries);
    }

    [Fact]
    public void A_file_that_is_no_model_is_an_error_that_says_so()
    {
        _folder.Replace("not a model"u8.ToArray());
        using var predictor = Predictor<Row>();
        var error = Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        Assert.Contains("not a model", error.Message);
        Assert.NotNull(error.InnerException);
    }

    [Fact]
    public void A_damaged_file_is_refused_or_does_no_harm()
    {
        // One bit is turned at a time. Where it does not matter (a time, a name that is stored twice) the
        // answers must be as ever.
        var model = Model(4);
        var refused = 0;
        const int Step = 29;
        for (var position = 0; position < model.Length; position += Step)
        {
            var damaged = (byte[])model.Clone();
            damaged[position] ^= 0x10;
            _folder.Replace(damaged);
            using var predictor = Predictor<Row>(configure: o => o.ReloadOnChange = false);
            if (predictor.Refresh())
                Assert.Equal([0.25f, 0.5f, 0.75f], predictor.Predict(new Row { Values = [1, 2, 3] }).Values);
            else
                refused++;
        }
        Assert.True(refused > model.Length / Step / 4);
    }

    [Fact]
    public void An_input_class_that_does_not_fit_is_an_error_at_load()
    {
        _folder.Replace(Model(2));
        using var predictor = Predictor<LongRow>();
        var error = Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        Assert.Contains(nameof(LongRow), error.Message);
        Assert.Contains("Values", error.Message);
        Assert.Contains("trained on the columns Values", error.Message);
    }

    [Fact]
    public void An_output_class_that_does_not_fit_is_an_error_at_load()
    {
        _folder.Replace(Model(2));
        using var predictor = Predictor<Row, Unknown>();
        var error = Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        Assert.Contains(nameof(Unknown), error.Message);
        Assert.Contains("Score", error.Message);
    }

    [Fact]
    public void A_bad_row_is_the_callers_error_and_does_not_spoil_the_next()
    {
        _folder.Replace(Model(2));
        using var predictor = Predictor<Row>();
        Assert.ThrowsAny<Exception>(() => predictor.Predict(new Row { Values = [1, 2, 3, 4, 5] }));
        Assert.Equal([0.5f, 1f, 1.5f], predictor.Predict(new Row { Values = [1, 2, 3] }).Values);
        Assert.Throws<ArgumentNullException>(() => predictor.Predict(null!));
    }

    [Fact]
    public void After_disposal_there_are_no_predictions_but_a_lease_still_serves()
    {
        _folder.Replace(Model(2));
        var predictor = Predictor<Row>();
        using var lease = predictor.Acquire();
        predictor.Dispose();
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(new Row { Values = [1, 2, 3] }));
        Assert.Throws<ObjectDisposedException>(predictor.Acquire);
        Assert.Throws<ObjectDisposedException>(() => predictor.Refresh());
        Assert.Equal([0.5f, 1f, 1.5f], lease.Predict(new Row { Values = [1, 2, 3] }).Values);
    }

    [Fact]
    public void A_predictor_that_was_never_used_is_disposed_without_loading()
    {
        var predictor = Predictor<Row>();
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(predictor.EnsureLoaded);
    }

    [Fact]
    public void The_context_of_a_load_can_be_configured_and_its_failure_is_reported()
    {
        _folder.Replace(Model(2));
        MLContext? seen = null;
        using (var predictor = Predictor<Row>(configure: o => o.ConfigureContext = c => seen = c))
            predictor.EnsureLoaded();
        Assert.NotNull(seen);

        using var failing = Predictor<Row>(
            configure: o => o.ConfigureContext = _ => throw new NotSupportedException("no such device"));
        Assert.Contains("no such device", Assert.Throws<NmfPredictorLoadException>(failing.EnsureLoaded).Message);
    }
}
