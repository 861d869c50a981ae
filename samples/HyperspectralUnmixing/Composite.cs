using Nmf.Hyperspectral;
using SkiaSharp;

namespace HyperspectralUnmixing;

/// <summary>A picture in three of its bands: those nearest to red, green and blue, or three evenly spaced ones where
/// wavelengths are not known.</summary>
internal sealed class Composite
{
    private const double BrightestPart = 0.98;

    private static readonly double[] Micrometres = [0.65, 0.55, 0.45];

    private readonly float[] _values;
    private readonly double _brightest;

    private Composite(float[] values, string bands)
    {
        (_values, Bands) = (values, bands);
        float[] present = [.. values.Where(value => !float.IsNaN(value)).Order()];
        _brightest = present.Length == 0 ? 1 : Math.Max(present[(int)(BrightestPart * (present.Length - 1))], 1e-9);
    }

    /// <summary>Names of the three bands.</summary>
    public string Bands { get; }

    public static Composite Read(string cubePath)
    {
        using var cube = EnviCube.Open(cubePath);
        var header = cube.Header;
        var bands = Choose(header);
        var (line, values) = (new float[header.Samples * header.Bands], new float[3 * header.Pixels]);
        for (var y = 0; y < header.Lines; y++)
        {
            cube.ReadPixels((long)y * header.Samples, line);
            for (var x = 0; x < header.Samples; x++)
            {
                for (var c = 0; c < bands.Length; c++)
                    values[(3 * ((y * header.Samples) + x)) + c] = line[(x * header.Bands) + bands[c]];
            }
        }

        return new Composite(values, string.Join(", ", bands.Select(header.BandLabel)));
    }

    /// <summary>Colour of a pixel; white where there are no data.</summary>
    public SKColor Colour(int pixel)
    {
        var rgb = _values.AsSpan(3 * pixel, 3);
        return float.IsNaN(rgb[0] + rgb[1] + rgb[2])
            ? SKColors.White
            : new SKColor(Level(rgb[0]), Level(rgb[1]), Level(rgb[2]));
    }

    private static int[] Choose(EnviHeader header)
    {
        if (header.Wavelengths is not { } wavelengths)
            return [3 * header.Bands / 4, header.Bands / 2, header.Bands / 4];
        var unit = wavelengths[^1] > 100 ? 1000 : 1;
        return [.. Micrometres.Select(
            colour => Enumerable.Range(0, header.Bands).MinBy(band => Math.Abs(wavelengths[band] - (unit * colour))))];
    }

    private byte Level(double value) => (byte)Math.Round(255 * Math.Sqrt(Math.Clamp(value / _brightest, 0, 1)));
}
