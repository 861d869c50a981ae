using Nmf.Audio;
using PianoDecomposition.Sound;

namespace WaveformModels;

/// <summary>A recording of one channel.</summary>
internal sealed record Sound(string Title, int SampleRate, float[] Samples)
{
    public double Seconds => Samples.Length / (double)SampleRate;

    /// <summary>Three measures of the synthesised piano: four notes together, then two pairs.</summary>
    public static Sound Piano()
    {
        var piece = PianoSynthesizer.Play();
        return new Sound(piece.Title, piece.SampleRate, piece.Samples[..(piece.Samples.Length * 3 / 7)]);
    }

    /// <summary>Castanets: short strokes of noise around a few kilohertz.</summary>
    public static Sound Castanets(int sampleRate, int samples)
    {
        var random = new Random(3);
        var strokes = new float[samples];
        for (var start = sampleRate / 5; start < samples; start += sampleRate * (2 + random.Next(3)) / 10)
        {
            var pitch = 2000 + (500 * random.NextDouble());
            for (var t = start; t < Math.Min(samples, start + (sampleRate / 50)); t++)
            {
                var seconds = (t - start) / (double)sampleRate;
                strokes[t] = (float)(0.5 * Math.Exp(-seconds / 0.0015)
                    * (Math.Cos(2 * Math.PI * pitch * seconds) + (0.5 * Draws.Normal(random))));
            }
        }

        return new Sound("Castanets", sampleRate, strokes);
    }

    /// <summary>The WAV files in a folder and below, in the order of their names, without those in folders called
    /// "noise"; several channels are mixed into one.</summary>
    /// <exception cref="UserErrorException">There is none, or one cannot be read.</exception>
    public static IReadOnlyList<Sound> Of(string folder)
    {
        var paths = Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Contains("noise"))
            .Order(StringComparer.Ordinal).ToArray();
        return paths.Length > 0 ? [.. paths.Select(Read)]
            : throw new UserErrorException($"There is no WAV file in {folder}.");
    }

    /// <summary>The sound with white noise so many decibels below it, the same noise every time.</summary>
    public Sound WithNoise(double decibels, out double variance)
    {
        var random = new Random(7);
        variance = Samples.Sum(x => (double)x * x) / Samples.Length * Math.Pow(10, -decibels / 10);
        var deviation = Math.Sqrt(variance);
        return this with { Samples = [.. Samples.Select(x => (float)(x + (deviation * Draws.Normal(random))))] };
    }

    /// <summary>The energy of this sound over that of the error of an estimate, in decibels.</summary>
    public double Ratio(float[] estimate)
    {
        var (energy, error) = (0.0, 0.0);
        for (var t = 0; t < Samples.Length; t++)
        {
            energy += (double)Samples[t] * Samples[t];
            error += Math.Pow((double)Samples[t] - estimate[t], 2);
        }

        return 10 * Math.Log10(energy / error);
    }

    private static Sound Read(string path)
    {
        try
        {
            var clip = AudioClip.Read(path);
            return new Sound(Path.GetFileNameWithoutExtension(path), clip.SampleRate, clip.ToMono());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WavFormatException)
        {
            throw new UserErrorException($"{path}: {e.Message}");
        }
    }
}
