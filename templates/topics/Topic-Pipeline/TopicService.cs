using System.ComponentModel.DataAnnotations;
using Microsoft.ML;

namespace Topic_Pipeline;

/// <summary>The model over HTTP.</summary>
public static class TopicService
{
    private const string Name = "topics";

    /// <summary>The application, not yet started.</summary>
    /// <param name="args">Configuration; <c>--Model:Path FILE</c> names another model.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);

        // A model that cannot be loaded stops the host; Program says so in two sentences.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddNmfPredictor<TextDocument, TextTopics>(Name, options =>
        {
            options.Path = TopicModel.DefaultPath;
            builder.Configuration.GetSection("Model").Bind(options);
        });
        builder.Services.AddHealthChecks().AddNmfHealthCheck(Name);
        builder.Services.AddProblemDetails();
        builder.Services.AddValidation();

        var app = builder.Build();
        app.UseExceptionHandler();
        app.MapPost("/topics", Analyse);
        app.MapGet("/topics", List);
        app.MapHealthChecks("/health");
        return app;
    }

    private static TopicAnswer Analyse(
        TopicRequest request, [FromKeyedServices(Name)] NmfPredictor<TextDocument, TextTopics> predictor)
    {
        // Shares and words of the same model, whatever happens to the file meanwhile.
        using var model = predictor.Acquire();
        var words = TopicModel.WordsOf(model.Transformer);
        return new(model.Version, [.. model.Predict(new() { Text = request.Text }).Topics
            .Select((share, k) => new TopicShare(k + 1, share, words[k]))
            .Where(topic => topic.Share > 0).OrderByDescending(topic => topic.Share)]);
    }

    private static IReadOnlyList<IReadOnlyList<string>> List(
        [FromKeyedServices(Name)] NmfPredictor<TextDocument, TextTopics> predictor)
    {
        using var model = predictor.Acquire();
        return TopicModel.WordsOf(model.Transformer);
    }
}

/// <param name="Text">Any text.</param>
public sealed record TopicRequest([property: Required, StringLength(100_000)] string Text);

public sealed record TopicShare(int Topic, float Share, IReadOnlyList<string> Words);

public sealed record TopicAnswer(long ModelVersion, IReadOnlyList<TopicShare> Topics);
