using PianoDecomposition.Sound;

namespace PianoDecomposition.Analysis;

/// <summary>The pitch of a spectrum, by a harmonic comb.</summary>
/// <param name="Midi">Pitch in semitones, as a MIDI number with a fraction.</param>
/// <param name="Harmonicity">
/// The part of the amplitude that lies on the teeth of the comb, less the part of the frequencies that they cover: near
/// 0 for noise, towards 1 for a note.
/// </param>
internal readonly record struct Pitch(double Midi, double Harmonicity)
{
    private const double Lowest = 40;
    private const double Highest = 96;
    private const double Step = 0.1;
    private const double GreatestFrequency = 5000;

    // Teeth are three bins wide, the main lobe of the sine window.
    private const double HalfTooth = 1.5;

    /// <summary>Number of the note.</summary>
    public int Note => (int)Math.Round(Midi);

    /// <summary>Finds the comb with the greatest harmonicity.</summary>
    /// <param name="amplitude">Amplitude of every frequency.</param>
    /// <param name="binWidth">Distance of two frequencies in Hz.</param>
    public static Pitch Of(ReadOnlySpan<double> amplitude, double binWidth)
    {
        var count = Math.Min(amplitude.Length, (int)(GreatestFrequency / binWidth));
        double total = 0;
        foreach (var value in amplitude[..count])
            total += value;
        if (total == 0)
            return new Pitch(Lowest, 0);
        var best = new Pitch(Lowest, double.NegativeInfinity);
        for (var midi = Lowest; midi <= Highest; midi += Step)
        {
            var spacing = Sound.Note.Frequency(midi) / binWidth;
            double onTeeth = 0;
            var covered = 0;
            for (var f = 1; f < count; f++)
            {
                var harmonic = Math.Max(1, Math.Round(f / spacing));
                if (Math.Abs(f - (harmonic * spacing)) > HalfTooth)
                    continue;
                onTeeth += amplitude[f];
                covered++;
            }

            var harmonicity = (onTeeth / total) - ((double)covered / count);
            if (harmonicity > best.Harmonicity)
                best = new Pitch(midi, harmonicity);
        }

        return best;
    }
}
