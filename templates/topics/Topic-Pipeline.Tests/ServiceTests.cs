using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;

namespace Topic_Pipeline.Tests;

public sealed class ServiceTests(TrainedModel trained) : IClassFixture<TrainedModel>, IAsyncLifetime
{
    private WebApplication _service = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        // A free port of this machine.
        _service = TopicService.Create(["--Model:Path", trained.ModelPath, "--urls", "http://127.0.0.1:0"]);
        await _service.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_service.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_text_gets_its_topics()
    {
        var cancel = TestContext.Current.CancellationToken;
        var response = await _client.PostAsJsonAsync("/topics", new TopicRequest("wind for the boat"), cancel);
        var answer = await response.Content.ReadFromJsonAsync<TopicAnswer>(cancel);
        Assert.Equal(1, answer!.Topics.Sum(topic => topic.Share), 4);
        Assert.Contains(answer.Topics[0].Words, word => word is "wind" or "boat");
    }

    [Fact]
    public async Task All_topics_are_listed_and_the_service_is_healthy()
    {
        var cancel = TestContext.Current.CancellationToken;
        var topics = await _client.GetFromJsonAsync<string[][]>("/topics", cancel);
        Assert.Equal(TopicModel.TopicCount, topics!.Length);
        Assert.Equal("Healthy", await _client.GetStringAsync("/health", cancel));
    }

    [Fact]
    public async Task A_request_without_a_text_is_refused()
    {
        var response = await _client.PostAsJsonAsync("/topics", new { }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
