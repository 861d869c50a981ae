namespace WaveformModels;

/// <summary>What the user asked for. Immutable.</summary>
internal sealed record Options
{
    public const string Usage = """
        Models of the waveform itself: recordings as sums of layers that are synthesised from coefficients, beside
        noise; and transforms that are learnt from the frames of a recording.

          dotnet run -c Release --project samples/WaveformModels [-- options]

          --part NAME        denoise, layers, transform, or all (all)
          --folder FOLDER    denoise the WAV files of a folder and of the folders in it, whole, in place of a piano
          --noise DECIBELS   level of the noise below the recordings, -20 to 60; without it 0, 10 and 20
          --rank NUMBER      components of a layer, 1 to 200 (20)
          --frame SECONDS    frames have the next power of two of samples, 0.005 to 0.5 (0.08)
          --iterations N     iterations, 1 to 10000 (80)
          --size NUMBER      samples of the frames whose transform is learnt, 8 to 1024 (256)
          --output FOLDER    where waveforms.html and the sounds are written (artifacts/waveforms)
          --help             this text
        """;

    public string Part { get; private init; } = "all";

    public string? Folder { get; private init; }

    public IReadOnlyList<double> NoiseLevels { get; private init; } = [0, 10, 20];

    public int Rank { get; private init; } = 20;

    public double FrameSeconds { get; private init; } = 0.08;

    public int Iterations { get; private init; } = 80;

    public int Size { get; private init; } = 256;

    public string OutputFolder { get; private init; } = Path.Combine("artifacts", "waveforms");

    public bool Help { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UserErrorException">An option is unknown, without a value, or its value makes no
    /// sense.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new Options();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--part" => parsed with { Part = reader.OneOf("denoise", "layers", "transform", "all") },
                "--folder" => parsed with { Folder = reader.ExistingFolder() },
                "--noise" => parsed with { NoiseLevels = [reader.Number(-20, 60)] },
                "--rank" => parsed with { Rank = reader.WholeNumber(1, 200) },
                "--frame" => parsed with { FrameSeconds = reader.Number(0.005, 0.5) },
                "--iterations" => parsed with { Iterations = reader.WholeNumber(1, 10_000) },
                "--size" => parsed with { Size = reader.WholeNumber(8, 1024) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        return parsed;
    }

    /// <summary>Whether a part is wanted.</summary>
    public bool Wants(string part) => Part == "all" || Part == part;

    /// <summary>Samples of a frame.</summary>
    public int FrameLength(int sampleRate)
        => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(FrameSeconds * sampleRate));
}
