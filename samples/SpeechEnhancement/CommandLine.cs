namespace SpeechEnhancement;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public string? WavFile { get; private init; }

    public bool Synthetic { get; private init; }

    public bool Full { get; private init; }

    public bool Validation { get; private init; }

    public int Seed { get; private init; }

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "enhancement");

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static CommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var defaults = new CommandLine();
        var command = new SampleCommand(
            "SpeechEnhancement",
            """
            Takes helicopters out of speech: with spectra learnt from clean speech of other people (nonnegative matrix
            factorisation, and a nonnegative dynamical system), and with a spectral estimator that learns nothing.
            Without options it takes the recordings of ../shared/data/audio where that folder is present, else sounds
            that it synthesises.
            """);
        var wav = command.ExistingFile(
            "--wav", "FILE",
            "A noisy recording of yours instead of mixtures, at any sample rate; several channels are mixed into one");
        var synthetic = command.Flag("--synthetic", "Synthesised sounds in any case");
        var full = command.Flag("--full", "Every helicopter, in the place of one of each recording");
        var validation = command.Flag(
            "--validation",
            "What settings were chosen by: speakers and helicopters that are not those of the test (needs the "
            + "recordings; no report)");
        var seed = command.WholeNumber("--seed", "Seed of the factorisations", defaults.Seed, least: 0);
        var output = command.OutputFolder("Where enhancement.html and the sounds are written", defaults.OutputFolder);
        if (command.Parse(arguments) is not { } asked)
            return null;
        var parsed = new CommandLine
        {
            WavFile = asked.GetValue(wav), Synthetic = asked.GetValue(synthetic), Full = asked.GetValue(full),
            Validation = asked.GetValue(validation), Seed = asked.GetValue(seed),
            OutputFolder = asked.GetRequiredValue(output),
        };
        if (parsed.WavFile is not null && (parsed.Validation || parsed.Full))
            throw new UserErrorException("--wav is one recording: it does not go with --validation or --full.");
        return parsed.Validation && (parsed.Synthetic || parsed.Full)
            ? throw new UserErrorException(
                "--validation has sounds of its own: it does not go with --synthetic or --full.")
            : parsed;
    }
}
