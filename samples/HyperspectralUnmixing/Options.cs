namespace HyperspectralUnmixing;

/// <summary>What the user asks for.</summary>
internal sealed record Options
{
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

    /// <summary>Reads the options.</summary>
    /// <returns>What was asked for, or null where that was help, which has been written.</returns>
    /// <exception cref="UserErrorException">An option is unknown, given twice, without a value, or its value makes no
    /// sense.</exception>
    public static Options? Parse(string[] arguments)
    {
        var defaults = new Options();
        var command = new SampleCommand(
            "HyperspectralUnmixing",
            "Finds the materials of a hyperspectral picture and how much of each is in every pixel.");
        var cube = command.ExistingFile(
            "--cube", "FILE.hdr",
            "An ENVI picture; without it the sample makes a landscape, whose truth it knows");
        var endmembers = command.ExistingFile(
            "--endmembers", "FILE.csv",
            "True spectra of the picture: a line of names, then a line for each band (or an ENVI spectral library)");
        var abundances = command.ExistingFile(
            "--abundances", "FILE.hdr",
            "True abundances of the picture, one band for each true spectrum in its order");
        var materials = command.WholeNumber(
            "--materials", "Number of materials; 2 to 6 in the sample's own landscape", defaults.Materials, least: 2,
            most: 100);
        var volume = command.Number(
            "--volume", "WEIGHT", "Weight of the volume of the simplex, 0 for none [default: what the noise asks for]",
            least: 0, most: 100);
        var decibels = command.Number(
            "--decibels", "D", "Noise of the landscape", defaults.Decibels, least: 5, most: 100);
        var purity = command.Number(
            "--purity", "P",
            "Largest share of a material in a pixel of the landscape; at 1, some pixels are pure", defaults.Purity,
            least: 0.3, most: 1);
        var seed = command.WholeNumber("--seed", "Seed of the landscape", defaults.Seed, least: 0);
        var scenes = command.WholeNumber(
            "--scenes", "Scenes of each kind in the comparison", defaults.Scenes, least: 1, most: 1000);
        var output = command.OutputFolder("Where spectra, maps and the report are written", defaults.Output);
        if (command.Parse(arguments) is not { } asked)
            return null;
        var options = new Options
        {
            Cube = asked.GetValue(cube), Endmembers = asked.GetValue(endmembers),
            Abundances = asked.GetValue(abundances), Materials = asked.GetValue(materials),
            Volume = asked.GetValue(volume), Decibels = asked.GetValue(decibels), Purity = asked.GetValue(purity),
            Seed = asked.GetValue(seed), Scenes = asked.GetValue(scenes), Output = asked.GetRequiredValue(output),
        };
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
