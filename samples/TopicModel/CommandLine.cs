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
          --output FOLDER          where topics.zip, topics.html and topics-explorer.html are written (artifacts)

          --data FILE              your own texts: a .csv or .tsv file, one text per row
          --text-column COLUMN     name or number (from 0) of the column with the texts
                                   (a column named text, else the one with the longest entries)
          --label-column COLUMN    name or number of the column with the classes
                                   (a column named label, if there is one)
          --header yes|no|auto     whether the first row holds the names of the columns (auto)
          --quotes yes|no          whether quotation marks enclose fields (yes); no where they belong to the texts

          --help                   this text
        """;

    public string? DataFile { get; private init; }

    public string? TextColumn { get; private init; }

    public string? LabelColumn { get; private init; }

    /// <summary>Whether the first row of <see cref="DataFile"/> is a header, or null to find out.</summary>
    public bool? Header { get; private init; }

    /// <summary>Whether quotation marks in <see cref="DataFile"/> enclose fields; otherwise they are text.</summary>
    public bool Quotes { get; private init; } = true;

    public int Topics { get; private init; } = 30;

    public int Seed { get; private init; } = 1;

    public string OutputFolder { get; private init; } = "artifacts";

    /// <summary>The question, or null for <see cref="DefaultSentence"/> or, with <see cref="DataFile"/>,
    /// one of its texts.</summary>
    public string? Sentence { get; private init; }

    public bool Help { get; private init; }

    private bool DescribesFile => TextColumn is not null || LabelColumn is not null || Header is not null || !Quotes;

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value
    /// makes no sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--data" => parsed with { DataFile = reader.Text() },
                "--text-column" => parsed with { TextColumn = reader.Text() },
                "--label-column" => parsed with { LabelColumn = reader.Text() },
                "--header" => parsed with { Header =
                    reader.OneOf("yes", "no", "auto") switch { "yes" => true, "no" => false, _ => null } },
                "--quotes" => parsed with { Quotes = reader.OneOf("yes", "no") == "yes" },
                "--topics" => parsed with { Topics = reader.WholeNumber(2, 500) },
                "--seed" => parsed with { Seed = reader.WholeNumber(0) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--sentence" => parsed with { Sentence = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        return parsed.DataFile is null && parsed.DescribesFile
            ? throw new UserErrorException(
                "The options --text-column, --label-column, --header and --quotes describe a file: "
                + "they need --data FILE.")
            : parsed;
    }
}
