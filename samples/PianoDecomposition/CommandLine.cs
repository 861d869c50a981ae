namespace PianoDecomposition;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public string? WavFile { get; private init; }

    public bool Recording { get; private init; }

    public int Components { get; private init; } = 8;

    public int Seeds { get; private init; } = 10;

    public int Iterations { get; private init; } = 200;

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "piano");

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static CommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var defaults = new CommandLine();
        var command = new SampleCommand(
            "PianoDecomposition",
            """
            Decomposes piano music into its notes with nonnegative matrix factorisation.
            Without options it synthesises a sequence of four notes (C♯4 F4 G♯4 C5: all together, then every pair) and
            decomposes that.
            """);
        var wav = command.ExistingFile(
            "--wav", "FILE", "A recording of yours instead; several channels are mixed into one");
        var recording = command.Flag(
            "--recording",
            "The same sequence on a sampled piano, from ../shared/data (where that folder is present)");
        var components = command.WholeNumber(
            "--components", "Number of components", defaults.Components, least: 2, most: 40);
        var seeds = command.WholeNumber(
            "--seeds", "Number of starts of each method", defaults.Seeds, least: 1, most: 100);
        var iterations = command.WholeNumber(
            "--iterations", "Most iterations of a fit", defaults.Iterations, least: 1, most: 10_000);
        var output = command.OutputFolder("Where piano.html and the sounds are written", defaults.OutputFolder);
        if (command.Parse(arguments) is not { } asked)
            return null;
        var parsed = new CommandLine
        {
            WavFile = asked.GetValue(wav), Recording = asked.GetValue(recording),
            Components = asked.GetValue(components), Seeds = asked.GetValue(seeds),
            Iterations = asked.GetValue(iterations), OutputFolder = asked.GetRequiredValue(output),
        };
        return parsed.Recording && parsed.WavFile is not null
            ? throw new UserErrorException("--wav and --recording each name a recording: choose one.")
            : parsed;
    }
}
