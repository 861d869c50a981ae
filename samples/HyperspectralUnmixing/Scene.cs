using Nmf.Hyperspectral;

namespace HyperspectralUnmixing;

/// <summary>How a scene is made.</summary>
/// <param name="Side">Width and height in pixels.</param>
/// <param name="Bands">Number of bands.</param>
/// <param name="Materials">Number of materials.</param>
/// <param name="Decibels">Signal to noise, in dB.</param>
/// <param name="Purity">Largest abundance of a pixel; at 1, some pixels are pure.</param>
/// <param name="Seed">Seed of places and noise.</param>
internal sealed record SceneOptions(int Side, int Bands, int Materials, double Decibels, double Purity, int Seed);

/// <summary>
/// A landscape: each material has a smooth field of its own, and a pixel mixes the materials whose fields are highest
/// there. Where one material has more than the purity allows, the next one gets the rest.
/// </summary>
/// <param name="Endmembers">The spectra.</param>
/// <param name="Side">Width and height in pixels.</param>
/// <param name="Abundances">Abundances of the materials, pixel after pixel.</param>
/// <param name="Pixels">Noisy spectra, pixel after pixel.</param>
internal sealed record Scene(SpectralLibrary Endmembers, int Side, float[] Abundances, float[] Pixels)
{
    private const int Bumps = 7;
    private const double Sharpness = 5;
    private const double LeastAbundance = 0.06;

    public static Scene Create(SceneOptions options)
    {
        var random = new Random(options.Seed);
        var library = Materials.Library(options.Materials, options.Bands);
        var fields = Enumerable.Range(0, options.Materials).Select(_ => SmoothField(options.Side, random)).ToArray();
        var count = options.Side * options.Side;
        var abundances = new float[count * options.Materials];
        for (var n = 0; n < count; n++)
            Mix(
                [.. fields.Select(field => field[n])], options.Purity,
                abundances.AsSpan(n * options.Materials, options.Materials));
        var pixels = new float[count * options.Bands];
        for (var n = 0; n < count; n++)
        {
            for (var k = 0; k < options.Materials; k++)
            {
                var share = abundances[(n * options.Materials) + k];
                for (var f = 0; f < options.Bands; f++)
                    pixels[(n * options.Bands) + f] += share * library.Spectra[k][f];
            }
        }

        AddNoise(pixels, options.Decibels, random);
        return new Scene(library, options.Side, abundances, pixels);
    }

    /// <summary>The header of the scene as a sensor would deliver it: 16-bit integers,
    /// reflectance times 10,000.</summary>
    public EnviHeader Header(string description) => new()
    {
        Samples = Side,
        Lines = Side,
        Bands = Endmembers.Bands,
        DataType = EnviDataType.Int16,
        Interleave = EnviInterleave.Bil,
        ReflectanceScaleFactor = 10_000,
        Description = description,
        Wavelengths = Endmembers.Wavelengths,
        WavelengthUnits = Endmembers.WavelengthUnits,
    };

    /// <summary>Abundances from the heights of the fields: a soft maximum whose small parts are zero.</summary>
    private static void Mix(double[] heights, double purity, Span<float> abundances)
    {
        var greatest = heights.Max();
        var shares = Array.ConvertAll(heights, height => Math.Exp(Sharpness * (height - greatest)));
        var sum = shares.Sum();
        shares = Array.ConvertAll(shares, share => share / sum < LeastAbundance ? 0 : share);
        sum = shares.Sum();
        var order = Enumerable.Range(0, heights.Length).OrderByDescending(k => heights[k]).ToArray();
        for (var k = 0; k < shares.Length; k++)
            abundances[k] = (float)(shares[k] / sum);
        var excess = abundances[order[0]] - (float)purity;
        if (excess > 0)
            (abundances[order[0]], abundances[order[1]]) = ((float)purity, abundances[order[1]] + excess);
    }

    /// <summary>A few wide bumps.</summary>
    private static double[] SmoothField(int side, Random random)
    {
        var bumps = Enumerable.Range(0, Bumps)
            .Select(_ => (X: random.NextDouble(), Y: random.NextDouble(), Width: 0.08 + (0.12 * random.NextDouble()),
                Height: 0.6 + random.NextDouble())).ToArray();
        return [.. Enumerable.Range(0, side * side).Select(n =>
        {
            var (x, y) = ((n % side + 0.5) / side, (n / side + 0.5) / side);
            return bumps.Sum(bump => bump.Height * Math.Exp(
                -0.5 * (Math.Pow(x - bump.X, 2) + Math.Pow(y - bump.Y, 2)) / (bump.Width * bump.Width)));
        })];
    }

    private static void AddNoise(float[] pixels, double decibels, Random random)
    {
        var deviation = Math.Sqrt(pixels.Average(v => (double)v * v)) * Math.Pow(10, -decibels / 20);
        for (var i = 0; i < pixels.Length; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(
                2 * Math.PI * random.NextDouble());
            pixels[i] = (float)Math.Max(0, pixels[i] + (deviation * normal));
        }
    }
}
