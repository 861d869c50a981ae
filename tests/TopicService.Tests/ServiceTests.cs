using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.ML;

namespace TopicService.Tests;

public sealed class ServiceTests : IAsyncLifetime
{
    private readonly ModelFolder _folder = new();
    private RunningService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Replace(TopicModels.Instance.Small);
        _service = await RunningService.Start(_folder.File);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_text_about_one_thing_gets_its_topic_first()
    {
        var answer = await _service.Answer("rain and snow and wind and rain");
        Assert.Equal(1, answer.ModelVersion);
        var leading = answer.Topics[0];
        Assert.Contains("rain", leading.Words);
        Assert.Contains("storm", leading.Words);
        Assert.True(leading.Weight > 0.5f);
        Assert.Equal(answer.Topics.OrderByDescending(t => t.Weight), answer.Topics);
    }

    [Fact]
    public async Task A_text_without_a_known_word_has_no_topic()
        => Assert.Empty((await _service.Answer("quux")).Topics);

    [Fact]
    public async Task The_topics_are_listed_with_their_words()
    {
        var list = await _service.Get<TopicList>("/topics");
        Assert.Equal([1, 2, 3], list.Topics.Select(t => t.Number));
        Assert.Equal(1, list.Topics.Sum(t => t.Share), 1e-3);
        Assert.All(list.Topics, t => Assert.NotEmpty(t.Words));
        Assert.Contains(
            list.Topics, t => t.Words.Take(6).Order().SequenceEqual(["cat", "dog", "farm", "goat", "horse", "sheep"]));
    }

    [Fact]
    public async Task Health_tells_the_model_and_what_is_wrong_with_the_file()
    {
        var health = await _service.Get<HealthAnswer>("/health");
        Assert.Equal((true, 1L, null), (health.Serving, health.ModelVersion, health.LastError));
        Assert.NotNull(health.LoadedAt);
        Assert.NotNull(health.FileTime);

        _folder.Replace("half a model"u8.ToArray());
        await Eventually.True(() => _service.Model.LastError is not null, "the error is seen");
        health = await _service.Get<HealthAnswer>("/health");
        Assert.Equal((true, 1L), (health.Serving, health.ModelVersion));
        Assert.Contains("not a model", health.LastError);
        Assert.DoesNotContain(_folder.Folder, await _service.Client.GetStringAsync("/health"));
        Assert.NotEmpty((await _service.Answer("rain")).Topics);
    }

    [Fact]
    public async Task The_interface_is_described_and_there_is_a_page_for_people()
    {
        var description = await _service.Get<JsonElement>("/openapi/v1.json");
        var paths = description.GetProperty("paths");
        Assert.True(paths.GetProperty("/topics").TryGetProperty("post", out var post));
        Assert.True(post.GetProperty("responses").TryGetProperty("400", out _));
        Assert.True(description.GetProperty("components").GetProperty("schemas").GetProperty("TopicRequest")
            .GetProperty("properties").TryGetProperty("text", out _));
        using var page = await _service.Client.GetAsync("/");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<form>", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_twentieth_text_is_looked_at_for_drift()
    {
        await using var service = await RunningService.Start(_folder.File, "--Drift:FewestRows", "2");
        for (var i = 0; i < 21; i++)
            await service.Answer("rain and snow and wind");
        var drift = (await service.Get<JsonElement>("/health")).GetProperty("drift");
        Assert.Equal(2, drift.GetProperty("rows").GetInt32());
        Assert.False(drift.GetProperty("hasDrifted").GetBoolean());
    }

    public static TheoryData<string, HttpStatusCode> BadBodies => new()
    {
        { """{"text": ""}""", HttpStatusCode.BadRequest },
        { """{"text": "   "}""", HttpStatusCode.BadRequest },
        { """{"text": null}""", HttpStatusCode.BadRequest },
        { "{}", HttpStatusCode.BadRequest },
        { "null", HttpStatusCode.BadRequest },
        { "", HttpStatusCode.BadRequest },
        { """{"text": 7}""", HttpStatusCode.BadRequest },
        { """{"text": "rain" """, HttpStatusCode.BadRequest },
        { "rain", HttpStatusCode.BadRequest },
        { $$"""{"text": "{{new string('a', 100_001)}}"}""", HttpStatusCode.BadRequest },
        { $$"""{"text": "{{new string('a', 2 << 20)}}"}""", HttpStatusCode.RequestEntityTooLarge },
    };

    [Theory]
    [MemberData(nameof(BadBodies), DisableDiscoveryEnumeration = true)]
    public async Task A_bad_request_is_answered_with_a_problem_document(string body, HttpStatusCode expected)
    {
        using var response = await _service.Client.PostAsync(
            "/topics", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty((await _service.Answer("rain")).Topics);
    }

    [Fact]
    public async Task Malformed_json_is_a_problem_document_in_development_too()
    {
        await using var service = await RunningService.Start(_folder.File, "--environment", "Development");
        using var response = await service.Client.PostAsync(
            "/topics", new StringContent("{", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_longest_text_that_is_allowed_is_answered() =>
        Assert.NotEmpty((await _service.Answer(string.Concat(Enumerable.Repeat("rain ", 20_000)))).Topics);

    [Fact]
    public async Task A_missing_model_stops_the_start_and_is_named()
    {
        var path = Path.Combine(_folder.Folder, "absent.zip");
        var error = await Assert.ThrowsAsync<NmfPredictorLoadException>(() => RunningService.Start(path));
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public async Task A_pipeline_without_topics_is_refused()
    {
        _folder.Replace(Scaling.Model(2));
        var error = await Assert.ThrowsAsync<NmfPredictorLoadException>(() => RunningService.Start(_folder.File));
        Assert.Contains("no nonnegative matrix factorisation", error.Message);
    }

    [Fact]
    public async Task Told_to_start_without_a_model_it_is_unavailable_until_there_is_one()
    {
        using var late = new ModelFolder();
        await using var service = await RunningService.Start(late.File, "--Model:RequiredAtStart", "false");
        using (var response = await service.Post("rain"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
        using (var response = await service.Client.GetAsync("/health"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        late.Replace(TopicModels.Instance.Small);
        await Eventually.True(() => service.Model.IsServing, "the model is found");
        Assert.NotEmpty((await service.Answer("rain")).Topics);
    }
}
