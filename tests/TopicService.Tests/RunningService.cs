using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;

namespace TopicService.Tests;

/// <summary>The service in this process, on a free port of the loopback interface.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly WebApplication _app;

    private RunningService(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Client { get; }

    public NmfPredictorStatus Model =>
        _app.Services.GetRequiredKeyedService<NmfPredictor<TextDocument, TextTopics>>(TopicApp.ModelName).Status;

    public static async Task<RunningService> Start(string path, params string[] more)
    {
        var app = TopicApp.Create([
            "--urls", "http://127.0.0.1:0", "--Model:Path", path, "--Model:PollingInterval", "00:00:00.05",
            "--Model:QuietPeriod", "00:00:00.01", "--Logging:LogLevel:Default", "None", .. more]);
        try
        {
            await app.StartAsync();
            return new RunningService(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public Task<HttpResponseMessage> Post(string text) => Client.PostAsJsonAsync("/topics", new { text });

    /// <summary>The answer to a text; fails when it is none.</summary>
    public async Task<TopicAnswer> Answer(string text)
    {
        using var response = await Post(text);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<TopicAnswer>(Json))!;
    }

    public async Task<T> Get<T>(string path) => (await Client.GetFromJsonAsync<T>(path, Json))!;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
