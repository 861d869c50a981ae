using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Reporting;

/// <summary>The command line of a sample: each option is said once, with its default and its bounds; System.CommandLine
/// reads them and writes the help.</summary>
/// <example><code>
/// var command = new SampleCommand("Anomalies", "Which spectra of a machine are unusual?");
/// var seed = command.WholeNumber("--seed", "Seed of the measurements", 7, least: 0);
/// if (command.Parse(arguments) is { } asked)
///     Run(asked.GetValue(seed));
/// </code></example>
public sealed class SampleCommand
{
    // A pipe has no width, and nobody reads lines of any length.
    private const int WidthOfPipe = 110;

    /// <summary>A command line without options but <c>--help</c>.</summary>
    /// <param name="sample">Name of the sample's folder.</param>
    /// <param name="description">What the sample does: one paragraph, whatever its lines.</param>
    public SampleCommand(string sample, string description)
    {
        Root = new RootCommand(
            $"{description.TrimEnd().ReplaceLineEndings(" ")}\n\n"
            + $"  dotnet run -c Release --project samples/{sample} [-- options]");
        Root.Options.Remove(Root.Options.OfType<VersionOption>().Single());
        if (Console.IsOutputRedirected)
            ((HelpAction)Root.Options.OfType<HelpOption>().Single().Action!).MaxWidth = WidthOfPipe;
    }

    /// <summary>The command itself, for options that are said elsewhere.</summary>
    public RootCommand Root { get; }

    /// <summary>An option without a value.</summary>
    public Option<bool> Flag(string name, string description)
        => Add(new Option<bool>(name) { Description = description, Arity = ArgumentArity.Zero });

    /// <summary>An option with a text that is not empty.</summary>
    public Option<string?> Text(string name, string value, string description)
        => Add(WithText(new Option<string?>(name), value, description));

    /// <summary>An option with a text that is not empty, and another one where it is not given.</summary>
    public Option<string> Text(string name, string value, string description, string byDefault)
        => Add(WithText(new Option<string>(name) { DefaultValueFactory = _ => byDefault }, value, description));

    /// <summary>The option <c>--output</c>: the folder that the sample writes to.</summary>
    public Option<string> OutputFolder(string description, string byDefault = "artifacts")
        => Text("--output", "FOLDER", description, byDefault);

    /// <summary>An option with the path of a file that exists.</summary>
    public Option<string?> ExistingFile(string name, string value, string description)
        => Existing(name, value, description, "file", File.Exists);

    /// <summary>An option with the path of a folder that exists.</summary>
    public Option<string?> ExistingFolder(string name, string value, string description)
        => Existing(name, value, description, "folder", Directory.Exists);

    /// <summary>An option with one of a few words.</summary>
    public Option<string> OneOf(string name, string description, string byDefault, params string[] choices)
        => Add(WithChoices(new Option<string>(name) { DefaultValueFactory = _ => byDefault }, description, choices));

    /// <summary>An option with one of a few words, or none.</summary>
    public Option<string?> OneOf(string name, string description, string[] choices)
        => Add(WithChoices(new Option<string?>(name), description, choices));

    /// <summary>An option with a whole number, and another one where it is not given.</summary>
    public Option<int> WholeNumber(
        string name, string description, int byDefault, int least, int most = int.MaxValue)
        => Add(new Option<int>(name)
        {
            Description = Bounded(description, least, most), HelpName = "NUMBER", DefaultValueFactory = _ => byDefault,
            CustomParser = result => ReadWhole(result, name, least, most) ?? 0,
        });

    /// <summary>An option with a whole number, or none.</summary>
    public Option<int?> WholeNumber(string name, string description, int least, int most = int.MaxValue)
        => Add(new Option<int?>(name)
        {
            Description = Bounded(description, least, most), HelpName = "NUMBER",
            CustomParser = result => ReadWhole(result, name, least, most),
        });

    /// <summary>An option with a number, and another one where it is not given.</summary>
    public Option<double> Number(
        string name, string value, string description, double byDefault, double least, double most)
        => Add(new Option<double>(name)
        {
            Description = Bounded(description, least, most), HelpName = value, DefaultValueFactory = _ => byDefault,
            CustomParser = result => ReadNumber(result, name, least, most) ?? 0,
        });

    /// <summary>An option with a number, or none.</summary>
    public Option<double?> Number(string name, string value, string description, double least, double most)
        => Add(new Option<double?>(name)
        {
            Description = Bounded(description, least, most), HelpName = value,
            CustomParser = result => ReadNumber(result, name, least, most),
        });

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Where help is written; the console without one.</param>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public ParseResult? Parse(IReadOnlyList<string> arguments, TextWriter? output = null)
    {
        // A text may begin with @, and is no name of a file with more arguments.
        var asked = Root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (asked.Action is HelpAction help)
        {
            asked.InvocationConfiguration.Output = output ?? Console.Out;
            help.Invoke(asked);
            return null;
        }

        foreach (var given in asked.CommandResult.Children.OfType<OptionResult>())
        {
            if (given.IdentifierTokenCount > 1)
                throw new UserErrorException($"The option {given.Option.Name} is given twice.");

            // What follows is taken for the value, though it is the next option.
            if (given is { Implicit: false, Tokens: [], Option.Arity.MinimumNumberOfValues: > 0 }
                || (given.Tokens is [var value] && Root.Options.Any(option => option.Name == value.Value)))
            {
                throw new UserErrorException($"The option {given.Option.Name} needs a value.");
            }
        }

        if (asked.UnmatchedTokens is [var unknown, ..])
            throw new UserErrorException($"There is no option \"{unknown}\". Try --help.");
        return asked.Errors is [var error, ..] ? throw new UserErrorException(error.Message) : asked;
    }

    private static string Bounded(string description, double least, double most) => string.Create(
        CultureInfo.InvariantCulture,
        $"{description} ({least}{(most >= int.MaxValue ? " or more" : $" to {most}")})");

    private static Option<T> WithText<T>(Option<T> option, string value, string description)
    {
        option.Description = description;
        option.HelpName = value;
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && string.IsNullOrWhiteSpace(token.Value))
                result.AddError($"The value of {option.Name} is empty.");
        });
        return option;
    }

    private static Option<T> WithChoices<T>(Option<T> option, string description, string[] choices)
    {
        option.Description = description;
        option.HelpName = string.Join('|', choices);
        option.CompletionSources.Add(choices);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !choices.Contains(token.Value))
                result.AddError(
                    $"The value of {option.Name} must be {string.Join(", ", choices[..^1])} or {choices[^1]}, "
                    + $"not \"{token.Value}\".");
        });
        return option;
    }

    private static int? ReadWhole(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(most == int.MaxValue
            ? $"The value of {name} must be a whole number of at least {least}, not \"{text}\"."
            : $"The value of {name} must be a whole number from {least} to {most}, not \"{text}\".");
        return null;
    }

    private static double? ReadNumber(ArgumentResult result, string name, double least, double most)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(FormattableString.Invariant(
            $"The value of {name} must be a number from {least} to {most}, not \"{text}\"."));
        return null;
    }

    private Option<string?> Existing(
        string name, string value, string description, string what, Func<string, bool> exists)
    {
        var option = WithText(new Option<string?>(name), value, description);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !string.IsNullOrWhiteSpace(token.Value) && !exists(token.Value))
                result.AddError($"There is no {what} {token.Value} ({name}).");
        });
        return Add(option);
    }

    private T Add<T>(T option)
        where T : Option
    {
        Root.Options.Add(option);
        return option;
    }
}
