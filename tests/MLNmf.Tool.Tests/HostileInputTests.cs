namespace MLNmf.Tool.Tests;

/// <summary>Input that is not what it should be ends with one sentence, and leaves what was there.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Theory]
    [InlineData("-o", "@texts.csv")]
    [InlineData("--explorer", "@texts.csv")]
    [InlineData("--explorer", "@topics.zip", "-o", "@topics.zip")]
    [InlineData("--explorer", "@./topics.zip", "-o", "@topics.zip")]
    public async Task What_is_read_is_never_written_over(params string[] options)
    {
        Write();
        var before = File.ReadAllText(_tool.File("texts.csv"));
        Assert.Contains(
            "Name another file",
            await _tool.Bad(["topics", "@texts.csv", "--topics", "2", .. options]), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_tool.File("texts.csv")));
    }

    [Fact]
    public async Task Nor_is_a_model_or_a_table_by_its_transform()
    {
        Write();
        await _tool.Good("topics", "@texts.csv", "--topics", "2", "-o", "@t.zip", "--no-explorer");
        foreach (var target in new[] { "@texts.csv", "@t.zip" })
            Assert.Contains(
                "Name another file", await _tool.Bad("transform", "@t.zip", "@texts.csv", "-o", target),
                StringComparison.Ordinal);
        await _tool.Good("explain", "@t.zip", "bread");
    }

    [Theory]
    [InlineData("the and of")]
    [InlineData("12 345 6789")]
    [InlineData("same words everywhere")]
    [InlineData("今天天气很好")]
    public async Task Texts_without_a_word_to_learn_from_are_told(string text)
    {
        _tool.Write("texts.csv", "text\n" + string.Join('\n', Enumerable.Repeat(text, 30)));
        Assert.Contains(
            "No words are left", await _tool.Bad("topics", "@texts.csv", "--topics", "2", "-o", "@t.zip"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--topics", "abc")]
    [InlineData("--seed", "1.5")]
    [InlineData("--threads", "many")]
    [InlineData("--topics", "0")]
    [InlineData("--threads", "0")]
    [InlineData("--language", "Klingon")]
    public async Task A_value_that_is_none_or_out_of_range_is_named(string option, string value)
    {
        Write();
        Assert.Contains(
            option, await _tool.Bad("topics", "@texts.csv", "-o", "@t.zip", option, value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_of_a_character_is_an_error_with_its_line()
    {
        _tool.Write("texts.jsonl", """
            {"text": "bread and butter"}
            {"text": "a boat \ud800"}
            """);
        Assert.Contains(
            "texts.jsonl(2)", await _tool.Bad("topics", "@texts.jsonl", "--topics", "2", "-o", "@t.zip"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_character_is_an_error_with_its_row()
    {
        _tool.Write("texts.csv", "text\nbread and butter\na bo\0at\n");
        Assert.Contains(
            "line 3", await _tool.Bad("topics", "@texts.csv", "--topics", "2", "-o", "@t.zip"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_column_that_was_taken_is_told()
    {
        _tool.Write(
            "texts.csv", "id,foo\n" + string.Join('\n', ToolRun.TwoTopics().Select((text, i) => $"{i},{text}")));
        await _tool.Good("topics", "@texts.csv", "--topics", "2", "-o", "@t.zip", "--no-explorer");
        Assert.Contains("column \"foo\"", _tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_text_is_not_explained()
    {
        Write();
        await _tool.Good("topics", "@texts.csv", "--topics", "2", "-o", "@t.zip", "--no-explorer");
        Assert.Contains("empty", await _tool.Bad("explain", "@t.zip", " "), StringComparison.Ordinal);
        Assert.Contains("empty", await _tool.Bad("explain", "@t.zip"), StringComparison.Ordinal);
    }

    private void Write() => _tool.Write("texts.csv", "text\n" + string.Join('\n', ToolRun.TwoTopics()));
}
