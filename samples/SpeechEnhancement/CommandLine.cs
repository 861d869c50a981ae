namespace SpeechEnhancement;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        Takes helicopters out of speech: with spectra learnt from clean speech of other people (nonnegative matrix
        factorisation, and a nonnegative dynamical system), and with a spectral estimator that learns nothing.

          dotnet run -c Release --project samples/SpeechEnhancement [-- options]

        Without options it takes the recordings of ../shared/data/audio where that folder is present,
        else sounds that it synthesises.

          --wav FILE       a noisy recording of yours instead of mixtures, at any sample rate; several channels are
                           mixed into one
          --synthetic      synthesised sounds in any case
          --full           every helicopter, in the place of one of each recording
          --validation     what settings were chosen by: speakers and helicopters that are not those of the test
                           (needs the recordings; no report)
          --seed NUMBER    seed of the factorisations (0)
          --output FOLDER  where enhancement.html and the sounds are written (artifacts/enhancement)
          --help           this text
        """;

    public string? WavFile { get; private init; }

    public bool Synthetic { get; private init; }

    public bool Full { get; private init; }

    public bool Validation { get; private init; }

    public int Seed { get; private init; }

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "enhancement");

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
                "--wav" => parsed with { WavFile = reader.ExistingFile() },
                "--synthetic" => parsed with { Synthetic = true },
                "--full" => parsed with { Full = true },
                "--validation" => parsed with { Validation = true },
                "--seed" => parsed with { Seed = reader.WholeNumber(0) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                _ => throw reader.Unknown(),
            };
        }

        if (parsed.WavFile is not null && (parsed.Validation || parsed.Full))
            throw new UserErrorException("--wav is one recording: it does not go with --validation or --full.");
        return parsed.Validation && (parsed.Synthetic || parsed.Full)
            ? throw new UserErrorException(
                "--validation has sounds of its own: it does not go with --synthetic or --full.")
            : parsed;
    }
}
