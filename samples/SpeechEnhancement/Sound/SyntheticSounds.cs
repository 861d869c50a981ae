using Nmf.Audio;

namespace SpeechEnhancement.Sound;

/// <summary>
/// For where there are no recordings: sounds that have of speech and helicopters what matters here, and would deceive
/// nobody. Speech is a train of glottal pulses of wandering pitch (or hiss, for consonants) through three resonances
/// that move from vowel to vowel, with pauses; speakers differ in pitch and in the length of their vocal tract. A
/// helicopter is low noise in bursts at the rate of its blades, the hum of its engine, and wide noise.
/// </summary>
internal static class SyntheticSounds
{
    private const int Rate = SoundSet.SampleRate;

    // First to third formant in Hz of the vowels of "father", "bed", "heed", "hawed", "who'd" (after
    // Peterson and Barney 1952, men).
    private static readonly double[][] Vowels = [
        [730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]];
    private static readonly double[] Bandwidths = [80, 100, 140];

    /// <summary>Three speakers to train on, a fourth for the test, and helicopters.</summary>
    public static SoundSet Create()
    {
        NamedSound[] training = [Speech("speaker 1", 105, 1, 8, 1), Speech("speaker 2", 190, 1.16, 8, 2),
            Speech("speaker 3", 135, 1.05, 8, 3)];
        NamedSound[] test = [Speech("speaker 4", 165, 1.1, 3, 4), Speech("speaker 4, again", 165, 1.1, 3, 5)];
        return new SoundSet(
            "Synthetic sounds that resemble speech and helicopters (there is no folder of recordings here)", training,
            test, [Helicopter("helicopter 1", 13, 95, 6), Helicopter("helicopter 2", 19, 140, 7)]);
    }

    private static NamedSound Speech(string name, double pitch, double tract, double seconds, int seed)
    {
        var random = new Random(seed);
        var samples = new double[(int)(seconds * Rate)];
        var filter = new Resonator[3];
        for (var i = 0; i < filter.Length; i++)
            filter[i] = new Resonator();
        double phase = 0;
        double[] from = Vowels[0], to = Vowels[1];
        var (next, length, begin, isHiss) = (0, 1, 0, false);
        for (var t = 0; t < samples.Length; t++)
        {
            if (t == next)
            {
                // A vowel, now and then a hiss or a pause.
                (begin, length) = (t, (int)(Rate * (0.08 + (0.14 * random.NextDouble()))));
                next = t + length;
                (from, to) = (to, random.NextDouble() < 0.15 ? [] : Vowels[random.Next(Vowels.Length)]);
                isHiss = random.NextDouble() < 0.2;
            }

            if (to.Length == 0)
                continue;
            var part = (double)(t - begin) / length;
            var wander = 1 + (0.12 * Math.Sin(2 * Math.PI * 0.7 * t / Rate))
                + (0.05 * Math.Sin(2 * Math.PI * 1.9 * t / Rate));
            phase += pitch * wander / Rate;
            var pulse = phase >= 1 ? 1.0 : 0;
            phase -= Math.Floor(phase);
            var value = isHiss ? 0.02 * (random.NextDouble() - 0.5) : pulse + (0.003 * (random.NextDouble() - 0.5));
            for (var i = 0; i < filter.Length; i++)
            {
                var frequency = tract
                    * (isHiss ? 3200 + (900 * i) : from.Length == 0 ? to[i] : from[i] + (part * (to[i] - from[i])));
                value = filter[i].Next(value, Math.Min(frequency, 0.48 * Rate), isHiss ? 900 : Bandwidths[i]);
            }

            samples[t] = value * Math.Sin(Math.PI * Math.Clamp(part, 0.02, 0.98));
        }

        return Finish(name, samples, random);
    }

    private static NamedSound Helicopter(string name, double blades, double engine, int seed)
    {
        var random = new Random(seed);
        var samples = new double[4 * Rate];
        double low = 0, lower = 0, phase = 0;
        for (var t = 0; t < samples.Length; t++)
        {
            var white = random.NextDouble() - 0.5;
            low += 0.05 * (white - low);
            lower += 0.05 * (low - lower);
            phase += blades * (1 + (0.03 * Math.Sin(2 * Math.PI * 0.3 * t / Rate))) / Rate;
            var burst = Math.Pow(0.5 + (0.5 * Math.Cos(2 * Math.PI * phase)), 4);
            double hum = 0;
            for (var h = 1; h <= 6; h++)
                hum += Math.Sin(2 * Math.PI * engine * h * t / Rate) / h;
            samples[t] = (lower * (0.3 + (3 * burst))) + (0.06 * low) + (0.01 * white) + (0.004 * hum);
        }

        return Finish(name, samples, random);
    }

    // The level of a recording, and the little noise that every recording has.
    private static NamedSound Finish(string name, double[] samples, Random random)
    {
        var level = 0.08 / Math.Sqrt(samples.Average(x => x * x));
        return new NamedSound(
            name,
            new AudioClip(Rate, [.. samples.Select(x => (float)((level * x) + (2e-5 * (random.NextDouble() - 0.5))))]));
    }

    /// <summary>A resonance of two poles with gain one at frequency 0.</summary>
    private sealed class Resonator
    {
        private double _last;
        private double _before;

        public double Next(double input, double frequency, double bandwidth)
        {
            var radius = Math.Exp(-Math.PI * bandwidth / Rate);
            var feedback = 2 * radius * Math.Cos(2 * Math.PI * frequency / Rate);
            var value = ((1 - feedback + (radius * radius)) * input) + (feedback * _last) - (radius * radius * _before);
            (_before, _last) = (_last, value);
            return value;
        }
    }
}
