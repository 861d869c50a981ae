using Restoration.Analysis;

namespace Restoration;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        Takes an old mono recording apart and puts it together again in stereo, without its noise.

          dotnet run -c Release --project samples/Restoration [-- options]

        Without options it takes a trio with hiss and crackle: sampled instruments where ../shared/data is present,
        else synthesised ones. The recording becomes components; components become groups; every group gets a place
        between the left and the right; components that are in no group are dropped.

          --wav FILE           a recording of yours instead; several channels are mixed into one
          --synthetic          the synthesised trio in any case
          --components NUMBER  number of components, 2 to 60 (10)
          --groups LIST        your groups, such as "1,3;2,4,5": numbers as in the report, groups separated by ";".
                               What is not named is dropped as noise. Without it the program guesses, from noisiness,
                               spectra and simultaneity; listen to the components in the report, choose groups in
                               its table, and it says the list
          --parts NUMBER       how many groups to guess, 1 to 8 (3)
          --pan LIST           place of each group from -1 (left) to 1 (right), such as "-0.6;0.1;0.6";
                               without it evenly from left to right
          --frame SECONDS      length of a frame, 0.01 to 0.5 (0.09): long ones tell notes apart, short ones strokes
          --starts NUMBER      number of random starts, 1 to 50 (3); the best is kept
          --iterations NUMBER  most iterations of a fit, 1 to 10000 (150)
          --output FOLDER      where restoration.html and the sounds are written (artifacts/restoration)
          --help               this text
        """;

    /// <summary>How many groups there can be.</summary>
    public const int MostGroups = 8;

    public string? WavFile { get; private init; }

    public bool Synthetic { get; private init; }

    public int Components { get; private init; } = 10;

    public IReadOnlyList<int[]>? Groups { get; private init; }

    public int Parts { get; private init; } = 3;

    public IReadOnlyList<double>? Places { get; private init; }

    public double FrameSeconds { get; private init; } = 0.09;

    public int Starts { get; private init; } = 3;

    public int Iterations { get; private init; } = 150;

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "restoration");

    public bool Help { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown, without a value, or its value
    /// makes no sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine();
        var (groups, places) = (default(string), default(string));
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--wav" => parsed with { WavFile = reader.ExistingFile() },
                "--synthetic" => parsed with { Synthetic = true },
                "--components" => parsed with { Components = reader.WholeNumber(2, 60) },
                "--groups" => Note(ref groups, reader.Text()),
                "--parts" => parsed with { Parts = reader.WholeNumber(1, MostGroups) },
                "--pan" => Note(ref places, reader.Text()),
                "--frame" => parsed with { FrameSeconds = reader.Number(0.01, 0.5) },
                "--starts" => parsed with { Starts = reader.WholeNumber(1, 50) },
                "--iterations" => parsed with { Iterations = reader.WholeNumber(1, 10_000) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        // Groups and places are checked against each other, whichever comes first.
        parsed = parsed with { Groups = groups is null ? null : GroupList.Parse(groups, parsed.Components) };
        return parsed with { Places =
            places is null ? null : GroupList.ParsePlaces(places, parsed.Groups?.Count ?? parsed.Parts) };

        CommandLine Note(ref string? option, string text)
        {
            option = text;
            return parsed;
        }
    }
}
