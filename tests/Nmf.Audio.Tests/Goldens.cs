using System.Text.Json;

namespace Nmf.Audio.Tests;

/// <summary>What an independent program computed: <c>tests/goldens/make_audio_goldens.py</c>.</summary>
internal static class Goldens
{
    private static readonly JsonDocument Document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "audio.json")));

    public static JsonElement Get(string name) => Document.RootElement.GetProperty(name);

    /// <summary>The cases under a name, at least one.</summary>
    public static JsonElement[] Cases(string name)
    {
        JsonElement[] cases = [.. Get(name).EnumerateArray()];
        Assert.NotEmpty(cases);
        return cases;
    }

    public static double[] Numbers(this JsonElement element, string? name = null)
        => [.. (name is null ? element : element.GetProperty(name)).EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>The numbers of nested arrays in order.</summary>
    public static double[] Flat(this JsonElement element, string name) => [.. Flatten(element.GetProperty(name))];

    private static IEnumerable<double> Flatten(JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten)
            : [element.GetDouble()];
}
