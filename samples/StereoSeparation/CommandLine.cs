using Nmf.Audio;

namespace StereoSeparation;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    private const int OwnVoices = 3;

    public string? WavFile { get; private init; }

    public int Sources { get; private init; } = OwnVoices;

    public ActivityTable? Activity { get; private init; }

    public MixingKind Mixing { get; private init; }

    public MultichannelMethod Method { get; private init; } = new ExpectationMaximization();

    public int Components { get; private init; } = 4;

    public double? FrameSeconds { get; private init; }

    public int? SampleRate { get; private init; }

    public int Iterations { get; private init; } = 200;

    public int Starts { get; private init; } = 1;

    public int Seed { get; private init; }

    public bool Synthetic { get; private init; }

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "stereo");

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static CommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var defaults = new CommandLine();
        var command = new SampleCommand(
            "StereoSeparation",
            """
            Takes a recording of several channels apart into the sources that are heard in it, each from its place.
            Without options it makes two stereo mixtures of three voices itself, panned on a desk and in a small room:
            recordings of ../shared/data/audio where that folder is present, else synthesised instruments. Each mixture
            is separated blind, and once more with a table of when each voice is heard.
            """);
        var wav = command.ExistingFile(
            "--wav", "FILE", "A recording of yours instead, of two or more channels");
        var sourcesOption = command.WholeNumber(
            "--sources", $"How many sources there are [default: {OwnVoices}]; without --wav at most {OwnVoices}",
            least: 1, most: 16);
        var activity = command.ExistingFile(
            "--activity", "FILE.csv",
            "When each source is heard: lines of source,from,to, numbered from 0, times in seconds (with --wav)");
        var instantaneous = command.Flag(
            "--instantaneous",
            "The recording was mixed on a desk, by levels alone, and not heard in a room (with --wav)");
        var method = command.OneOf(
            "--method",
            "em: expectation-maximisation; mu: multiplicative updates, which look at levels alone; fastmnmf: rooms, "
            + "sources from many directions; ilrma: rooms, as many sources as channels",
            "em", "em", "mu", "fastmnmf", "ilrma");
        var components = command.WholeNumber(
            "--components", "Components of each source: the chords or noises that it is made of", defaults.Components,
            least: 1, most: 100);
        var frame = command.Number(
            "--frame", "SECONDS",
            "Length of a frame, of which the nearest power of two is taken [default: 0.064; in rooms 0.128]",
            least: 0.01, most: 1);
        var rate = command.WholeNumber(
            "--rate", "Sample rate to work at, in Hz [default: that of the file]", least: 4000, most: 192_000);
        var iterations = command.WholeNumber(
            "--iterations", "Most iterations of a fit", defaults.Iterations, least: 1, most: 10_000);
        var starts = command.WholeNumber(
            "--starts", "Number of starts: the first is found blind, the others are random", defaults.Starts, least: 1,
            most: 50);
        var seed = command.WholeNumber("--seed", "Seed of random starts", defaults.Seed, least: 0);
        var synthetic = command.Flag("--synthetic", "Synthesised instruments in any case");
        var output = command.OutputFolder(
            "Where stereo.html, the sounds and the models are written", defaults.OutputFolder);
        if (command.Parse(arguments) is not { } asked)
            return null;
        var sources = asked.GetValue(sourcesOption);
        var parsed = new CommandLine
        {
            WavFile = asked.GetValue(wav), Sources = sources ?? OwnVoices,
            Activity = asked.GetValue(activity) is { } file ? ReadActivity(file) : null,
            Mixing = asked.GetValue(instantaneous) ? MixingKind.Instantaneous : defaults.Mixing,
            Method = MethodOf(asked.GetRequiredValue(method)), Components = asked.GetValue(components),
            FrameSeconds = asked.GetValue(frame), SampleRate = asked.GetValue(rate),
            Iterations = asked.GetValue(iterations), Starts = asked.GetValue(starts), Seed = asked.GetValue(seed),
            Synthetic = asked.GetValue(synthetic), OutputFolder = asked.GetRequiredValue(output),
        };
        if (parsed.WavFile is not null)
            return parsed.Synthetic
                ? throw new UserErrorException("--synthetic makes its own sounds: it does not go with --wav.")
                : parsed;
        if (parsed.Activity is not null || parsed.Mixing == MixingKind.Instantaneous || parsed.SampleRate is not null)
            throw new UserErrorException(
                "--activity, --instantaneous and --rate are about a recording: name it with --wav.");
        if (sources is > OwnVoices or 1)
            throw new UserErrorException($"The sample has two or {OwnVoices} voices of its own, not {sources}.");
        return sources is null && parsed.Method is IndependentLowRank ? parsed with { Sources = 2 } : parsed;
    }

    /// <summary>What is fitted, and how.</summary>
    /// <param name="mixing">How the sources are mixed.</param>
    /// <param name="activity">When each is heard, where that is known.</param>
    public MultichannelOptions Options(MixingKind mixing, ActivityTable? activity) => new()
    {
        Sources = Sources, ComponentsPerSource = Components, Mixing = mixing, Method = Method, Activity = activity,
        Iterations = new() { MaximumIterations = Iterations }, Starts = Starts, Seed = Seed,
    };

    /// <summary>The method in words.</summary>
    public string MethodName => Method switch
    {
        ExpectationMaximization => "Expectation-maximisation",
        MultiplicativeUpdates => "Multiplicative updates",
        FullRankCovariance => "FastMNMF2, covariances of full rank",
        _ => "Independent low-rank matrix analysis",
    };

    private static MultichannelMethod MethodOf(string name) => name switch
    {
        "em" => new ExpectationMaximization(), "mu" => new MultiplicativeUpdates(),
        "fastmnmf" => new FullRankCovariance(), _ => new IndependentLowRank(),
    };

    private static ActivityTable ReadActivity(string path)
    {
        try
        {
            return ActivityTable.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UserErrorException($"{path}: {e.Message}");
        }
    }
}
