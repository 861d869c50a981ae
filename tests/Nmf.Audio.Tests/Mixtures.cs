namespace Nmf.Audio.Tests;

/// <summary>Stereo mixtures of known sources.</summary>
internal static class Mixtures
{
    public const int SampleRate = 8000;

    public static readonly StftOptions Options = new() { FrameLength = 512, HopLength = 256, Window = StftWindow.Sine };

    /// <summary>Sources of different pitch and rhythm: decaying chords with some noise.</summary>
    public static float[][] Sources(int count, double seconds = 3)
    {
        var length = (int)(seconds * SampleRate);
        return [.. Enumerable.Range(0, count).Select(j =>
        {
            var noise = Signals.Noise(length, 10 + j);
            double[] pitches = [180 * Math.Pow(1.33, j), 237 * Math.Pow(1.33, j)];
            var period = 2000 + (900 * j);
            return Signals.Single(Enumerable.Range(0, length).Select(t =>
            {
                var (age, note) = ((t + (700 * j)) % period, (t + (700 * j)) / period % 2);
                var phase = 2 * Math.PI * pitches[note] * t / SampleRate;
                return Math.Exp(-age / 600.0) * (Math.Sin(phase) + (0.5 * Math.Sin(2 * phase))
                    + (0.3 * Math.Sin(3 * phase)) + (0.05 * noise[t]));
            }));
        })];
    }

    /// <summary>The images of sources between left and right.</summary>
    public static AudioClip[] Panned(float[][] sources) => [.. sources.Select((source, j) =>
    {
        var angle = (j + 0.5) / sources.Length * Math.PI / 2;
        return new AudioClip(
            SampleRate, [.. source.Select(x => (float)Math.Cos(angle) * x)],
            [.. source.Select(x => (float)Math.Sin(angle) * x)]);
    })];

    public static AudioClip Sum(IReadOnlyList<AudioClip> images) => new(
        images[0].SampleRate, [.. Enumerable.Range(0, images[0].Channels.Count).Select(i => Enumerable.Range(
            0, images[0].Samples).Select(t => images.Sum(image => image.Channels[i][t])).ToArray())]);

    /// <summary>10 log₁₀ of the energy of the truth over that of the error, all channels together.</summary>
    public static double Ratio(AudioClip truth, AudioClip estimate)
    {
        double energy = 0, error = 0;
        for (var i = 0; i < truth.Channels.Count; i++)
        {
            for (var t = 0; t < truth.Samples; t++)
            {
                energy += Math.Pow(truth.Channels[i][t], 2);
                error += Math.Pow(truth.Channels[i][t] - estimate.Channels[i][t], 2);
            }
        }

        return 10 * Math.Log10(energy / error);
    }
}
