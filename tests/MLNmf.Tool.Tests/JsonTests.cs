using System.Globalization;
using System.Text.Json;
using Nmf.Audio;
using Nmf.Hyperspectral;

namespace MLNmf.Tool.Tests;

/// <summary>With --json the output is JSON with the fields that are documented, and nothing else.</summary>
public sealed class JsonTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public JsonTests()
    {
        var random = new Random(1);
        _tool.Write("v.csv", "a,b,c,d\n" + string.Join('\n', Enumerable.Range(0, 30).Select(_ =>
        {
            var (x, y) = (random.Next(1, 50), random.Next(1, 50));
            return string.Create(CultureInfo.InvariantCulture, $"{x},{x + y},{y},{2 * y}");
        })));
    }

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task Rows_that_are_transformed()
    {
        await _tool.Good("fit", "@v.csv", "--rank", "2", "-o", "@m.zip", "--activations", "@h.jsonl");
        await _tool.Good("transform", "@m.zip", "@v.csv", "--json");
        Fields(
            _tool.Json, "model", "input", "output", "rows", "components", "componentNames", "zeroRows", "activations");
        Assert.Equal(30, _tool.Json.GetProperty("rows").GetInt32());
        var first = _tool.Json.GetProperty("activations")[0];
        Fields(first, "name", "values");
        Assert.Equal(
            File.ReadLines(_tool.File("h.jsonl")).First(), JsonSerializer.Serialize(first));
        await _tool.Good("transform", "@m.zip", "@v.csv", "-o", "@h.csv", "--json");
        Assert.Equal(JsonValueKind.Null, _tool.Json.GetProperty("activations").ValueKind);
        Assert.Equal(31, File.ReadAllLines(_tool.File("h.csv")).Length);
        await _tool.Good("convert", "@m.zip", "@c.json", "--json");
        Fields(_tool.Json, "input", "output", "components", "features", "bytes");
        Assert.Equal(new FileInfo(_tool.File("c.json")).Length, _tool.Json.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Surveys()
    {
        await _tool.Good("survey", "@v.csv", "--ranks", "1-3", "--starts", "2", "--folds", "2", "--json");
        Fields(_tool.Json, "ranks", "suggestions", "fits", "heldOut");
        Assert.Equal([1, 2, 3], _tool.Json.GetProperty("ranks").EnumerateArray().Select(rank => rank.GetInt32()));
        Fields(_tool.Json.GetProperty("suggestions")[0], "index", "question", "rank", "reason");
        Fields(
            _tool.Json.GetProperty("fits")[0], "rank", "objectivePerEntry", "stability", "consensus",
            "bayesianInformationCriterion");
        Fields(_tool.Json.GetProperty("heldOut")[0], "rank", "error", "standardError", "trainingError");
        await _tool.Good("survey", "@v.csv", "--measure", "--ranks", "2", "--folds", "2", "--json");
        Fields(_tool.Json, "heldOutEntries", "best", "plausible", "measures");
        Fields(
            _tool.Json.GetProperty("measures")[0], "noise", "beta", "rank", "heldOutPerEntry", "behindBest",
            "standardError", "objection");
    }

    [Fact]
    public async Task Pictures()
    {
        using (var writer = EnviWriter.Create(
            _tool.File("s.hdr"), new EnviHeader { Lines = 4, Samples = 10, Bands = 5 }))
        {
            for (var pixel = 0; pixel < 40; pixel++)
                writer.Write([.. Enumerable.Range(0, 5).Select(f => 1 + (f * (pixel % 10)) + ((5 - f) * 0.5f))]);
            writer.Complete();
        }

        await _tool.Good("unmix", "@s.hdr", "--materials", "2", "-o", "@maps.hdr", "--json");
        Fields(
            _tool.Json, "files", "pixels", "bands", "iterations", "stopReason", "objective", "explainedPart",
            "materials");
        Fields(_tool.Json.GetProperty("files"), "input", "output", "spectra", "model");
        Assert.Equal(
            (40, 5), (_tool.Json.GetProperty("pixels").GetInt32(), _tool.Json.GetProperty("bands").GetInt32()));
        var materials = _tool.Json.GetProperty("materials").EnumerateArray();
        Assert.Equal(1, materials.Sum(material => material.GetProperty("share").GetDouble()), 1e-3);
    }

    [Fact]
    public async Task Sounds()
    {
        var random = new Random(2);
        var sound = new AudioClip(8000, [.. Enumerable.Range(0, 8000).Select(
            t => (float)((0.3 * Math.Sin(0.2 * t)) + (t > 4000 ? 0.2 * Math.Sin(0.5 * t) : 0)
                + (0.01 * random.NextDouble())))]);
        sound.Write(_tool.File("r.wav"));
        await _tool.Good("separate", "@r.wav", "--sources", "2", "--iterations", "20", "-o", "@out", "--json");
        Fields(_tool.Json, "input", "output", "dividedBy", "sources");
        var sources = _tool.Json.GetProperty("sources").EnumerateArray().ToList();
        Fields(sources[0], "number", "energyShare", "file");
        Assert.All(sources, source => Assert.True(File.Exists(source.GetProperty("file").GetString())));
        await _tool.Good("enhance", "@r.wav", "--clean", "@r.wav", "-o", "@e.wav", "--json");
        Fields(
            _tool.Json, "input", "output", "noise", "sourceModel", "seconds", "sourceEnergy", "noiseEnergy");
        Assert.Equal(1, _tool.Json.GetProperty("seconds").GetDouble());
    }

    [Fact]
    public async Task A_wrong_date_is_told_before_anything_long_and_what_was_meant_goes_to_the_error_stream()
    {
        _tool.Write("t.csv", "text,when\nbread and butter,2026-01-02\nboats and sails,45/13\n");
        var error = await _tool.Bad("topics", "@t.csv", "--date", "when", "-o", "@t.zip");
        Assert.Contains("the date of line 3, \"45/13\", is no date (--date).", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Learning", error, StringComparison.Ordinal);
        Assert.Contains("topics", await _tool.Bad("topcs", "@t.csv"), StringComparison.Ordinal);
        Assert.Equal("", _tool.Output);
        Assert.Contains("--rank", await _tool.Bad("fit", "@t.csv", "--rnk", "2"), StringComparison.Ordinal);
        Assert.Equal("", _tool.Output);
    }

    private static void Fields(JsonElement json, params string[] names)
        => Assert.Equal(names, json.EnumerateObject().Select(field => field.Name));
}
