using Microsoft.ML;

namespace TopicService;

/// <summary>Puts the service together.</summary>
internal static class TopicApp
{
    public const string ModelName = "topics";

    private const string DefaultPath = "artifacts/topics.zip";
    private const long LargestRequest = 1 << 20;

    /// <summary>The application, not yet started.</summary>
    /// <param name="args">Configuration; the section Model is bound to <see cref="NmfPredictorOptions"/>:
    /// <c>--Model:Path FILE</c>.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = LargestRequest);

        // A model that cannot be loaded stops the host; Program says so in two sentences, the
        // host would in a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        builder.Services.AddNmfPredictor<TextDocument, TextTopics>(ModelName, options =>
        {
            options.Path = DefaultPath;
            options.CheckModel = TopicCatalog.Check;
            builder.Configuration.GetSection("Model").Bind(options);
        });

        // The words are counted where the pipeline tells them, as that of samples/TopicModel does.
        builder.Services.AddNmfDriftMonitor(ModelName);
        builder.Services.Configure<NmfDriftOptions>(ModelName, builder.Configuration.GetSection("Drift"));
        builder.Services.AddHealthChecks().AddNmfHealthCheck(ModelName);
        builder.AddTelemetry();
        builder.Services.AddOpenApi();

        // Every error is a problem document, malformed JSON in development too.
        builder.Services.AddProblemDetails();
        builder.Services.AddValidation();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = e =>
                e is NmfPredictorLoadException
                    ? StatusCodes.Status503ServiceUnavailable
                    : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePages();
        app.MapOpenApi();
        app.MapTopics();
        return app;
    }
}
