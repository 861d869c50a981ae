using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace TopicService.Tests;

/// <summary>What served models tell, and their health.</summary>
public sealed class PredictorTelemetryTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public PredictorTelemetryTests() => _folder.Replace(TopicModels.Instance.Small);

    public void Dispose() => _folder.Dispose();

    private static TextDocument Text => new() { Text = "rain and snow" };

    [Fact]
    public void Predictions_are_timed_and_named()
    {
        using var predictor = Predictor();
        using var listening = new Listening();
        predictor.Predict(Text);
        using (var model = predictor.Acquire())
            model.Predict(Text);
        Assert.Equal(2, listening.Of("mlnmf.prediction.duration").Count());
        Assert.All(listening.Of("mlnmf.prediction.duration"), m =>
        {
            Assert.Equal("topics", m.Tags["mlnmf.model.name"]);
            Assert.False(m.Tags.ContainsKey("error.type"));
            Assert.InRange(m.Value, 0, 60);
        });
        Assert.Equal(2, listening.Of("mlnmf.transform.rows").Sum(m => m.Value));
    }

    [Fact]
    public void A_prediction_that_throws_is_timed_with_its_error()
    {
        using var scaling = new ModelFolder();
        scaling.Replace(Scaling.Model(2));
        using var predictor = new NmfPredictor<Scaling.Row, Scaling.Scaled>(
            "halves", new NmfPredictorOptions { Path = scaling.File });
        predictor.EnsureLoaded();
        using var listening = new Listening();
        var error = Assert.ThrowsAny<Exception>(() => predictor.Predict(new Scaling.Row { Values = [1] }));
        Assert.Equal(
            error.GetType().FullName, Assert.Single(listening.Of("mlnmf.prediction.duration")).Tags["error.type"]);
    }

    [Fact]
    public void Loads_and_refusals_are_counted_and_the_served_model_is_told()
    {
        using var listening = new Listening();
        using (var predictor = Predictor())
        {
            predictor.EnsureLoaded();
            _folder.Replace("no model"u8.ToArray());
            Assert.False(predictor.Refresh());
            _folder.Replace(TopicModels.Instance.Large);
            Assert.True(predictor.Refresh());
            Assert.Equal([false, true, false], listening.Of("mlnmf.model.loads").Select(
                m => m.Tags.ContainsKey("error.type")));
            Assert.Equal(3, listening.Activities.Count(activity => activity.OperationName == "mlnmf.model.load"));
            Assert.Equal(2, Assert.Single(listening.Collect("mlnmf.model.version")).Value);
            Assert.InRange(Assert.Single(listening.Collect("mlnmf.model.age")).Value, 0, 600);
        }

        Assert.Empty(listening.Collect("mlnmf.model.version"));
    }

    [Fact]
    public void Nothing_is_allocated_where_nobody_listens()
    {
        using var predictor = Predictor();
        using var model = predictor.Acquire();
        using var engine = new MLContext().Model.CreatePredictionEngine<TextDocument, TextTopics>(model.Transformer);
        var (text, served, own) = (Text, new TextTopics(), new TextTopics());
        Assert.Equal(
            Least(() => engine.Predict(text, ref own)), Least(() => predictor.Predict(text, ref served)));
        Assert.Equal(own.Topics, served.Topics);

        static long Least(Action predict)
        {
            var least = long.MaxValue;
            for (var round = 0; round < 6; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 200; i++)
                    predict();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }
    }

    [Fact]
    public async Task Health_follows_the_file()
    {
        await using var provider = Services(_ => { });
        Assert.Equal(HealthStatus.Unhealthy, await Health(provider));
        var predictor = provider.GetRequiredService<NmfPredictor<TextDocument, TextTopics>>();
        predictor.EnsureLoaded();
        Assert.Equal(HealthStatus.Healthy, await Health(provider));
        _folder.Replace("no model"u8.ToArray());
        predictor.Refresh();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("not a model", report.Entries["topics"].Description);
        Assert.Equal(1L, report.Entries["topics"].Data["version"]);
    }

    [Fact]
    public void The_status_goes_to_json_and_back_without_the_path()
    {
        using var predictor = Predictor();
        predictor.EnsureLoaded();
        _folder.Replace("no model"u8.ToArray());
        predictor.Refresh();
        var (status, json) = (predictor.Status, JsonSerializer.Serialize(predictor.Status));
        Assert.DoesNotContain(_folder.Folder, json);
        Assert.NotNull(status.LastError);
        Assert.Equal(status, JsonSerializer.Deserialize<NmfPredictorStatus>(json)! with { Path = status.Path });
    }

    [Fact]
    public async Task Drift_is_degraded_health_and_a_metric()
    {
        await using var provider = Services(options =>
            (options.FewestRows, options.Window, options.LargestUnseenShare) = (5, 10, 0.4));
        var predictor = provider.GetRequiredService<NmfPredictor<TextDocument, TextTopics>>();
        var monitor = provider.GetRequiredKeyedService<NmfDriftMonitor>("topics");
        using var lease = predictor.Acquire();
        using var listening = new Listening();
        for (var i = 0; i < 5; i++)
            Observe(monitor, lease, "rain rain snow wind");
        Assert.Equal(HealthStatus.Healthy, await Health(provider));
        Assert.Equal(0, Assert.Single(listening.Collect("mlnmf.drift.unseen_words")).Value);
        for (var i = 0; i < 10; i++)
            Observe(monitor, lease, "rain quux plugh xyzzy");
        Assert.Equal(0.75, monitor.Status.UnseenShare);
        Assert.Equal(HealthStatus.Degraded, await Health(provider));
        Assert.Contains("75", monitor.Status.Drift);
        monitor.Dispose();
        Assert.Empty(listening.Collect("mlnmf.drift.unseen_words"));
    }

    [Fact]
    public void One_row_of_many_of_a_predictor_is_observed()
    {
        using var monitor = new NmfDriftMonitor(
            "topics", new NmfDriftOptions { Every = 3, FewestRows = 1, WordsColumn = "Tokens" });
        using var folder = new ModelFolder();
        folder.Replace(TopicModels.Tokenised);
        using var predictor = new NmfPredictor<TextDocument, TextTopics>(
            "topics", new NmfPredictorOptions { Path = folder.File, ReloadOnChange = false });
        using var lease = predictor.Acquire();
        bool[] observed = [.. Enumerable.Range(0, 6).Select(
            _ => monitor.Observe(lease, new TextDocument { Text = "rain snow quux plugh" }))];
        Assert.Equal([true, false, false, true, false, false], observed);
        Assert.Equal((2, 0.5), (monitor.Status.Rows, monitor.Status.UnseenShare));
        Assert.NotNull(monitor.Status.Fit);
    }

    // As it is without an input column; and with steps behind it that write over its columns.
    [Fact]
    public void A_factorisation_whose_columns_are_written_over_is_observed()
    {
        var context = new MLContext(4);
        var data = context.Data.LoadFromEnumerable(
            TopicModels.Instance.Texts.Select(text => new TextDocument { Text = text }));
        var counts = context.Transforms.Text.TokenizeIntoWords("Tokens", "Text").Append(
            context.Transforms.Text.ProduceWordBags("Topics", "Tokens", ngramLength: 1, useAllLengths: false));
        foreach (var model in new[]
        {
            counts.Append(context.Transforms.NonnegativeMatrixFactorization("Topics", rank: 3, beta: 1)).Fit(data),
            (ITransformer)counts.Append(
                context.Transforms.NonnegativeMatrixFactorization("H", "Topics", rank: 3, beta: 1))
                .Append(context.Transforms.CopyColumns("Topics", "H"))
                .Append(context.Transforms.DropColumns("Tokens", "H")).Fit(data),
        })
        {
            using var stream = new MemoryStream();
            context.Model.Save(model, data.Schema, stream);
            _folder.Replace(stream.ToArray());
            using var predictor = Predictor();
            using var lease = predictor.Acquire();
            using var monitor = new NmfDriftMonitor(
                "topics", new NmfDriftOptions { Every = 1, FewestRows = 1, WordsColumn = "Tokens" });
            var text = new TextDocument { Text = "rain wind quux" };
            Assert.Equal(3, lease.Predict(text).Topics.Length);
            Assert.True(monitor.Observe(lease, text));
            Assert.Null(monitor.Status.Fault);
            Assert.Equal(1 / 3.0, monitor.Status.UnseenShare!.Value, 1e-9);
            Assert.NotNull(monitor.Status.Fit);
            monitor.Dispose();
            Assert.False(monitor.Observe(lease, text));
        }
    }

    [Fact]
    public void A_row_that_cannot_be_observed_is_told_until_one_can()
    {
        var context = new MLContext(4);
        var random = new Random(1);
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(_ => new Scaling.Row
        {
            Values = [random.NextSingle(), random.NextSingle(), random.NextSingle()],
        }));
        var model = context.Transforms.NonnegativeMatrixFactorization("Scaled", "Values", rank: 2).Fit(rows);
        using (var stream = File.Create(_folder.File))
            context.Model.Save(model, rows.Schema, stream);
        using var predictor = new NmfPredictor<Scaling.Row, Scaling.Scaled>(
            "rows", new NmfPredictorOptions { Path = _folder.File, ReloadOnChange = false });
        using var lease = predictor.Acquire();
        using var monitor = new NmfDriftMonitor("rows", new NmfDriftOptions { Every = 1, FewestRows = 1 });
        Assert.False(monitor.Observe(lease, new Scaling.Row { Values = [1, float.NaN, 1] }));
        Assert.Contains("NaN", monitor.Status.Fault);
        Assert.True(monitor.Observe(lease, new Scaling.Row { Values = [1, 2, 1] }));
        Assert.Equal((null, 1), (monitor.Status.Fault, monitor.Status.Rows));
    }

    [Fact]
    public void A_pipeline_without_the_words_or_without_a_factorisation_is_named()
    {
        using var monitor = new NmfDriftMonitor("topics", new NmfDriftOptions { WordsColumn = "Absent", Every = 1 });
        using var predictor = Predictor();
        using var lease = predictor.Acquire();
        Assert.False(monitor.Observe(lease, Text));
        Assert.Contains("'Absent'", monitor.Status.Fault);
        using var scaling = new ModelFolder();
        scaling.Replace(Scaling.Model(2));
        using var other = new NmfPredictor<Scaling.Row, Scaling.Scaled>(
            "halves", new NmfPredictorOptions { Path = scaling.File, ReloadOnChange = false });
        using var halves = other.Acquire();
        Assert.False(monitor.Observe(halves, new Scaling.Row { Values = [1, 2, 3] }));
        Assert.Contains("no nonnegative matrix factorisation", monitor.Status.Fault);
    }

    [Fact]
    public void A_health_check_of_a_model_that_is_not_registered_says_so()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddNmfHealthCheck("topics");
        using var provider = services.BuildServiceProvider();
        var registration = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations
            .Single();
        var error = Assert.Throws<InvalidOperationException>(() => registration.Factory(provider));
        Assert.Contains("AddNmfPredictor", error.Message);
    }

    [Fact]
    public void Options_of_drift_are_bound_and_checked()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Drift:Window"] = "0" }).Build();
        var services = new ServiceCollection();
        services.AddNmfDriftMonitor("topics");
        services.Configure<NmfDriftOptions>("topics", configuration.GetSection("Drift"));
        using var provider = services.BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredKeyedService<NmfDriftMonitor>("topics"));
        Assert.Contains("window", error.Message);
    }

    private ServiceProvider Services(Action<NmfDriftOptions> drift)
    {
        var services = new ServiceCollection().AddLogging()
            .AddNmfPredictor<TextDocument, TextTopics>(
                "topics", _folder.File, options => options.ReloadOnChange = false)
            .AddNmfDriftMonitor("topics", drift);
        services.AddHealthChecks().AddNmfHealthCheck("topics");
        return services.BuildServiceProvider();
    }

    private NmfPredictor<TextDocument, TextTopics> Predictor()
        => new("topics", new NmfPredictorOptions { Path = _folder.File, ReloadOnChange = false });

    private static async Task<HealthStatus> Health(IServiceProvider provider)
        => (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            TestContext.Current.CancellationToken)).Status;

    private static void Observe(
        NmfDriftMonitor monitor, NmfPredictorLease<TextDocument, TextTopics> lease, string text)
    {
        var model = ((IEnumerable<ITransformer>)lease.Transformer).OfType<NmfTransformer>().Single().Model;
        var counts = new float[model.FeatureCount];
        string[] words = text.Split(' ');
        foreach (var word in words)
        {
            var feature = model.FeatureNames!.ToList().IndexOf(word);
            if (feature >= 0)
                counts[feature]++;
        }

        monitor.Observe(
            model, new Microsoft.ML.Data.VBuffer<float>(counts.Length, counts),
            lease.Predict(new TextDocument { Text = text }).Topics, words.Length);
    }
}
