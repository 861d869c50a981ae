using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Nmf;
using Nmf.Kernels;

namespace TopicService.Tests;

/// <summary>Listeners and logs that throw are no end of what they listen to.</summary>
public sealed class ThrowingListenerTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public ThrowingListenerTests() => _folder.Replace(TopicModels.Instance.Small);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_fit_ends_as_if_nobody_listened()
    {
        var data = NmfData<float>.FromMatrix(Matrix<float>.FromRowMajor([1, 2, 3, 4, 5, 7, 9, 1, 2], 3, 3));
        var options = new NmfOptions { Rank = 2, Iterations = new() { MaximumIterations = 20 } };
        var quiet = NmfFactorizer.Fit(data, options).Objective;
        foreach (var when in Enum.GetValues<When>())
        {
            using var parent = new Activity("request").Start();
            using var listener = new Throwing(when);
            Assert.Equal(quiet, NmfFactorizer.Fit(data, options).Objective);
            Assert.Same(parent, Activity.Current);
            Assert.True(listener.Calls > 0);
        }
    }

    [Fact]
    public void Predictions_and_batches_are_made_and_files_followed()
    {
        foreach (var when in Enum.GetValues<When>())
        {
            _folder.Replace(TopicModels.Instance.Small);
            using var parent = new Activity("request").Start();
            using var listener = new Throwing(when);
            using var predictor = new NmfPredictor<TextDocument, TextTopics>(
                "topics", new NmfPredictorOptions { Path = _folder.File, ReloadOnChange = false });
            Assert.Equal(3, predictor.Predict(new TextDocument { Text = "rain and snow" }).Topics.Length);
            _folder.Replace("no model"u8.ToArray());
            Assert.False(predictor.Refresh());
            Assert.Contains("not a model", predictor.Status.LastError);
            _folder.Replace(TopicModels.Instance.Large);
            Assert.True(predictor.Refresh());
            Assert.Null(predictor.Status.LastError);
            using var model = predictor.Acquire();
            var texts = new MLContext().Data.LoadFromEnumerable(
                TopicModels.Instance.Texts.Select(text => new TextDocument { Text = text }));
            Assert.Equal(
                TopicModels.Instance.Texts.Count,
                new MLContext().Data.CreateEnumerable<TextTopics>(model.Transformer.Transform(texts), false).Count());
            Assert.Same(parent, Activity.Current);
            Assert.True(listener.Calls > 0);
        }
    }

    [Fact]
    public async Task A_log_that_throws_does_not_end_following()
    {
        var log = new ThrowingLogger();
        await using var predictor = new NmfPredictor<TextDocument, TextTopics>(
            "topics", new NmfPredictorOptions
            {
                Path = _folder.File,
                PollingInterval = TimeSpan.FromMilliseconds(30),
                QuietPeriod = TimeSpan.FromMilliseconds(10),
            },
            log);
        predictor.EnsureLoaded();
        foreach (var (model, version) in new[] { (TopicModels.Instance.Large, 2), (TopicModels.Instance.Small, 3) })
        {
            _folder.Replace("no model"u8.ToArray());
            await Eventually.True(() => predictor.Status.LastError is not null, "the file is refused");
            _folder.Replace(model);
            await Eventually.True(() => predictor.Status.Version == version, "the next file is served");
        }

        Assert.True(log.Calls >= 5);
    }

    [Fact]
    public async Task A_look_that_fails_is_told_and_the_next_one_follows()
    {
        var (looks, told) = (0, 0);
        await using var watch = new ModelFileWatch(
            _folder.File, TimeSpan.FromMilliseconds(10), TimeProvider.System,
            _ => Interlocked.Increment(ref looks) % 2 == 1 ? throw new InvalidOperationException() : Task.CompletedTask,
            _ => { }, _ => Interlocked.Increment(ref told));
        await Eventually.True(() => Volatile.Read(ref looks) > 4 && Volatile.Read(ref told) > 1, "looks go on");
    }

    [Fact]
    public void A_step_that_throws_when_it_is_disposed_fails_no_prediction()
    {
        var disposed = 0;
        var pool = new LeasedPool<Fragile>(() => new(), new(), 2, () => disposed++);
        Assert.True(pool.TryAcquire());
        pool.Release();
        pool.Release();
        Assert.Equal(1, disposed);
        Assert.False(pool.TryAcquire());
    }

    [Fact]
    public void A_file_from_the_future_has_no_age()
    {
        File.SetLastWriteTimeUtc(_folder.File, DateTime.UtcNow.AddDays(2));
        using var predictor = new NmfPredictor<TextDocument, TextTopics>(
            "topics", new NmfPredictorOptions { Path = _folder.File, ReloadOnChange = false });
        predictor.EnsureLoaded();
        using var listening = new Listening();
        Assert.Equal(0, Assert.Single(listening.Collect("mlnmf.model.age")).Value);
    }

    private enum When
    {
        Measured,
        Started,
        Stopped,
    }

    private sealed class Throwing : IDisposable
    {
        private readonly MeterListener _meters = new();
        private readonly ActivityListener _activities;
        private int _calls;

        public Throwing(When when)
        {
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (when == When.Measured && instrument.Meter.Name == NmfTelemetry.MeterName)
                    listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<long>((_, _, _, _) => Throw());
            _meters.SetMeasurementEventCallback<double>((_, _, _, _) => Throw());
            _meters.Start();
            _activities = new ActivityListener
            {
                ShouldListenTo = source => when != When.Measured && source.Name == NmfTelemetry.ActivitySourceName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            };
            if (when == When.Started)
                _activities.ActivityStarted = _ => Throw();
            else
                _activities.ActivityStopped = _ => Throw();
            ActivitySource.AddActivityListener(_activities);
        }

        public int Calls => Volatile.Read(ref _calls);

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }

        private void Throw()
        {
            Interlocked.Increment(ref _calls);
            throw new InvalidOperationException("The listener is broken.");
        }
    }

    private sealed class ThrowingLogger : ILogger
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _calls);
            throw new IOException("The disk is full.");
        }
    }

    private sealed class Fragile : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("Already gone.");
    }
}
