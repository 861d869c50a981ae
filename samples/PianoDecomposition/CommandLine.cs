namespace PianoDecomposition;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        Decomposes piano music into its notes with nonnegative matrix factorisation.

          dotnet run -c Release --project samples/PianoDecomposition [-- options]

        Without options it synthesises a sequence of four notes (C♯4 F4 G♯4 C5: all together, then every pair) and
        decomposes that.

          --wav FILE           a recording of yours instead; several channels are mixed into one
          --recording          the same sequence on a sampled piano, from ../shared/data (where that folder is present)
          --components NUMBER  number of components, 2 to 40 (8)
          --seeds NUMBER       number of starts of each method, 1 to 100 (10)
          --iterations NUMBER  most iterations of a fit, 1 to 10000 (200)
          --output FOLDER      where piano.html and the sounds are written (artifacts/piano)
          --help               this text
        """;

    public string? WavFile { get; private init; }

    public bool Recording { get; private init; }

    public int Components { get; private init; } = 8;

    public int Seeds { get; private init; } = 10;

    public int Iterations { get; private init; } = 200;

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "piano");

    public bool Help { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown, without a value, or its value
    /// makes no sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--help" => parsed with { Help = true },
                "--recording" => parsed with { Recording = true },
                "--wav" => parsed with { WavFile = reader.Text() },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--components" => parsed with { Components = reader.WholeNumber(2, 40) },
                "--seeds" => parsed with { Seeds = reader.WholeNumber(1, 100) },
                "--iterations" => parsed with { Iterations = reader.WholeNumber(1, 10_000) },
                _ => throw reader.Unknown(),
            };
        }

        return parsed.Recording && parsed.WavFile is not null
            ? throw new UserErrorException("--wav and --recording each name a recording: choose one.")
            : parsed;
    }
}
