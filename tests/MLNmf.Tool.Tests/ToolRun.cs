using System.Text;
using System.Text.Json;

namespace MLNmf.Tool.Tests;

/// <summary>A folder, and commands of the tool that run in it, in this process.</summary>
internal sealed class ToolRun : IDisposable
{
    private static readonly string[] Kitchen = ["bread", "oven", "butter", "flour", "bake", "dough", "sugar", "salt"];
    private static readonly string[] Sea = ["boat", "sail", "mast", "wind", "harbour", "anchor", "wave", "rope"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tool");

    static ToolRun() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Texts of two clear topics, every other one about bread.</summary>
    public static IReadOnlyList<string> TwoTopics(int count = 60)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(
            n => string.Join(' ', random.GetItems(n % 2 == 0 ? Kitchen : Sea, 5)))];
    }

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public string Write(string name, string content, Encoding? encoding = null)
    {
        System.IO.File.WriteAllText(File(name), content, encoding ?? new UTF8Encoding(false));
        return File(name);
    }

    /// <summary>Runs a command; words that begin with @ are files of the folder, those with @@
    /// begin with one.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> Run(params string[] arguments) => Run("", CancellationToken.None, arguments);

    public async Task<int> Run(string input, CancellationToken token, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        var code = await Cli.RunAsync(
            [.. arguments.Select(argument => argument.StartsWith("@@", StringComparison.Ordinal) ? argument[1..]
                : argument.StartsWith('@') ? File(argument[1..]) : argument)],
            new ToolConsole(output, error, reader), token);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    /// <summary>Runs a command that has to go well.</summary>
    public async Task Good(params string[] arguments)
    {
        var code = await Run(arguments);
        Assert.True(code == 0, $"{code}: {Error}{Output}");
    }

    /// <summary>Runs a command that the user can mend.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> Bad(params string[] arguments)
    {
        Assert.Equal(1, await Run(arguments));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        return Error;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
