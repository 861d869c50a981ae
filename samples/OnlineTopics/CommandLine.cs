using MLNmf.Tool.Input;

namespace OnlineTopics;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public string? DataFile { get; private init; }

    /// <summary>Which columns of <see cref="DataFile"/>, and what is unusual about it.</summary>
    public TextOptions File { get; private init; } = new();

    public int Topics { get; private init; } = 30;

    public int BatchSize { get; private init; } = 512;

    public int Seed { get; private init; } = 1;

    public string OutputFolder { get; private init; } = "artifacts";

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static CommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var defaults = new CommandLine();
        var command = new SampleCommand(
            "OnlineTopics",
            """
            Learns topics from a stream of texts, with checkpoints, and brings them up to date with texts that come
            later.
            Without options it reads the API documentation that comes with the .NET SDK; what comes later are namespaces
            that were not there before.
            """);
        var data = command.ExistingFile(
            "--data", "FILE",
            "Your own texts: a .csv or .tsv file, one text per row; the classes that are last in the alphabet come "
            + "later, or without classes the last rows");
        var file = TextOptions.AddTo(command.Root, isTable: true);
        var topics = command.WholeNumber("--topics", "Number of topics", defaults.Topics, least: 2, most: 500);
        var batch = command.WholeNumber("--batch", "Texts of a batch", defaults.BatchSize, least: 10, most: 100_000);
        var seed = command.WholeNumber("--seed", "Seed of everything random", defaults.Seed, least: 0);
        var output = command.OutputFolder("Where online-topics.html is written", defaults.OutputFolder);
        if (command.Parse(arguments) is not { } asked)
            return null;
        return new CommandLine
        {
            DataFile = asked.GetValue(data), File = file(asked), Topics = asked.GetValue(topics),
            BatchSize = asked.GetValue(batch), Seed = asked.GetValue(seed),
            OutputFolder = asked.GetRequiredValue(output),
        };
    }
}
