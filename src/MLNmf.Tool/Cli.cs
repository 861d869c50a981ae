using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Microsoft.ML;
using MLNmf.Tool.Commands;
using Nmf;
using Nmf.Formats;

namespace MLNmf.Tool;

/// <summary>The command line: which commands there are, and how they end.</summary>
internal static class Cli
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>Something that the user can mend, said in one sentence.</summary>
    public const int UserError = 1;

    /// <summary>Cancelled, as a shell says of a program that Ctrl+C has ended.</summary>
    public const int Cancelled = 130;

    /// <summary>Runs one command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] arguments, ToolConsole console, CancellationToken cancellationToken)
    {
        // A text may begin with @, and is no name of a file with more arguments.
        var parsed = Root(console).Parse(
            arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

        // What follows an option is taken for its value, though it is the next one.
        if (parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(given => given.Tokens is [var value]
            && parsed.CommandResult.Command.Options.Any(
                option => option.Name == value.Value || option.Aliases.Contains(value.Value))) is { } bare)
        {
            console.Error.WriteLine($"{bare.Option.Name} needs a value, and {bare.Tokens[0].Value} follows it.");
            return UserError;
        }

        // What is wrong would scroll off above the help.
        if (parsed.Action is ParseErrorAction error && arguments.Length > 0)
            error.ShowHelp = false;
        try
        {
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    // What is wrong with a command line, and what was meant, is no result.
                    Output = parsed.Action is ParseErrorAction ? console.Error : console.Output,
                    Error = console.Error,
                    EnableDefaultExceptionHandler = false,
                    // Signals are handled by the program, which has a checkpoint to leave.
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
            if (parsed.Action is ParseErrorAction { ShowHelp: false })
                console.Error.WriteLine($"mlnmf {CommandName(parsed)}--help says what there is.");
            return code;
        }
        catch (OperationCanceledException)
        {
            if (parsed.GetResult("--checkpoint") is OptionResult { Tokens: [var checkpoint] }
                && !File.Exists(checkpoint.Value))
            {
                console.Error.WriteLine(
                    $"There is no checkpoint {checkpoint.Value} yet: the fit had not come to its first check.");
            }

            console.Error.WriteLine("Cancelled.");
            return Cancelled;
        }
        catch (Exception e) when (MessageOf(e) is { } message)
        {
            console.Error.WriteLine(message);
            return UserError;
        }
    }

    private static string CommandName(ParseResult parsed)
        => parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";

    private static RootCommand Root(ToolConsole console)
    {
        var root = new RootCommand(
            """
            Nonnegative matrix factorisation: topics of texts, parts of nonnegative data, materials, sources of sound.

            To begin:
              mlnmf topics texts.csv --topics 20      topics of the texts in a CSV file; writes a model and a page
              mlnmf explain topics.zip "A sentence"   its topics, and which words say so
              mlnmf inspect topics.zip                what is in a model
              mlnmf fit matrix.npy --rank 5           the parts of any nonnegative matrix

            Exit codes: 0 done, 1 something to mend (a sentence says what), 130 cancelled.
            """)
        {
            TopicsCommand.Create(console),
            FitCommand.Create(console),
            ExplainCommand.Create(console),
            InspectCommand.Create(console),
            TransformCommand.Create(console),
            SurveyCommand.Create(console),
            ConvertCommand.Create(console),
            UnmixCommand.Create(console),
            SeparateCommand.Create(console),
            EnhanceCommand.Create(console),
        };
        HelpWithExamples.AddTo(root);
        return root;
    }

    /// <summary>What to tell the user, or null where the program is at fault and a stack trace is wanted.</summary>
    private static string? MessageOf(Exception e) => e switch
    {
        UserErrorException or MatrixFormatException or NmfDataException or NmfCheckpointException
            or NmfNumericalException or NmfPredictorLoadException => e.Message,
        FileNotFoundException { FileName: { } file } => $"There is no file {file}.",
        IOException or UnauthorizedAccessException => e.Message,
        AggregateException { InnerException: { } inner } => MessageOf(inner),
        _ => null,
    };
}
