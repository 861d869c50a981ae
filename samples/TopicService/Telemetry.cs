using Nmf;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace TopicService;

/// <summary>Where metrics and traces of the library, and those of ASP.NET Core beside them, go.</summary>
internal static class Telemetry
{
    /// <summary>To a collector when the environment names one (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>), to the console with
    /// <c>--Telemetry:Console true</c>, and nowhere otherwise: then they cost nothing.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var toCollector = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var toConsole = builder.Configuration.GetValue("Telemetry:Console", false);
        if (!toCollector && !toConsole)
            return;
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(NmfTelemetry.MeterName).AddAspNetCoreInstrumentation();
                if (toCollector)
                    metrics.AddOtlpExporter();
                if (toConsole)
                    metrics.AddConsoleExporter();
            })
            .WithTracing(traces =>
            {
                traces.AddSource(NmfTelemetry.ActivitySourceName).AddAspNetCoreInstrumentation();
                if (toCollector)
                    traces.AddOtlpExporter();
                if (toConsole)
                    traces.AddConsoleExporter();
            });
    }
}
