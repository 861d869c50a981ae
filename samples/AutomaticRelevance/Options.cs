namespace AutomaticRelevance;

/// <summary>What the user asked for.</summary>
internal sealed record Options
{
    public bool Full { get; private init; }

    public bool Recording { get; private init; }

    public string? WavFile { get; private init; }

    public bool Swimmers { get; private init; }

    public bool Piano { get; private init; }

    public bool Compares { get; private init; }

    public required string OutputFolder { get; init; }

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var command = new SampleCommand(
            "AutomaticRelevance",
            """
            Finds parts, and how many there are, by automatic relevance determination: of swimmers in noisy pictures,
            and of a piano's sound.
            """);
        var full = command.Flag(
            "--full",
            "Swimmers: ten shapes of the prior and ten seeds instead of three and two, the half-normal prior too; "
            + "piano: ten seeds of four starts instead of two of three, more iterations");
        var recording = command.Flag(
            "--recording",
            "A sampled piano from ../shared/data (where that folder is present) instead of the synthesised one");
        var wav = command.ExistingFile(
            "--wav", "FILE",
            "A recording of yours instead of the piano, and no swimmers; it is brought to 22050 Hz and one channel, as "
            + "the piano has");
        var part = command.OneOf(
            "--part",
            "Swimmers or piano alone; or comparison: the rank and the held-out perplexity of counts beside maximum "
            + "marginal likelihood, ten seeds",
            ["swimmers", "piano", "comparison"]);
        var output = command.OutputFolder("Where relevance.html is written");
        if (command.Parse(arguments) is not { } asked)
            return null;
        var name = asked.GetValue(part);
        var parsed = new Options
        {
            Full = asked.GetValue(full), Recording = asked.GetValue(recording), WavFile = asked.GetValue(wav),
            Swimmers = name is null or "swimmers", Piano = name is null or "piano", Compares = name == "comparison",
            OutputFolder = asked.GetRequiredValue(output),
        };
        if (parsed.WavFile is null)
            return parsed;
        if (parsed.Recording)
            throw new UserErrorException("--wav and --recording each name a recording: choose one.");
        return parsed.Piano
            ? parsed with { Swimmers = false }
            : throw new UserErrorException("--wav is a sound: it does not go with --part swimmers.");
    }
}
