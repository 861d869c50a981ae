using System.Globalization;

namespace TopicModel;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string DefaultSentence = "encrypt a file with a password and verify its signature";

    public const string Usage = """
        Finds the topics of a collection of texts with nonnegative matrix factorisation.

          dotnet run -c Release --project samples/TopicModel [-- options]

        Without options it reads the API documentation that comes with the .NET SDK.

          --sentence TEXT          sentence whose topics are shown at the end
                                   (with --data, one of the texts that was not learnt from)
          --topics NUMBER          number of topics, 2 to 500 (30)
          --seed NUMBER            seed of everything random (1)
          --output FOLDER          where topics.zip and topics.html are written (artifacts)

          --data FILE              your own texts: a .csv or .tsv file, one text per row
          --text-column COLUMN     name or number (from 0) of the column with the texts
                                   (a column named text, else the one with the longest entries)
          --label-column COLUMN    name or number of the column with the classes
                                   (a column named label, if there is one)
          --header yes|no|auto     whether the first row holds the names of the columns (auto)

          --help                   this text
        """;

    public string? DataFile { get; private init; }

    public string? TextColumn { get; private init; }

    public string? LabelColumn { get; private init; }

    /// <summary>Whether the first row of <see cref="DataFile"/> is a header, or null to find out.</summary>
    public bool? Header { get; private init; }

    public int Topics { get; private init; } = 30;

    public int Seed { get; private init; } = 1;

    public string OutputFolder { get; private init; } = "artifacts";

    /// <summary>The question, or null for <see cref="DefaultSentence"/> or, with <see cref="DataFile"/>, one of its texts.</summary>
    public string? Sentence { get; private init; }

    public bool Help { get; private init; }

    /// <summary>Reads the options; both <c>--name value</c> and <c>--name=value</c> will do.</summary>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine();
        var seen = new HashSet<string>();
        var i = 0;
        for (; i < arguments.Count; i++)
        {
            var (name, value) = SplitAtEqualsSign(arguments[i]);
            if (!seen.Add(name))
                throw new UserErrorException($"The option {name} is given twice.");
            if (name is "--help" or "-h" or "-?")
            {
                parsed = parsed with { Help = true };
                continue;
            }

            parsed = parsed.With(name, () => value ?? Next(name));
        }

        if (parsed.DataFile is null && (parsed.TextColumn ?? parsed.LabelColumn ?? parsed.Header?.ToString()) is not null)
            throw new UserErrorException("The options --text-column, --label-column and --header describe a file: they need --data FILE.");
        return parsed;

        // What looks like an option is one: a value that begins with two hyphens takes the form --name=value.
        string Next(string name) => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)
            ? arguments[++i]
            : throw new UserErrorException($"The option {name} needs a value.");
    }

    private CommandLine With(string name, Func<string> value) => name switch
    {
        "--data" => this with { DataFile = NotEmpty(name, value()) },
        "--text-column" => this with { TextColumn = NotEmpty(name, value()) },
        "--label-column" => this with { LabelColumn = NotEmpty(name, value()) },
        "--header" => this with { Header = YesNoOrAuto(name, value()) },
        "--topics" => this with { Topics = Integer(name, value(), 2, 500) },
        "--seed" => this with { Seed = Integer(name, value(), 0, int.MaxValue) },
        "--output" => this with { OutputFolder = NotEmpty(name, value()) },
        "--sentence" => this with { Sentence = NotEmpty(name, value()) },
        _ => throw new UserErrorException($"There is no option \"{name}\". Try --help."),
    };

    private static (string Name, string? Value) SplitAtEqualsSign(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return argument.StartsWith("--", StringComparison.Ordinal) && equals > 0 ? (argument[..equals], argument[(equals + 1)..]) : (argument, null);
    }

    private static string NotEmpty(string name, string value)
        => string.IsNullOrWhiteSpace(value) ? throw new UserErrorException($"The value of {name} is empty.") : value;

    private static bool? YesNoOrAuto(string name, string value) => value switch
    {
        "yes" => true,
        "no" => false,
        "auto" => null,
        _ => throw new UserErrorException($"The value of {name} must be yes, no or auto, not \"{value}\"."),
    };

    private static int Integer(string name, string value, int least, int most)
        => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UserErrorException(most == int.MaxValue
                ? $"The value of {name} must be a whole number of at least {least}, not \"{value}\"."
                : $"The value of {name} must be a whole number from {least} to {most}, not \"{value}\".");
}
