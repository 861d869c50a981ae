namespace Sequences;

/// <summary>
/// A tune of six notes, over and over, played unsteadily: notes are a little longer or shorter, tremble and overlap,
/// and there is noise. What comes next is known, when is not quite.
/// </summary>
internal static class Melody
{
    public const int SampleRate = 16_000;
    public const int FrameLength = 1024;
    public const int HopLength = 512;
    public const int Bins = (FrameLength / 2) + 1;

    private const double NoteSeconds = 0.26;
    private const double NoiseLevel = 2e-3;

    /// <summary>The tune, as MIDI numbers: every note has one successor.</summary>
    public static IReadOnlyList<int> Notes { get; } = [60, 64, 67, 71, 74, 69];

    /// <summary>Seconds between frames.</summary>
    public static double FrameSeconds => (double)HopLength / SampleRate;

    /// <summary>Frequency of a note in Hz.</summary>
    public static double Frequency(int note) => 440 * Math.Pow(2, (note - 69) / 12.0);

    /// <summary>Some performances, each beginning at another note.</summary>
    /// <param name="recordings">How many.</param>
    /// <param name="seconds">Length of each.</param>
    /// <param name="seed">Seed of everything random.</param>
    public static float[][] Play(int recordings, double seconds, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, recordings).Select(_ => Play(seconds, random))];
    }

    private static float[] Play(double seconds, Random random)
    {
        var samples = new float[(int)(seconds * SampleRate)];
        var next = random.Next(Notes.Count);
        for (double at = -NoteSeconds; at < seconds; next = (next + 1) % Notes.Count)
        {
            var length = NoteSeconds * (0.8 + (0.4 * random.NextDouble()));
            Add(samples, at, length, Frequency(Notes[next]), random);
            at += length;
        }

        for (var t = 0; t < samples.Length; t++)
            samples[t] += (float)(NoiseLevel * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(
                2 * Math.PI * random.NextDouble()));
        return samples;
    }

    private static void Add(float[] samples, double start, double length, double frequency, Random random)
    {
        const double release = 0.04;
        var tremble = 2 * Math.PI * random.NextDouble();
        for (var h = 1; h <= 8; h++)
        {
            var phase = 2 * Math.PI * random.NextDouble();
            var level = 0.2 / h * Math.Exp(0.5 * (random.NextDouble() - 0.5));
            for (var t = Math.Max(0, (int)(start * SampleRate)); t < Math.Min(
                samples.Length, (start + length + (5 * release)) * SampleRate); t++)
            {
                var second = ((double)t / SampleRate) - start;
                var envelope = Math.Min(1, second / 0.01) * Math.Exp(-Math.Max(0, second - length) / release) * (1
                    + (0.4 * Math.Sin((2 * Math.PI * 7 * second) + tremble)));
                samples[t] += (float)(level * envelope * Math.Sin((2 * Math.PI * h * frequency * second) + phase));
            }
        }
    }
}
