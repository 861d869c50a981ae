using System.Text.Json.Serialization;

namespace Microsoft.ML;

/// <summary>What a predictor serves at one moment, for health checks and logs. Immutable; serialises as JSON and back,
/// without the path of the file.</summary>
public sealed record NmfPredictorStatus
{
    [JsonConstructor]
    internal NmfPredictorStatus()
    {
    }

    /// <summary>The name under which the model is registered.</summary>
    [JsonInclude]
    public string Name { get; internal init; } = "";

    /// <summary>The full path of the model file.</summary>
    [JsonIgnore]
    public string Path { get; internal init; } = "";

    /// <summary>Counts the models served so far: 1 for the first, 0 while none is. Starts again
    /// with the process.</summary>
    [JsonInclude]
    public long Version { get; internal init; }

    /// <summary>When the served model was loaded; null while none is.</summary>
    [JsonInclude]
    public DateTimeOffset? LoadedAt { get; internal init; }

    /// <summary>When the file of the served model was last written; null while none is served.</summary>
    [JsonInclude]
    public DateTimeOffset? FileTime { get; internal init; }

    /// <summary>
    /// Why the file that lies there now is not the one that is served; null when it is. With <see cref="Version"/>
    /// above zero the model of that version goes on serving. Does not tell the path; the log does.
    /// </summary>
    [JsonInclude]
    public string? LastError { get; internal init; }

    /// <summary>When <see cref="LastError"/> was met; null when there is none.</summary>
    [JsonInclude]
    public DateTimeOffset? LastErrorAt { get; internal init; }

    /// <summary>Whether a model is served.</summary>
    public bool IsServing => Version > 0;
}
