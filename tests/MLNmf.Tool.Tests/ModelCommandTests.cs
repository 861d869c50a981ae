using System.Globalization;
using System.Security.Cryptography;
using Nmf.Formats;

namespace MLNmf.Tool.Tests;

/// <summary>What is done with a model that is there.</summary>
public sealed class ModelCommandTests : IAsyncLifetime
{
    private readonly ToolRun _tool = new();

    public async ValueTask InitializeAsync()
    {
        _tool.Write("t.txt", string.Join('\n', ToolRun.TwoTopics()));
        await _tool.Good("topics", "@t.txt", "--topics", "2", "-o", "@t.zip");
    }

    public ValueTask DisposeAsync()
    {
        _tool.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Inspect_tells_what_a_model_is()
    {
        await _tool.Good("inspect", "@t.zip", "--json", "--words", "4");
        var report = _tool.Json;
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_tool.File("t.zip")))),
            report.GetProperty("sha256").GetString());
        Assert.Equal(3, report.GetProperty("factorisation").GetProperty("formatVersion").GetInt32());
        var model = report.GetProperty("model");
        Assert.Equal((2, 16, 60), (model.GetProperty("rank").GetInt32(), model.GetProperty("features").GetInt32(),
            model.GetProperty("trainingRows").GetInt32()));
        Assert.All(model.GetProperty("components").EnumerateArray(), component => Assert.Equal(
            4, component.GetProperty("words").GetArrayLength()));
        Assert.True(model.GetProperty("history").GetArrayLength() > 1);

        await _tool.Good("inspect", "@t.zip");
        Assert.Contains("Text (String)", _tool.Output, StringComparison.Ordinal);
        Assert.Contains("SHA-256", _tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_tells_topics_and_the_words_that_say_so()
    {
        await _tool.Good("explain", "@t.zip", "Bread, bread and an oven on a boat", "--json");
        var topics = _tool.Json.GetProperty("topics");
        Assert.Equal(2, topics.GetArrayLength());
        Assert.Equal(0.75, topics[0].GetProperty("share").GetDouble(), 1e-3);
        var words = topics[0].GetProperty("because").EnumerateArray().Select(
            word => (word.GetProperty("word").GetString(), word.GetProperty("part").GetDouble())).ToArray();
        Assert.Equal(["bread", "oven"], words.Select(word => word.Item1));
        Assert.Equal(2, words[0].Item2, 1e-3);
        // The parts of all words are all words.
        Assert.Equal(4, topics.EnumerateArray().SelectMany(topic => topic.GetProperty("because").EnumerateArray())
            .Sum(word => word.GetProperty("part").GetDouble()), 1e-3);

        Assert.Equal(
            0, await _tool.Run("wind and waves, sail", CancellationToken.None, "explain", _tool.File("t.zip")));
        Assert.Contains("sail", _tool.Output, StringComparison.Ordinal);
        await _tool.Good("explain", "@t.zip", "xyzzy");
        Assert.Contains("knows none of its words", _tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transform_gives_a_row_for_every_text_in_every_format()
    {
        _tool.Write("new.csv", "id,text\na,bread and butter\nb,\n\"c,d\",a boat\n");
        await _tool.Good("transform", "@t.zip", "@new.csv", "--id", "id");
        var lines = _tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("name,component1,component2", lines[0]);
        Assert.Equal(["a", "b", "\"c,d\""], lines[1..].Select(line => line[..line.LastIndexOf(',')][
            ..line[..line.LastIndexOf(',')].LastIndexOf(',')]));
        Assert.Contains("1 rows have zero activations", _tool.Error, StringComparison.Ordinal);
        await _tool.Good("transform", "@t.zip", "@new.csv", "-o", "@h.npy");
        var h = NpyFile.ReadMatrix<float>(_tool.File("h.npy"));
        Assert.Equal(3, h.Rows);
        for (var i = 0; i < 3; i++)
            Assert.EndsWith(string.Join(",", h.Row(i).ToArray().Select(
                value => value.ToString("R", CultureInfo.InvariantCulture))), lines[i + 1], StringComparison.Ordinal);
        await _tool.Good("transform", "@t.zip", "@new.csv", "-o", "@h.jsonl");
        Assert.Equal(3, File.ReadAllLines(_tool.File("h.jsonl")).Length);
        Assert.Contains(
            "the ending says which", await _tool.Bad("transform", "@t.zip", "@new.csv", "-o", "@h.xls"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("topics", "--ngrams")]
    [InlineData("explain", "letter.txt")]
    [InlineData("inspect", "--words")]
    [InlineData("transform", "h.npy")]
    public async Task Help_has_options_and_examples(string command, string word)
    {
        await _tool.Good(command, "--help");
        Assert.Contains("Examples:", _tool.Output, StringComparison.Ordinal);
        Assert.Contains(word, _tool.Output, StringComparison.Ordinal);
        await _tool.Good("--help");
        Assert.Contains("Exit codes", _tool.Output, StringComparison.Ordinal);
        Assert.Contains($"  {command} ", _tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_can_complete_commands()
    {
        await _tool.Good("[suggest:3]", "top");
        Assert.Contains("topics", _tool.Output, StringComparison.Ordinal);
    }
}
