using MLNmf.Tool.Input;

namespace TopicModel;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string DefaultSentence = "encrypt a file with a password and verify its signature";

    public string? DataFile { get; private init; }

    /// <summary>Which columns of <see cref="DataFile"/>, and what is unusual about it.</summary>
    public TextOptions File { get; private init; } = new();

    public int Topics { get; private init; } = 30;

    public int Seed { get; private init; } = 1;

    public string OutputFolder { get; private init; } = "artifacts";

    /// <summary>The question, or null for <see cref="DefaultSentence"/> or, with <see cref="DataFile"/>,
    /// one of its texts.</summary>
    public string? Sentence { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Where help is written; the console without one.</param>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value
    /// makes no sense.</exception>
    public static CommandLine? Parse(IReadOnlyList<string> arguments, TextWriter? output = null)
    {
        var defaults = new CommandLine();
        var command = new SampleCommand(
            "TopicModel",
            """
            Finds the topics of a collection of texts with nonnegative matrix factorisation.
            Without options it reads the API documentation that comes with the .NET SDK.
            """);
        var sentence = command.Text(
            "--sentence", "TEXT",
            "Sentence whose topics are shown at the end (with --data, one of the texts that was not learnt from)");
        var topics = command.WholeNumber("--topics", "Number of topics", defaults.Topics, least: 2, most: 500);
        var seed = command.WholeNumber("--seed", "Seed of everything random", defaults.Seed, least: 0);
        var folder = command.OutputFolder(
            "Where topics.zip, topics.html and topics-explorer.html are written", defaults.OutputFolder);
        var data = command.ExistingFile(
            "--data", "FILE", "Your own texts: a .csv or .tsv file, one text per row");
        var file = TextOptions.AddTo(command.Root, isTable: true);
        if (command.Parse(arguments, output) is not { } asked)
            return null;
        var parsed = new CommandLine
        {
            Sentence = asked.GetValue(sentence), Topics = asked.GetValue(topics), Seed = asked.GetValue(seed),
            OutputFolder = asked.GetRequiredValue(folder), DataFile = asked.GetValue(data),
            File = file(asked),
        };
        return parsed.DataFile is null && parsed.File != new TextOptions()
            ? throw new UserErrorException(
                "The options --column, --class, --delimiter, --no-header, --no-quotes and --encoding describe a file: "
                + "they need --data FILE.")
            : parsed;
    }
}
