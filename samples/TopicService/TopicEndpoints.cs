using System.ComponentModel.DataAnnotations;
using Microsoft.ML;
using Predictor = Microsoft.ML.NmfPredictor<TopicService.TextDocument, TopicService.TextTopics>;

namespace TopicService;

/// <summary>What is asked and answered over HTTP.</summary>
internal static class TopicEndpoints
{
    private const int LeadingTopics = 5;

    public static void MapTopics(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/topics", Analyse);
        routes.MapGet("/topics", List);
        routes.MapGet("/health", Health);
    }

    /// <summary>The leading topics of a text. A text without a known word has none.</summary>
    private static TopicAnswer Analyse(
        TopicRequest request, [FromKeyedServices(TopicApp.ModelName)] Predictor predictor)
    {
        // One lease for both: the weights and the words must come from the same model, whatever
        // happens to the file meanwhile.
        using var model = predictor.Acquire();
        var topics = TopicCatalog.Of(model.Transformer);
        var weights = model.Predict(new TextDocument { Text = request.Text }).Topics;
        return new TopicAnswer(
            model.Version,
            [.. weights
                .Select((weight, index) => new WeightedTopic(topics[index].Number, weight, topics[index].Words))
                .Where(topic => topic.Weight > 0)
                .OrderByDescending(topic => topic.Weight)
                .Take(LeadingTopics)]);
    }

    private static TopicList List([FromKeyedServices(TopicApp.ModelName)] Predictor predictor)
    {
        using var model = predictor.Acquire();
        return new TopicList(model.Version, TopicCatalog.Of(model.Transformer));
    }

    /// <summary>Healthy as long as a model serves; a file that was refused is told, without its path, and is no reason
    /// to be restarted.</summary>
    private static IResult Health([FromKeyedServices(TopicApp.ModelName)] Predictor predictor)
    {
        var status = predictor.Status;
        var health = new HealthAnswer(
            status.IsServing, status.Version, status.LoadedAt, status.FileTime, status.LastError);
        return Results.Json(
            health, statusCode: status.IsServing ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <param name="Text">Any text.</param>
public sealed record TopicRequest([Required, StringLength(100_000)] string Text);

internal sealed record TopicAnswer(long ModelVersion, IReadOnlyList<WeightedTopic> Topics);

internal sealed record WeightedTopic(int Topic, float Weight, IReadOnlyList<string> Words);

internal sealed record TopicList(long ModelVersion, IReadOnlyList<Topic> Topics);

internal sealed record HealthAnswer(
    bool Serving, long ModelVersion, DateTimeOffset? LoadedAt, DateTimeOffset? FileTime, string? LastError);
