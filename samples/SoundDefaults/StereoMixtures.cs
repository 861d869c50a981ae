using Nmf.Audio;
using StereoSeparation.Sound;

namespace SoundDefaults;

/// <summary>A recording of two channels whose sources are known.</summary>
internal sealed record StereoMixture(string Name, IReadOnlyList<AudioClip> Images)
{
    public AudioClip Recording => new(Images[0].SampleRate, [.. Enumerable.Range(0, 2).Select(
        i => Enumerable.Range(0, Images[0].Samples).Select(t => Images.Sum(c => c.Channels[i][t])).ToArray())]);
}

/// <summary>Ten mixtures of three instruments and voices, panned or in a room.</summary>
internal static class StereoMixtures
{
    public const int SampleRate = 16000;
    private const int Seconds = 8;

    private static readonly double[] Microphones = [2.175, 2.225];

    private static readonly (string[] Sources, double[] Degrees)[] Panned =
    [
        (["cello-phrase", "sax-phrase", "singing-female"], [15, 45, 75]),
        (["speech-male", "piano", "vibraphone-C6"], [20, 45, 65]),
        (["speech-female", "cello-phrase", "trumpet-A4"], [10, 30, 80]),
        (["singing-female", "piano", "flute-A4"], [35, 45, 55]),
        (["sax-phrase", "speech-male", "violin-B3"], [25, 40, 70]),
        (["oboe-A4", "singing-female", "speech-male"], [5, 50, 62]),
        (["piano", "sax-phrase", "speech-female"], [30, 45, 85]),
        (["cello-phrase", "piano", "speech-male"], [12, 38, 58]),
        (["vibraphone-C6", "singing-female", "sax-phrase"], [22, 48, 68]),
        (["speech-male", "speech-female", "cello-phrase"], [18, 46, 72]),
    ];

    /// <summary>Level differences between left and right alone.</summary>
    public static IEnumerable<StereoMixture> Instantaneous(string folder) => Panned.Select(mixture => new StereoMixture(
        string.Join(", ", mixture.Sources), [.. mixture.Sources.Select((name, j) =>
        {
            var (sound, angle) = (Source(folder, name), mixture.Degrees[j] * Math.PI / 180);
            return new AudioClip(
                SampleRate, [.. sound.Select(x => (float)(Math.Cos(angle) * x))],
                [.. sound.Select(x => (float)(Math.Sin(angle) * x))]);
        })]));

    /// <summary>Two microphones 5 cm apart in the middle of a room that decays in 250 ms, sources around them at a
    /// distance of a metre.</summary>
    public static IEnumerable<StereoMixture> Reverberant(string folder, int sources = 3)
    {
        var room = new Room(4.45, 3.55, 2.5, 0.25);
        double[][] directions = [[30, 80, 140], [45, 100, 150], [20, 90, 130], [60, 110, 160], [35, 75, 120]];
        for (var m = 0; m < Panned.Length; m++)
        {
            var (names, angles) = (Panned[m].Sources[..sources], directions[m % directions.Length]);
            yield return new StereoMixture(string.Join(", ", names), [.. names.Select((name, j) =>
            {
                var (sound, angle) = (Source(folder, name), angles[j] * Math.PI / 180);
                var place = (2.2 + Math.Cos(angle), 1.7 + Math.Sin(angle), 1.3);
                return new AudioClip(SampleRate, [.. Microphones.Select(
                    x => Room.Heard(sound, room.Response(place, (x, 1.7, 1.2), SampleRate)))]);
            })]);
        }
    }

    // Played again and again, with a pause, all equally loud.
    private static float[] Source(string folder, string name)
    {
        var sound = AudioClip.Read(Path.Combine(folder, "instruments", name + ".wav")).Resample(SampleRate).ToMono();
        var signal = new float[Seconds * SampleRate];
        for (var start = name.Length * 1000 % 7000; start < signal.Length; start += sound.Length + 4000)
            sound.AsSpan(0, Math.Min(sound.Length, signal.Length - start)).CopyTo(signal.AsSpan(start));
        var level = (float)(0.05 / Math.Sqrt(signal.Average(x => (double)x * x)));
        return [.. signal.Select(x => level * x)];
    }
}
