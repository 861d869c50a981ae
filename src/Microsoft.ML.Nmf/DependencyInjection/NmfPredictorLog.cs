using Microsoft.Extensions.Logging;

namespace Microsoft.ML;

/// <summary>What a predictor tells the log, under the category <c>Microsoft.ML.NmfPredictor</c>.</summary>
internal static partial class NmfPredictorLog
{
    public const string Category = "Microsoft.ML.NmfPredictor";

    [LoggerMessage(
        1, LogLevel.Information, "Model '{Name}': version {Version} serves, from {Path} written {FileTime:u}.")]
    public static partial void Serving(this ILogger logger, string name, long version, string path, DateTime fileTime);

    [LoggerMessage(2, LogLevel.Warning, "{Reason} Version {Version} goes on serving.")]
    public static partial void Rejected(this ILogger logger, string reason, long version, Exception? exception);

    [LoggerMessage(3, LogLevel.Error, "{Reason} No model is served under this name.")]
    public static partial void Unavailable(this ILogger logger, string reason, Exception? exception);

    [LoggerMessage(
        4, LogLevel.Warning,
        "Model '{Name}': the directory of {Path} cannot be watched ({Reason}); it is looked at every {Interval}.")]
    public static partial void Unwatched(
        this ILogger logger, string name, string path, string reason, TimeSpan interval);

    [LoggerMessage(5, LogLevel.Error, "Model '{Name}': a handler of Changed threw.")]
    public static partial void HandlerThrew(this ILogger logger, string name, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "Model '{Name}': the file of version {Version} is back at {Path}.")]
    public static partial void Recovered(this ILogger logger, string name, long version, string path);

    [LoggerMessage(
        7, LogLevel.Warning,
        "Model '{Name}': the load from {Path} was given up after {Elapsed} in favour of a newer file there.")]
    public static partial void GaveWay(this ILogger logger, string name, string path, TimeSpan elapsed);

    [LoggerMessage(
        8, LogLevel.Error, "Model '{Name}': a look at {Path} failed; the next change or poll is looked at.")]
    public static partial void LookFailed(this ILogger logger, string name, string path, Exception exception);
}
