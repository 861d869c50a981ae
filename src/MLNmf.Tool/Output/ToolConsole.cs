using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace MLNmf.Tool;

/// <summary>
/// Where the tool writes: results to the output, everything else (what it does, progress, warnings) to the error
/// stream, so that the output of a command can be read by another.
/// </summary>
internal sealed class ToolConsole(
    TextWriter output, TextWriter error, TextReader? input = null, IAnsiConsole? terminal = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // Texts are for people; nobody pastes this into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    public TextReader Input { get; } = input ?? TextReader.Null;

    /// <summary>A terminal that shows the error stream, or null where it is a file or a pipe.</summary>
    public IAnsiConsole? Terminal { get; } = terminal;

    /// <summary>That of this process.</summary>
    public static ToolConsole OfProcess()
    {
        var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new ToolConsole(
            Console.Out, Console.Error, Console.In,
            isTerminal
                ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
                : null);
    }

    /// <summary>Tells what happens.</summary>
    public void Note(string text) => Error.WriteLine(text);

    /// <summary>A line of the result.</summary>
    public void Write(string line = "") => Output.WriteLine(line);

    /// <summary>The result for another program.</summary>
    public void WriteJson<T>(T value) => Output.WriteLine(JsonSerializer.Serialize(value, Json));
}
