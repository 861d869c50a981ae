using System.Text.Json.Nodes;

namespace PeerComparison;

/// <summary>
/// One line of results in the format that the peer scripts share: printed, and appended to the file
/// that NMF_BENCH_OUT names.
/// </summary>
internal sealed class ResultLine
{
    private readonly JsonObject _fields = [];

    /// <summary>Sets a number; JSON has no NaN or infinity, so those become null.</summary>
    public ResultLine Set(string name, double? value, int digits = -1)
    {
        _fields[name] = Number(value, digits);
        return this;
    }

    /// <summary>Sets an integer, or null.</summary>
    public ResultLine Set(string name, long? value)
    {
        _fields[name] = JsonValue.Create(value);
        return this;
    }

    /// <summary>Sets a text.</summary>
    public ResultLine Set(string name, string value)
    {
        _fields[name] = JsonValue.Create(value);
        return this;
    }

    /// <summary>Sets an array of arrays.</summary>
    public ResultLine Set(string name, JsonArray value)
    {
        _fields[name] = value;
        return this;
    }

    /// <summary>A number for JSON, rounded where digits are given.</summary>
    public static JsonNode? Number(double? value, int digits = -1)
        => value is not { } v || !double.IsFinite(v) ? null : JsonValue.Create(digits < 0 ? v : Math.Round(v, digits));

    public void Emit()
    {
        Set("load1", ProcessMeter.Load, 2);
        var line = _fields.ToJsonString();
        Console.WriteLine(line);
        if (Environment.GetEnvironmentVariable("NMF_BENCH_OUT") is { Length: > 0 } path)
            File.AppendAllText(path, line + "\n");
    }
}
