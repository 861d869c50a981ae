using Nmf.Audio;
using PianoDecomposition.Sound;

namespace StereoSeparation.Sound;

/// <summary>The recordings that the user asked for.</summary>
internal static class Scenes
{
    private const int SampleRate = 16_000;
    private const double Loudness = 0.05;

    /// <summary>Distance of the microphones in the room, in metres.</summary>
    public const double Spacing = 0.2;

    // From the left, in degrees of 90.
    private static readonly double[] Panned = [20, 45, 70];

    // Two microphones in the middle of a small room, sources around them; angles from the right.
    private const double Decay = 0.12;
    private const double Distance = 1;
    private static readonly Room Studio = new(4.45, 3.55, 2.5, Decay);
    private static readonly (double X, double Y, double Z) Middle = (2.2, 1.7, 1.2);
    private static readonly double[] Angles = [150, 80, 25];

    /// <summary>A file, or the same voices twice: panned on a desk, and in a room.</summary>
    /// <exception cref="UserErrorException">A file cannot be read.</exception>
    public static IReadOnlyList<Scene> Get(CommandLine options)
    {
        if (options.WavFile is { } path)
        {
            var clip = WavInput.Read(path, options.SampleRate);
            return clip.Channels.Count > 1
                ? [new Scene("recording", Path.GetFileName(path), options.Mixing, clip, [])]
                : throw new UserErrorException(
                    $"{path} has one channel: nothing in it says where a source is. The samples Restoration and "
                    + "SpeechEnhancement are for one channel.");
        }

        var folder = options.Synthetic ? null : SharedData.Find("audio", "instruments");
        var sounds = (folder is null ? Tunes.Play(SampleRate) : Recorded(folder)).Take(options.Sources).ToArray();
        var what = folder is null ? "synthesised" : "recorded";
        Scene[] scenes =
        [
            Scene.Of("panned", $"{options.Sources} {what} voices, panned", MixingKind.Instantaneous, Pan(sounds)),
            Scene.Of(
                "room", $"{options.Sources} {what} voices in a room", MixingKind.Convolutive, InRoom(sounds)),
        ];
        return [.. scenes.Where(
            scene => scene.Mixing == MixingKind.Convolutive
                || options.Method is ExpectationMaximization or MultiplicativeUpdates)];
    }

    /// <summary>Level differences alone.</summary>
    public static Voice[] Pan(IReadOnlyList<(string Name, float[] Samples)> sounds)
        => [.. sounds.Select((sound, j) =>
    {
        var angle = Panned[j] * Math.PI / 180;
        return new Voice(sound.Name, Level(new AudioClip(
            SampleRate, [.. sound.Samples.Select(x => (float)(Math.Cos(angle) * x))],
            [.. sound.Samples.Select(x => (float)(Math.Sin(angle) * x))])));
    })];

    /// <summary>What two microphones hear.</summary>
    public static Voice[] InRoom(IReadOnlyList<(string Name, float[] Samples)> sounds)
        => [.. sounds.Select((sound, j) =>
    {
        var angle = Angles[j] * Math.PI / 180;
        var place = (Middle.X + (Distance * Math.Cos(angle)), Middle.Y + (Distance * Math.Sin(angle)), 1.4);
        return new Voice(sound.Name, Level(new AudioClip(SampleRate, [.. new[] { -0.5, 0.5 }.Select(
            side => Room.Heard(sound.Samples, Studio.Response(
                place, (Middle.X + (side * Spacing), Middle.Y, Middle.Z), SampleRate)))])));
    })];

    // One comes in after the other.
    private static IEnumerable<(string Name, float[] Samples)> Recorded(string folder)
    {
        foreach (var (file, name, begin) in new[]
        {
            ("singing-female", "singer", 0.0), ("cello-phrase", "cello", 1.5), ("sax-phrase", "saxophone", 3.0),
        })
        {
            var sound = WavInput.Read(Path.Combine(folder, file + ".wav"), SampleRate).ToMono();
            var samples = new float[(int)(Tunes.Seconds * SampleRate)];
            var at = (int)(begin * SampleRate);
            sound.AsSpan(0, Math.Min(sound.Length, samples.Length - at)).CopyTo(samples.AsSpan(at));
            yield return (name, samples);
        }
    }

    // All voices are equally loud.
    private static AudioClip Level(AudioClip image)
    {
        var power = image.Channels.Sum(channel => channel.Sum(x => (double)x * x)) / image.Samples;
        var gain = (float)(Loudness / Math.Sqrt(power));
        return new AudioClip(
            image.SampleRate, [.. image.Channels.Select(channel => Array.ConvertAll(channel, x => gain * x))]);
    }
}
