using Nmf;

namespace Fluorescence;

/// <summary>
/// Mixtures of dyes in a spectrofluorometer: photons counted for every excitation and emission wavelength. Each dye
/// absorbs by one spectrum and emits by another; the more of it, the more light. Light that is scattered without a
/// change of wavelength covers what lies next to the diagonal, and below it nothing can be emitted: there nothing is
/// known.
/// </summary>
internal sealed class Mixtures
{
    /// <summary>Number of dyes.</summary>
    public const int Dyes = 4;

    private const double Photons = 400;
    private const int Scatter = 15;

    // Peaks and widths in nanometres.
    private static readonly (double Peak, double Width)[] Absorption = [(275, 14), (300, 18), (330, 22), (360, 20)];
    private static readonly (double Peak, double Width)[] Emission = [(340, 24), (365, 30), (430, 36), (450, 34)];

    public Mixtures(int samples, int seed)
    {
        var random = new Random(seed);
        Excitations = [.. Enumerable.Range(0, 31).Select(i => 250 + (5.0 * i))];
        Emissions = [.. Enumerable.Range(0, 61).Select(i => 280 + (5.0 * i))];
        Amounts = [.. Enumerable.Range(0, samples).Select(
            _ => Enumerable.Range(0, Dyes).Select(_ => random.NextDouble()).ToArray())];
        Counts = new double[samples * Excitations.Length * Emissions.Length];
        var at = 0;
        foreach (var amounts in Amounts)
        {
            foreach (var excitation in Excitations)
            {
                foreach (var emission in Emissions)
                {
                    Counts[at++] = emission <= excitation + Scatter
                        ? double.NaN : Draws.Poisson(Photons * Light(amounts, excitation, emission), random);
                }
            }
        }
    }

    /// <summary>Wavelengths of the light that goes in.</summary>
    public double[] Excitations { get; }

    /// <summary>Wavelengths of the light that comes out.</summary>
    public double[] Emissions { get; }

    /// <summary>How much of every dye is in a sample.</summary>
    public double[][] Amounts { get; }

    /// <summary>Photons: samples x excitations x emissions, NaN where scattered light hides them.</summary>
    public double[] Counts { get; }

    public NmfTensor<double> Tensor => NmfTensor<double>.FromDense(
        Counts, [Amounts.Length, Excitations.Length, Emissions.Length], MissingValues.NaN);

    /// <summary>The same as a matrix: one row for a sample, one column for a pair of wavelengths.</summary>
    public NmfData<double> Matrix => NmfData<double>.FromDense(
        Counts, Amounts.Length, Excitations.Length * Emissions.Length, MissingValues.NaN);

    /// <summary>What a dye gives at the excitations, or at the emissions.</summary>
    public double[] Spectrum(int dye, bool ofEmission) => ofEmission
        ? [.. Emissions.Select(x => Bell(x, Emission[dye]))] : [.. Excitations.Select(x => Bell(x, Absorption[dye]))];

    /// <summary>A dye alone: excitations x emissions.</summary>
    public double[] Picture(int dye) =>
        [.. Spectrum(dye, false).SelectMany(x => Spectrum(dye, true).Select(y => x * y))];

    private static double Light(double[] amounts, double excitation, double emission)
    {
        double sum = 0;
        for (var dye = 0; dye < Dyes; dye++)
            sum += amounts[dye] * Bell(excitation, Absorption[dye]) * Bell(emission, Emission[dye]);
        return sum;
    }

    private static double Bell(double x, (double Peak, double Width) shape)
        => Math.Exp(-0.5 * Math.Pow((x - shape.Peak) / shape.Width, 2));
}
