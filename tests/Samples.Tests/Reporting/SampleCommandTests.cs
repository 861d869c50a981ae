namespace Samples.Tests;

/// <summary>The command lines of samples: what they take, and one sentence about what they do not.</summary>
public sealed class SampleCommandTests
{
    [Fact]
    public void Options_have_values_or_their_defaults()
    {
        var command = new SampleCommand("Sample", "What it does.");
        var rank = command.WholeNumber("--rank", "Components", 7, least: 1, most: 9);
        var share = command.Number("--share", "SHARE", "Share", 0.5, least: 0, most: 1);
        var text = command.Text("--text", "TEXT", "A text");
        var part = command.OneOf("--part", "A part", "all", "all", "one");
        var full = command.Flag("--full", "Everything");
        var asked = command.Parse(["--share=0.25", "--text", "@a = -b", "--full"])!;
        Assert.Equal(
            (7, 0.25, "@a = -b", "all", true),
            (asked.GetValue(rank), asked.GetValue(share), asked.GetValue(text), asked.GetValue(part),
                asked.GetValue(full)));
        Assert.Null(command.Parse([])!.GetValue(text));
    }

    [Theory]
    [InlineData("There is no option \"--ranks\". Try --help.", "--ranks", "3")]
    [InlineData("There is no option \"file\". Try --help.", "file")]
    [InlineData("The option --rank is given twice.", "--rank", "1", "--rank", "2")]
    [InlineData("The option --rank needs a value.", "--rank")]
    [InlineData("The option --rank needs a value.", "--rank", "--full")]
    [InlineData("The option --text needs a value.", "--text", "--rank", "3")]
    [InlineData("The value of --rank must be a whole number from 1 to 9, not \"1.5\".", "--rank", "1.5")]
    [InlineData("The value of --rank must be a whole number from 1 to 9, not \"-1\".", "--rank=-1")]
    [InlineData("The value of --share must be a number from 0.5 to 1, not \"much\".", "--share", "much")]
    [InlineData("The value of --part must be one or all, not \"two\".", "--part", "two")]
    [InlineData("The value of --text is empty.", "--text", " ")]
    [InlineData("There is no file nowhere.csv (--file).", "--file", "nowhere.csv")]
    [InlineData("There is no folder nowhere (--folder).", "--folder", "nowhere")]
    public void A_mistake_is_one_sentence(string message, params string[] arguments)
        => Assert.Equal(message, Assert.Throws<UserErrorException>(() => Command().Parse(arguments)).Message);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--rank", "0", "--help")]
    public void Help_has_options_bounds_and_defaults(params string[] arguments)
    {
        var output = new StringWriter();
        Assert.Null(Command().Parse(arguments, output));
        foreach (var text in new[] { "samples/Sample [-- options]", "--rank <NUMBER>", "(1 to 9)", "[default: 7]",
            "<one|all>" })
        {
            Assert.Contains(text, output.ToString(), StringComparison.Ordinal);
        }
    }

    private static SampleCommand Command()
    {
        var command = new SampleCommand("Sample", "What it does.");
        command.WholeNumber("--rank", "Components", 7, least: 1, most: 9);
        command.Number("--share", "SHARE", "Share", 0.5, least: 0.5, most: 1);
        command.Text("--text", "TEXT", "A text");
        command.OneOf("--part", "A part", ["one", "all"]);
        command.Flag("--full", "Everything");
        command.ExistingFile("--file", "FILE", "A file");
        command.ExistingFolder("--folder", "FOLDER", "A folder");
        return command;
    }
}
