namespace Restoration.Analysis;

/// <summary>A component and what the guess of the groups looks at.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Share">The energy of its sound over that of the recording.</param>
/// <param name="Amplitude">Amplitude of every frequency.</param>
/// <param name="Peaks">How far every frequency stands out of those around it, on a logarithmic scale; 0 where it does
/// not. Where the partials are, whatever their strengths.</param>
/// <param name="Activation">Amplitude in every frame.</param>
/// <param name="Flatness">Geometric over arithmetic mean of its power spectrum: near 0 for tones, 0.56 for a stretch of
/// white noise, 1 for a flat spectrum.</param>
internal sealed record Component(
    int Index, double Share, double[] Amplitude, double[] Peaks, double[] Activation, double Flatness)
{
    // Frequencies on either side: as far as partials of low notes are apart.
    private const int Neighbourhood = 12;

    // What stands out by less than 10 dB is not counted: noise does so everywhere.
    private const double LeastProminence = 2.3;

    // Notes are a little flat or sharp while they begin.
    private const double Bend = 0.01;

    /// <summary>All components of a decomposition.</summary>
    public static Component[] Describe(Decomposition decomposition)
        => [.. Enumerable.Range(0, decomposition.Components).Select(k => Describe(
            k, decomposition.EnergyShares[k], decomposition.Spectrum(k),
            Array.ConvertAll(decomposition.Activation(k), Math.Sqrt)))];

    /// <summary>One component, from its power spectrum and its amplitude in every frame.</summary>
    public static Component Describe(int index, double share, double[] power, double[] activation)
    {
        var mean = power.Average();

        // What is 120 dB below the mean counts as that: a single zero would make any spectrum a tone.
        var level = Array.ConvertAll(power, p => Math.Log(Math.Max(mean > 0 ? p / mean : 1, 1e-12)));
        return new Component(
            index, share, Array.ConvertAll(power, Math.Sqrt), PeaksOf(level), activation, Math.Exp(level.Average()));
    }

    private static double[] PeaksOf(double[] level)
    {
        var sharp = new double[level.Length];
        for (var f = 0; f < level.Length; f++)
        {
            var (from, to) = (Math.Max(0, f - Neighbourhood), Math.Min(level.Length, f + Neighbourhood + 1));
            sharp[f] = Math.Max(0, level[f] - level[from..to].Average() - LeastProminence);
        }

        var peaks = new double[level.Length];
        for (var f = 0; f < level.Length; f++)
        {
            var reach = 1 + (int)(Bend * f);
            peaks[f] = sharp[Math.Max(0, f - reach)..Math.Min(level.Length, f + reach + 1)].Max();
        }

        return peaks;
    }
}
