namespace OnlineTopics;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        Learns topics from a stream of texts, with checkpoints, and brings them up to date with texts that come later.

          dotnet run -c Release --project samples/OnlineTopics [-- options]

        Without options it reads the API documentation that comes with the .NET SDK; what comes later are namespaces
        that were not there before.

          --data FILE              your own texts: a .csv or .tsv file, one text per row; the classes that are last in
                                   the alphabet come later, or without classes the last rows
          --text-column COLUMN     name or number (from 0) of the column with the texts
          --label-column COLUMN    name or number of the column with the classes
          --topics NUMBER          number of topics, 2 to 500 (30)
          --batch NUMBER           texts of a batch, 10 to 100000 (512)
          --seed NUMBER            seed of everything random (1)
          --output FOLDER          where online-topics.html is written (artifacts)
          --help                   this text
        """;

    public string? DataFile { get; private init; }

    public string? TextColumn { get; private init; }

    public string? LabelColumn { get; private init; }

    public int Topics { get; private init; } = 30;

    public int BatchSize { get; private init; } = 512;

    public int Seed { get; private init; } = 1;

    public string OutputFolder { get; private init; } = "artifacts";

    public bool Help { get; private init; }

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
                "--data" => parsed with { DataFile = reader.ExistingFile() },
                "--text-column" => parsed with { TextColumn = reader.Text() },
                "--label-column" => parsed with { LabelColumn = reader.Text() },
                "--topics" => parsed with { Topics = reader.WholeNumber(2, 500) },
                "--batch" => parsed with { BatchSize = reader.WholeNumber(10, 100_000) },
                "--seed" => parsed with { Seed = reader.WholeNumber(0) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        return parsed;
    }
}
