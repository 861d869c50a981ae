using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.ML;
using static TopicService.Tests.Scaling;

namespace TopicService.Tests;

public sealed class RegistrationTests : IDisposable
{
    private readonly ModelFolder _halves = new();
    private readonly ModelFolder _quarters = new();

    public RegistrationTests()
    {
        _halves.Replace(Model(2));
        _quarters.Replace(Model(4));
    }

    public void Dispose()
    {
        _halves.Dispose();
        _quarters.Dispose();
    }

    private sealed class Consumer([FromKeyedServices("quarters")] NmfPredictor<Row, Scaled> predictor)
    {
        public float One => predictor.Predict(new Row { Values = [1, 1, 1] }).Values[0];
    }

    [Fact]
    public void Models_of_the_same_classes_are_told_apart_by_name()
    {
        using var provider = new ServiceCollection()
            .AddNmfPredictor<Row, Scaled>("halves", _halves.File)
            .AddNmfPredictor<Row, Scaled>("quarters", _quarters.File)
            .AddTransient<Consumer>()
            .BuildServiceProvider(validateScopes: true);
        Assert.Equal(0.25f, provider.GetRequiredService<Consumer>().One);
        var halves = provider.GetRequiredKeyedService<NmfPredictor<Row, Scaled>>("halves");
        Assert.Equal("halves", halves.Status.Name);
        Assert.Equal(0.5f, halves.Predict(new Row { Values = [1, 1, 1] }).Values[0]);
        var error = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<NmfPredictor<Row, Scaled>>);
        Assert.Contains("'halves', 'quarters'", error.Message);
    }

    [Fact]
    public void The_only_model_of_its_classes_needs_no_name()
    {
        using var provider = new ServiceCollection()
            .AddNmfPredictor<Row, Scaled>("halves", _halves.File)
            .AddNmfPredictor<OpenRow, Scaled>("quarters", _quarters.File)
            .BuildServiceProvider();
        var predictor = provider.GetRequiredService<NmfPredictor<Row, Scaled>>();
        Assert.Same(predictor, provider.GetRequiredKeyedService<NmfPredictor<Row, Scaled>>("halves"));
        Assert.Equal("quarters", provider.GetRequiredService<NmfPredictor<OpenRow, Scaled>>().Status.Name);
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        var services = new ServiceCollection().AddNmfPredictor<Row, Scaled>("scale", _halves.File);
        var error = Assert.Throws<InvalidOperationException>(
            () => services.AddNmfPredictor<OpenRow, Scaled>("scale", _quarters.File));
        Assert.Contains("'scale'", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_the_provider_disposes_the_predictors(bool waiting)
    {
        var provider = new ServiceCollection()
            .AddNmfPredictor<Row, Scaled>("halves", _halves.File).BuildServiceProvider();
        var predictor = provider.GetRequiredService<NmfPredictor<Row, Scaled>>();
        predictor.EnsureLoaded();
        if (waiting)
            await provider.DisposeAsync();
        else
            provider.Dispose();
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(new Row { Values = [1, 1, 1] }));
    }

    [Fact]
    public void Options_come_from_configuration_too()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Scale:Path"] = _halves.File,
                ["Scale:PollingInterval"] = "00:00:30",
                ["Scale:MaximumRetainedEngines"] = "3",
            })
            .Build();
        using var provider = new ServiceCollection()
            .Configure<NmfPredictorOptions>("scale", configuration.GetSection("Scale"))
            .AddNmfPredictor<Row, Scaled>("scale")
            .BuildServiceProvider();
        Assert.Equal(
            0.5f,
            provider.GetRequiredService<NmfPredictor<Row, Scaled>>().Predict(new Row { Values = [1, 1, 1] }).Values[0]);
        var options = provider.GetRequiredService<IOptionsMonitor<NmfPredictorOptions>>().Get("scale");
        Assert.Equal((TimeSpan.FromSeconds(30), 3), (options.PollingInterval, options.MaximumRetainedEngines));
    }

    public static TheoryData<Action<NmfPredictorOptions>, string> Faults => new()
    {
        { o => o.Path = " ", "path" },
        { o => o.PollingInterval = TimeSpan.Zero, "polling interval" },
        { o => o.PollingInterval = TimeSpan.FromDays(100), "polling interval" },
        { o => o.QuietPeriod = TimeSpan.FromSeconds(-1), "quiet period" },
        { o => o.MaximumRetainedEngines = 0, "engines" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void Options_out_of_range_are_refused(Action<NmfPredictorOptions> spoil, string named)
    {
        using var provider = new ServiceCollection()
            .AddNmfPredictor<Row, Scaled>("scale", _halves.File, spoil).BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<NmfPredictor<Row, Scaled>>);
        Assert.Contains(named, error.Message);
        Assert.Contains("'scale'", error.Message);

        var options = new NmfPredictorOptions { Path = _halves.File };
        spoil(options);
        Assert.Contains(
            named, Assert.Throws<ArgumentException>(() => new NmfPredictor<Row, Scaled>("scale", options)).Message);
    }

    private static IHost Host(string path, Action<NmfPredictorOptions>? configure = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddNmfPredictor<Row, Scaled>("scale", path, configure);
        return builder.Build();
    }

    [Fact]
    public async Task A_host_loads_at_start()
    {
        using var host = Host(_halves.File);
        await host.StartAsync();
        Assert.Equal(1, host.Services.GetRequiredService<NmfPredictor<Row, Scaled>>().Status.Version);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_does_not_start_without_the_model()
    {
        var path = Path.Combine(_halves.Folder, "absent.zip");
        using var host = Host(path);
        var error = await Assert.ThrowsAsync<NmfPredictorLoadException>(() => host.StartAsync());
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public async Task A_host_does_not_start_with_options_out_of_range()
    {
        using var host = Host(_halves.File, o => o.MaximumRetainedEngines = -1);
        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Fact]
    public async Task A_host_told_so_starts_without_the_model_and_finds_it_by_itself()
    {
        var path = Path.Combine(_halves.Folder, "late.zip");
        using var host = Host(path, o =>
        {
            o.RequiredAtStart = false;
            o.PollingInterval = TimeSpan.FromMilliseconds(50);
            o.QuietPeriod = TimeSpan.Zero;
        });
        await host.StartAsync();
        var predictor = host.Services.GetRequiredService<NmfPredictor<Row, Scaled>>();
        await Eventually.True(() => predictor.Status.LastError is not null, "the absence is seen");
        Assert.Throws<NmfPredictorLoadException>(predictor.EnsureLoaded);
        File.Copy(_halves.File, path);
        await Eventually.True(() => predictor.Status.IsServing, "the model is found, without any use");
        await host.StopAsync();
    }
}
