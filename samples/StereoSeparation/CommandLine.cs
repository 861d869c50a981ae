using Nmf.Audio;

namespace StereoSeparation;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        Takes a recording of several channels apart into the sources that are heard in it, each from its place.

          dotnet run -c Release --project samples/StereoSeparation [-- options]

        Without options it makes two stereo mixtures of three voices itself, panned on a desk and in a small room:
        recordings of ../shared/data/audio where that folder is present, else synthesised instruments. Each mixture is
        separated blind, and once more with a table of when each voice is heard.

          --wav FILE           a recording of yours instead, of two or more channels
          --sources NUMBER     how many sources there are, 1 to 16 (3; without --wav at most 3)
          --activity FILE.csv  when each source is heard: lines of source,from,to, numbered from 0, times in seconds
                               (with --wav)
          --instantaneous      the recording was mixed on a desk, by levels alone, and not heard in a room (with --wav)
          --method NAME        em (expectation-maximisation), mu (multiplicative updates, which look at levels alone),
                               fastmnmf (rooms: sources from many directions) or ilrma (rooms: as many sources as
                               channels) (em)
          --components NUMBER  components of each source, 1 to 100 (4): the chords or noises that it is made of
          --frame SECONDS      length of a frame, 0.01 to 1 (0.064; in rooms 0.128); the nearest power of two is taken
          --rate HERTZ         sample rate to work at, 4000 to 192000 (that of the file)
          --iterations NUMBER  most iterations of a fit, 1 to 10000 (200)
          --starts NUMBER      number of starts, 1 to 50 (1): the first is found blind, the others are random
          --seed NUMBER        seed of random starts (0)
          --synthetic          synthesised instruments in any case
          --output FOLDER      where stereo.html, the sounds and the models are written (artifacts/stereo)
          --help               this text
        """;

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

    public bool Help { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown, without a value, or its value makes no
    /// sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine();
        var sources = default(int?);
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--wav" => parsed with { WavFile = reader.ExistingFile() },
                "--sources" => parsed with { Sources = (sources = reader.WholeNumber(1, 16)).Value },
                "--activity" => parsed with { Activity = ReadActivity(reader.ExistingFile()) },
                "--instantaneous" => parsed with { Mixing = MixingKind.Instantaneous },
                "--method" => parsed with { Method = MethodOf(reader.OneOf("em", "mu", "fastmnmf", "ilrma")) },
                "--components" => parsed with { Components = reader.WholeNumber(1, 100) },
                "--frame" => parsed with { FrameSeconds = reader.Number(0.01, 1) },
                "--rate" => parsed with { SampleRate = reader.WholeNumber(4000, 192_000) },
                "--iterations" => parsed with { Iterations = reader.WholeNumber(1, 10_000) },
                "--starts" => parsed with { Starts = reader.WholeNumber(1, 50) },
                "--seed" => parsed with { Seed = reader.WholeNumber(0) },
                "--synthetic" => parsed with { Synthetic = true },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

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
