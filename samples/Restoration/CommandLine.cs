using Restoration.Analysis;

namespace Restoration;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record CommandLine
{
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

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static CommandLine? Parse(IReadOnlyList<string> arguments)
    {
        var defaults = new CommandLine();
        var command = new SampleCommand(
            "Restoration",
            """
            Takes an old mono recording apart and puts it together again in stereo, without its noise.
            Without options it takes a trio with hiss and crackle: sampled instruments where ../shared/data is present,
            else synthesised ones. The recording becomes components; components become groups; every group gets a place
            between the left and the right; components that are in no group are dropped.
            """);
        var wav = command.ExistingFile(
            "--wav", "FILE", "A recording of yours instead; several channels are mixed into one");
        var synthetic = command.Flag("--synthetic", "The synthesised trio in any case");
        var components = command.WholeNumber(
            "--components", "Number of components", defaults.Components, least: 2, most: 60);
        var groupsOption = command.Text(
            "--groups", "LIST",
            "Your groups, such as \"1,3;2,4,5\": numbers as in the report, groups separated by \";\". What is "
            + "not named is dropped as noise. Without it the program guesses, from noisiness, spectra and "
            + "simultaneity; listen to the components in the report, choose groups in its table, and it says the list");
        var parts = command.WholeNumber(
            "--parts", "How many groups to guess", defaults.Parts, least: 1, most: MostGroups);
        var places = command.Text(
            "--pan", "LIST",
            "Place of each group from -1 (left) to 1 (right), such as \"-0.6;0.1;0.6\"; without it evenly from left to "
            + "right");
        var frame = command.Number(
            "--frame", "SECONDS", "Length of a frame: long ones tell notes apart, short ones strokes",
            defaults.FrameSeconds, least: 0.01, most: 0.5);
        var starts = command.WholeNumber(
            "--starts", "Number of random starts; the best is kept", defaults.Starts, least: 1, most: 50);
        var iterations = command.WholeNumber(
            "--iterations", "Most iterations of a fit", defaults.Iterations, least: 1, most: 10_000);
        var output = command.OutputFolder("Where restoration.html and the sounds are written", defaults.OutputFolder);
        if (command.Parse(arguments) is not { } asked)
            return null;

        // Groups and places are checked against each other, whichever comes first.
        var groups = asked.GetValue(groupsOption) is { } list
            ? GroupList.Parse(list, asked.GetValue(components))
            : null;
        return new CommandLine
        {
            WavFile = asked.GetValue(wav), Synthetic = asked.GetValue(synthetic),
            Components = asked.GetValue(components), Groups = groups, Parts = asked.GetValue(parts),
            Places = asked.GetValue(places) is { } pan
                ? GroupList.ParsePlaces(pan, groups?.Count ?? asked.GetValue(parts))
                : null,
            FrameSeconds = asked.GetValue(frame), Starts = asked.GetValue(starts),
            Iterations = asked.GetValue(iterations), OutputFolder = asked.GetRequiredValue(output),
        };
    }
}
