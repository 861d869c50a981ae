using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.ML;
using Predictor = Microsoft.ML.NmfPredictor<TopicService.TextDocument, TopicService.TextTopics>;

namespace TopicService;

/// <summary>What is asked and answered over HTTP.</summary>
internal static class TopicEndpoints
{
    private const int LeadingTopics = 5;

    public static void MapTopics(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Page).ExcludeFromDescription();
        routes.MapPost("/topics", Analyse)
            .WithSummary("The leading topics of a text.").ProducesValidationProblem().ProducesProblem(503);
        routes.MapGet("/topics", List).WithSummary("All topics with their words.").ProducesProblem(503);
        routes.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = Health });
    }

    private static IResult Page() => Results.Stream(
        typeof(TopicEndpoints).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8");

    /// <summary>The leading topics of a text. A text without a known word has none.</summary>
    private static TopicAnswer Analyse(
        TopicRequest request, [FromKeyedServices(TopicApp.ModelName)] Predictor predictor,
        [FromKeyedServices(TopicApp.ModelName)] NmfDriftMonitor drift)
    {
        // One lease for both: the weights and the words must come from the same model, whatever
        // happens to the file meanwhile.
        using var model = predictor.Acquire();
        var topics = TopicCatalog.Of(model.Transformer);
        var document = new TextDocument { Text = request.Text };
        var weights = model.Predict(document).Topics;
        drift.Observe(model, document);
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

    /// <summary>Answers 200 as long as a model serves; a file that was refused is told, without its path, and is no
    /// reason to be restarted. Nor are texts that have drifted.</summary>
    private static Task Health(HttpContext context, HealthReport report)
    {
        var status = context.RequestServices.GetRequiredKeyedService<Predictor>(TopicApp.ModelName).Status;
        var drift = context.RequestServices.GetRequiredKeyedService<NmfDriftMonitor>(TopicApp.ModelName).Status;
        return context.Response.WriteAsJsonAsync(new HealthAnswer(
            status.IsServing, status.Version, status.LoadedAt, status.FileTime, status.LastError, drift));
    }
}

/// <param name="Text">Any text.</param>
public sealed record TopicRequest([Required, StringLength(100_000)] string Text);

internal sealed record TopicAnswer(long ModelVersion, IReadOnlyList<WeightedTopic> Topics);

internal sealed record WeightedTopic(int Topic, float Weight, IReadOnlyList<string> Words);

internal sealed record TopicList(long ModelVersion, IReadOnlyList<Topic> Topics);

internal sealed record HealthAnswer(
    bool Serving, long ModelVersion, DateTimeOffset? LoadedAt, DateTimeOffset? FileTime, string? LastError,
    NmfDriftStatus? Drift);
