namespace AutomaticRelevance;

/// <summary>What the user asked for.</summary>
internal sealed record Options
{
    public const string Usage = """
        Finds parts, and how many there are, by automatic relevance determination: of swimmers in noisy pictures,
        and of a piano's sound.

          dotnet run -c Release --project samples/AutomaticRelevance [-- options]

          --full            swimmers: ten shapes of the prior and ten seeds instead of three and two, the half-normal
                            prior too; piano: ten seeds of four starts instead of two of three, more iterations
          --recording       a sampled piano from ../shared/data (where that folder is present) instead of the
                            synthesised one
          --wav FILE        a recording of yours instead of the piano, and no swimmers; it is brought to 22050 Hz and
                            one channel, as the piano has
          --part NAME       swimmers or piano alone; or comparison: the rank and the held-out perplexity of counts
                            beside maximum marginal likelihood, ten seeds
          --output FOLDER   where relevance.html is written (artifacts)
          --help            this text
        """;

    public bool Full { get; private init; }

    public bool Recording { get; private init; }

    public string? WavFile { get; private init; }

    public bool Swimmers { get; private init; } = true;

    public bool Piano { get; private init; } = true;

    public bool Compares { get; private init; }

    public string OutputFolder { get; private init; } = "artifacts";

    public bool Help { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown or has no value.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new Options();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--full" => parsed with { Full = true },
                "--recording" => parsed with { Recording = true },
                "--wav" => parsed with { WavFile = reader.ExistingFile() },
                "--part" => reader.OneOf("swimmers", "piano", "comparison") switch
                {
                    "piano" => parsed with { Swimmers = false },
                    "swimmers" => parsed with { Piano = false },
                    _ => parsed with { Swimmers = false, Piano = false, Compares = true },
                },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        if (parsed.WavFile is null)
            return parsed;
        if (parsed.Recording)
            throw new UserErrorException("--wav and --recording each name a recording: choose one.");
        return parsed.Piano
            ? parsed with { Swimmers = false }
            : throw new UserErrorException("--wav is a sound: it does not go with --part swimmers.");
    }
}
