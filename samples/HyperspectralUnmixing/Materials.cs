using Nmf.Hyperspectral;

namespace HyperspectralUnmixing;

/// <summary>
/// Reflectance of six materials between 0.4 and 2.5 micrometres, drawn from what their spectra are known for: the red
/// edge and the water bands of leaves, the iron absorption of tiles, the clay band of soil at 2.2, the carbonate band
/// of concrete at 2.34, and the cellulose band of dry grass at 2.1. They are no measurements.
/// </summary>
internal static class Materials
{
    public const int Count = 6;

    private const double Shortest = 0.4;
    private const double Longest = 2.5;

    private static readonly (string Name, Func<double, double> Reflectance)[] All =
    [
        ("Vegetation", w => 0.04 + (0.06 * Band(w, 0.55, 0.04)) + (0.44 * Edge(w, 0.715, 0.015)
            * (1 - (0.75 * Band(w, 1.45, 0.09)) - (0.9 * Band(w, 1.94, 0.12)) - (0.35 * Edge(w, 2.15, 0.12))))),
        ("Soil", w => (0.08 + (0.34 * Edge(w, 0.95, 0.28)))
            * (1 - (0.12 * Band(w, 1.41, 0.03)) - (0.2 * Band(w, 1.92, 0.05)) - (0.3 * Band(w, 2.2, 0.035)))),
        ("Concrete", w => (0.3 + (0.12 * Edge(w, 0.6, 0.1)) - (0.06 * (w - 1)))
            * (1 - (0.16 * Band(w, 2.34, 0.05)) - (0.08 * Band(w, 1.92, 0.06)))),
        ("Red tiles",
            w => 0.06 + (0.3 * Edge(w, 0.59, 0.025)) + (0.22 * Edge(w, 1.3, 0.2)) - (0.14 * Band(w, 0.87, 0.1))),
        ("Dry grass", w => (0.1 + (0.45 * Edge(w, 0.8, 0.16))) * (1 - (0.25 * Band(w, 1.45, 0.07)) - (0.4 * Band(
            w, 1.94, 0.08)) - (0.28 * Band(w, 2.1, 0.06)) - (0.3 * Band(w, 2.3, 0.05)))),
        ("Turbid water", w => 0.05 + (0.2 * Band(w, 0.57, 0.12)) + (0.05 * Band(w, 0.81, 0.03))),
    ];

    /// <summary>The spectra of the first materials.</summary>
    public static SpectralLibrary Library(int materials, int bands)
    {
        double[] wavelengths = [.. Enumerable.Range(0, bands).Select(
            band => Math.Round(Shortest + ((Longest - Shortest) * band / (bands - 1)), 4))];
        return new SpectralLibrary(
            [.. All.Take(materials).Select(material => material.Name)],
            [.. All.Take(materials).Select(
                material => Array.ConvertAll(wavelengths, w => (float)material.Reflectance(w)))],
            wavelengths,
            "Micrometers");
    }

    /// <summary>A band around a wavelength.</summary>
    private static double Band(double w, double centre, double width)
        => Math.Exp(-0.5 * Math.Pow((w - centre) / width, 2));

    /// <summary>A step from 0 to 1 at a wavelength.</summary>
    private static double Edge(double w, double centre, double width) => 1 / (1 + Math.Exp(-(w - centre) / width));
}
