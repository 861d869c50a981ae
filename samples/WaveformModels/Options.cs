namespace WaveformModels;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record Options
{
    public string Part { get; private init; } = "all";

    public string? Folder { get; private init; }

    public IReadOnlyList<double> NoiseLevels { get; private init; } = [0, 10, 20];

    public int Rank { get; private init; } = 20;

    public double FrameSeconds { get; private init; } = 0.08;

    public int Iterations { get; private init; } = 80;

    public int Size { get; private init; } = 256;

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "waveforms");

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var defaults = new Options();
        var command = new SampleCommand(
            "WaveformModels",
            """
            Models of the waveform itself: recordings as sums of layers that are synthesised from coefficients, beside
            noise; and transforms that are learnt from the frames of a recording.
            """);
        var part = command.OneOf(
            "--part", "What is computed", defaults.Part, "denoise", "layers", "transform", "all");
        var folder = command.ExistingFolder(
            "--folder", "FOLDER",
            "Denoise the WAV files of a folder and of the folders in it, whole, in place of a piano");
        var noise = command.Number(
            "--noise", "DECIBELS", "Level of the noise below the recordings; without it 0, 10 and 20", least: -20,
            most: 60);
        var rank = command.WholeNumber("--rank", "Components of a layer", defaults.Rank, least: 1, most: 200);
        var frame = command.Number(
            "--frame", "SECONDS", "Frames have the next power of two of samples", defaults.FrameSeconds, least: 0.005,
            most: 0.5);
        var iterations = command.WholeNumber(
            "--iterations", "Iterations", defaults.Iterations, least: 1, most: 10_000);
        var size = command.WholeNumber(
            "--size", "Samples of the frames whose transform is learnt", defaults.Size, least: 8, most: 1024);
        var output = command.OutputFolder("Where waveforms.html and the sounds are written", defaults.OutputFolder);
        if (command.Parse(arguments) is not { } asked)
            return null;
        return new Options
        {
            Part = asked.GetRequiredValue(part), Folder = asked.GetValue(folder),
            NoiseLevels = asked.GetValue(noise) is { } level ? [level] : defaults.NoiseLevels,
            Rank = asked.GetValue(rank), FrameSeconds = asked.GetValue(frame),
            Iterations = asked.GetValue(iterations), Size = asked.GetValue(size),
            OutputFolder = asked.GetRequiredValue(output),
        };
    }

    /// <summary>Whether a part is wanted.</summary>
    public bool Wants(string part) => Part == "all" || Part == part;

    /// <summary>Samples of a frame.</summary>
    public int FrameLength(int sampleRate)
        => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(FrameSeconds * sampleRate));
}
