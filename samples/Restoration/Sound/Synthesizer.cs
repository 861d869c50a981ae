namespace Restoration.Sound;

/// <summary>Notes of three instruments: harmonics with the envelopes that tell them apart, and no more than
/// that.</summary>
internal static class Synthesizer
{
    public const int SampleRate = 22_050;

    /// <summary>Bowed, B3 unless another is asked for: many harmonics, a slow beginning and a vibrato.</summary>
    public static float[] Violin(double frequency = 246.9, double seconds = 2.1) => Note(
        frequency, seconds, 24, h => 1.0 / h, t => Math.Min(1, t / 0.15) * Fade(t, seconds),
        t => 0.006 * Math.Sin(2 * Math.PI * 5.5 * t) * Math.Min(1, t / 0.5));

    /// <summary>Blown, A4 unless another is asked for: strong middle harmonics, a quick beginning.</summary>
    public static float[] Trumpet(double frequency = 440, double seconds = 1.6) => Note(
        frequency, seconds, 14, h => Math.Exp(-Math.Pow((h - 3) / 4.0, 2)),
        t => Math.Min(1, t / 0.04) * Fade(t, seconds), _ => 0);

    /// <summary>Struck, C6 unless another is asked for: a fundamental and its double octave, which dies away
    /// sooner.</summary>
    public static float[] Vibraphone(double frequency = 1046.5)
    {
        var low = Note(frequency, 2.5, 1, _ => 1, t => Math.Min(1, t / 0.003) * Math.Exp(-t / 0.6), _ => 0);
        var high = Note(4 * frequency, 2.5, 1, _ => 0.3, t => Math.Min(1, t / 0.002) * Math.Exp(-t / 0.15), _ => 0);
        return [.. low.Zip(high, (a, b) => a + b)];
    }

    /// <param name="frequency">Fundamental in Hz.</param>
    /// <param name="seconds">Length.</param>
    /// <param name="harmonics">Number of harmonics.</param>
    /// <param name="amplitude">Amplitude by number of the harmonic, from 1.</param>
    /// <param name="envelope">Envelope by seconds.</param>
    /// <param name="vibrato">Relative deviation of the phase by seconds, in fundamental periods
    /// times the frequency.</param>
    private static float[] Note(
        double frequency, double seconds, int harmonics, Func<int, double> amplitude, Func<double, double> envelope,
        Func<double, double> vibrato)
    {
        var samples = new float[(int)(seconds * SampleRate)];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / (double)SampleRate;
            var phase = 2 * Math.PI * frequency * (t + (vibrato(t) / (2 * Math.PI * 5.5)));
            double sum = 0;
            for (var h = 1; h <= harmonics && h * frequency < 0.45 * SampleRate; h++)
                sum += amplitude(h) * Math.Sin(h * phase);
            samples[i] = (float)(envelope(t) * sum);
        }

        return samples;
    }

    private static double Fade(double t, double end) => Math.Clamp((end - t) / 0.2, 0, 1);
}
