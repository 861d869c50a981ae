namespace HyperspectralUnmixing;

/// <summary>What the user asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        Finds the materials of a hyperspectral picture and how much of each is in every pixel.

          dotnet run -c Release --project samples/HyperspectralUnmixing [-- options]

          --cube FILE.hdr          an ENVI picture; without it the sample makes a landscape, whose truth it knows
          --endmembers FILE.csv    true spectra of the picture: a line of names, then a line for each band (or an ENVI
                                   spectral library)
          --abundances FILE.hdr    true abundances of the picture, one band for each true spectrum in its order
          --materials K            number of materials (4; 2 to 6 in the sample's own landscape)
          --volume WEIGHT          weight of the volume of the simplex, 0 for none (what the noise asks for)
          --decibels D             noise of the landscape (40)
          --purity P               largest share of a material in a pixel of the landscape (0.8); at 1, some pixels are
                                   pure
          --seed N                 seed of the landscape (1)
          --scenes N               scenes of each kind in the comparison (10)
          --output FOLDER          where spectra, maps and the report are written (artifacts/unmixing)
          --help                   this text
        """;

    public string? Cube { get; init; }

    public string? Endmembers { get; init; }

    public string? Abundances { get; init; }

    public int Materials { get; init; } = 4;

    public double? Volume { get; init; }

    public double Decibels { get; init; } = 40;

    public double Purity { get; init; } = 0.8;

    public int Seed { get; init; } = 1;

    public int Scenes { get; init; } = 10;

    public string Output { get; init; } = Path.Combine("artifacts", "unmixing");

    public bool Help { get; init; }

    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            options = name switch
            {
                "--cube" => options with { Cube = reader.ExistingFile() },
                "--endmembers" => options with { Endmembers = reader.ExistingFile() },
                "--abundances" => options with { Abundances = reader.ExistingFile() },
                "--materials" => options with { Materials = reader.WholeNumber(2, 100) },
                "--volume" => options with { Volume = reader.Number(0, 100) },
                "--decibels" => options with { Decibels = reader.Number(5, 100) },
                "--purity" => options with { Purity = reader.Number(0.3, 1) },
                "--seed" => options with { Seed = reader.WholeNumber(0) },
                "--scenes" => options with { Scenes = reader.WholeNumber(1, 1000) },
                "--output" => options with { Output = reader.Text() },
                "--help" => options with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        return options switch
        {
            { Cube: null, Endmembers: not null } or { Cube: null, Abundances: not null }
                => throw new UserErrorException(
                    "True spectra and abundances belong to a picture: give --cube as well."),
            { Abundances: not null, Endmembers: null } => throw new UserErrorException(
                "True abundances need the true spectra they belong to: give --endmembers as well."),
            { Cube: null, Materials: > HyperspectralUnmixing.Materials.Count } => throw new UserErrorException(
                $"The sample's own landscape has {HyperspectralUnmixing.Materials.Count} materials at most."),
            _ => options,
        };
    }
}
