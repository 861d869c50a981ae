namespace Nmf.Hyperspectral;

/// <summary>Which bands a <see cref="FalseColor"/> picture shows, and how bright.</summary>
public sealed record FalseColorOptions
{
    /// <summary>Bands of red, green and blue, counted from 0 in the file; null for those nearest to 640, 550 and 460
    /// nm.</summary>
    public IReadOnlyList<int>? Bands { get; init; }

    /// <summary>Whether near infrared (860 nm), red and green take the place of red, green and blue, so that vegetation
    /// is red.</summary>
    public bool Infrared { get; init; }

    /// <summary>Part of the pixels, in per cent, that is black in each band, and part that is as bright as can be; from
    /// 0 to below 50.</summary>
    public double Percentile { get; init; } = 2;
}

/// <summary>A preview of a hyperspectral picture in three of its bands, each stretched between two percentiles of its
/// own.</summary>
public sealed class FalseColor
{
    // A band farther from the wavelength asked for is another colour.
    private const double Nearest = 80;

    private static readonly double[] Visible = [640, 550, 460];
    private static readonly double[] NearInfrared = [860, 640, 550];

    private readonly byte[] _rgba;

    private FalseColor(EnviHeader header, int[] bands, byte[] rgba)
        => (Width, Height, Bands, _rgba) = (header.Samples, header.Lines, bands, rgba);

    /// <summary>Pixels in a line.</summary>
    public int Width { get; }

    /// <summary>Number of lines.</summary>
    public int Height { get; }

    /// <summary>Bands of red, green and blue, counted from 0 in the file. Where the file has no wavelengths, or none
    /// near those asked for, three of its bands, evenly spaced.</summary>
    public IReadOnlyList<int> Bands { get; }

    /// <summary>Red, green, blue and opacity of each pixel, line after line; pixels without data are
    /// transparent.</summary>
    public ReadOnlySpan<byte> Rgba => _rgba;

    /// <summary>Reads a picture.</summary>
    /// <param name="cube">The picture; bands that it drops, or that its header calls bad, are not chosen.</param>
    /// <param name="options">Which bands, or null for red, green and blue.</param>
    /// <exception cref="ArgumentException">A band or the percentile is out of range, or the picture has more than 2^29
    /// pixels.</exception>
    /// <exception cref="EnviFormatException">The data end too early.</exception>
    public static FalseColor Read(EnviCube cube, FalseColorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(cube);
        options ??= new();
        if (!(options.Percentile is >= 0 and < 50))
            throw new ArgumentException(
                $"The percentile is {options.Percentile}. It must be at least 0 and below 50.",
                nameof(options));
        var header = cube.Header;
        if (header.Pixels > 1 << 29)
            throw new ArgumentException($"{header.Pixels} pixels are too many for a preview.", nameof(cube));
        var places = options.Bands is { } given ? Places(cube, given) : Choose(cube, options.Infrared);
        var channels = new float[3][];
        for (var c = 0; c < 3; c++)
            channels[c] = new float[header.Pixels];
        var line = new float[header.Samples * cube.BandCount];
        for (var y = 0; y < header.Lines; y++)
        {
            cube.ReadPixels((long)y * header.Samples, line);
            for (var x = 0; x < header.Samples; x++)
            {
                for (var c = 0; c < 3; c++)
                    channels[c][(y * header.Samples) + x] = line[(x * cube.BandCount) + places[c]];
            }
        }

        return new FalseColor(
            header, Array.ConvertAll(places, place => cube.Bands[place]), Stretch(channels, options.Percentile));
    }

    /// <summary>Writes the picture as PNG, over an older file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WritePng(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.Create(path);
        Png.Write(file, Width, Height, _rgba);
    }

    private static int[] Places(EnviCube cube, IReadOnlyList<int> bands)
    {
        if (bands.Count != 3)
            throw new ArgumentException($"Three bands make a picture, not {bands.Count}.", nameof(bands));
        var places = bands.Select(band => cube.Bands.ToList().IndexOf(band)).ToArray();
        var missing = Array.IndexOf(places, -1);
        if (missing >= 0)
            throw new ArgumentException(
                $"There is no band {bands[missing]} among the {cube.BandCount} that are read of "
                + $"{cube.Header.Bands}, counted from 0.", nameof(bands));
        return places;
    }

    private static int[] Choose(EnviCube cube, bool infrared)
    {
        var header = cube.Header;
        int[] good = [.. Enumerable.Range(0, cube.BandCount).Where(i => header.GoodBands?[cube.Bands[i]] != false)];
        if (good.Length == 0)
            good = [.. Enumerable.Range(0, cube.BandCount)];
        int[] evenly = [good[3 * good.Length / 4], good[good.Length / 2], good[good.Length / 4]];
        if (header.Wavelengths is not { } wavelengths)
            return evenly;
        if (NanometresOf(header.WavelengthUnits, wavelengths) is not { } unit)
            return evenly;
        double Distance(int place, double colour) => Math.Abs((unit * wavelengths[cube.Bands[place]]) - colour);
        var colours = infrared ? NearInfrared : Visible;
        int[] nearest = [.. colours.Select(colour => good.MinBy(place => Distance(place, colour)))];
        return nearest.Where((place, c) => !(Distance(place, colours[c]) <= Nearest)).Any() ? evenly : nearest;
    }

    // Where no unit is named the size of the numbers tells; wavenumbers, frequencies and indices are none.
    private static double? NanometresOf(string? units, IReadOnlyList<double> wavelengths)
        => units?.Trim().ToUpperInvariant() switch
        {
            "NANOMETERS" or "NANOMETRES" or "NM" => 1,
            "MICROMETERS" or "MICROMETRES" or "UM" or "\u00B5M" or "\u039CM" or "MICRONS" => 1000,
            null or "" or "UNKNOWN" => wavelengths.Max() > 100 ? 1 : 1000,
            _ => null,
        };

    private static byte[] Stretch(float[][] channels, double percentile)
    {
        var rgba = new byte[4 * channels[0].Length];
        for (var n = 0; n < channels[0].Length; n++)
            rgba[(4 * n) + 3] = Array.TrueForAll(channels, values => float.IsFinite(values[n])) ? (byte)255 : (byte)0;
        for (var c = 0; c < 3; c++)
        {
            float[] sorted = [.. channels[c].Where(float.IsFinite)];
            Array.Sort(sorted);
            var (least, most) = sorted.Length == 0 ? (0, 1)
                : (At(sorted, percentile / 100), At(sorted, 1 - (percentile / 100)));
            for (var n = 0; n < channels[c].Length; n++)
            {
                var level = most > least ? (channels[c][n] - least) / (most - least) : channels[c][n] > least ? 1 : 0;
                rgba[(4 * n) + c] = rgba[(4 * n) + 3] == 0 ? (byte)0 : (byte)Math.Round(255 * Math.Clamp(level, 0, 1));
            }
        }

        return rgba;
    }

    private static double At(float[] sorted, double part)
    {
        var at = part * (sorted.Length - 1);
        var before = (int)at;
        var after = Math.Min(before + 1, sorted.Length - 1);
        return sorted[before] + ((at - before) * ((double)sorted[after] - sorted[before]));
    }
}
