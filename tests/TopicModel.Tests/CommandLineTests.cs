namespace TopicModel.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_options_the_defaults_hold()
    {
        var options = CommandLine.Parse([])!;
        Assert.Equal((30, 1, "artifacts"), (options.Topics, options.Seed, options.OutputFolder));
        Assert.Null(options.DataFile);
        Assert.Null(options.Sentence);
    }

    [Fact]
    public void Options_are_read_with_a_space_or_an_equals_sign()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x.tsv", "");
        var options = CommandLine.Parse(["--data", file, "--topics=5", "--seed", "7", "--column=body", "--label", "2",
            "--no-header", "--no-quotes", "--sentence", "@home = b"])!;
        Assert.Equal(
            (file, 5, 7, "body", "2", "@home = b"), (options.DataFile, options.Topics, options.Seed,
                options.File.Column, options.File.Class, options.Sentence));
        Assert.False(options.File.HasHeader);
        Assert.False(options.File.HasQuotes);
    }

    [Theory]
    [InlineData("There is no option \"--topic\".", "--topic", "3")]
    [InlineData("There is no option \"data.csv\".", "data.csv")]
    [InlineData("--topics needs a value", "--topics")]
    [InlineData("--topics must be a whole number from 2 to 500, not \"many\"", "--topics", "many")]
    [InlineData("from 2 to 500", "--topics", "1")]
    [InlineData("--seed must be a whole number of at least 0", "--seed", "-1")]
    [InlineData("There is no encoding \"klingon\"", "--encoding", "klingon")]
    [InlineData("--delimiter must be one character", "--delimiter", "and")]
    [InlineData("they need --data FILE", "--no-quotes")]
    [InlineData("given twice", "--seed", "1", "--seed", "2")]
    [InlineData("they need --data FILE", "--column", "text")]
    [InlineData("--sentence is empty", "--sentence", " ")]
    [InlineData("There is no file missing.csv", "--data", "missing.csv")]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal(2, Program.Run([.. arguments, "--output", folder.Path], output, error));
        var line = Assert.Single(error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_folder_that_is_a_file_is_reported()
    {
        using var folder = new TemporaryFolder();
        var error = new StringWriter();
        Assert.Equal(2, Program.Run(["--output", folder.Write("file", "")], TextWriter.Null, error));
        Assert.StartsWith("Cannot write to the folder", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_option()
    {
        var output = new StringWriter();
        Assert.Equal(0, Program.Run(["--help"], output, TextWriter.Null));
        foreach (var option in new[] { "--data", "--column", "--class", "--delimiter", "--no-header", "--no-quotes",
            "--encoding", "--topics", "--seed", "--output", "--sentence", "--help" })
        {
            Assert.Contains(option, output.ToString(), StringComparison.Ordinal);
        }
    }
}
