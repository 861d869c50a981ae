using Nmf.Audio;

namespace SpeechEnhancement.Sound;

/// <summary>
/// Real speech and real helicopters, from the data that developers of the library share: CMU ARCTIC (two speakers,
/// three sentences each), LibriSpeech (two speakers, one utterance each) and helicopters of ESC-10. The test speaker is
/// in no training set, and helicopters of the test are in no validation.
/// </summary>
internal static class RecordedSounds
{
    private const string TestSpeaker = "us_axb";

    // Nearly half of this clip is silence, which is no noise to fight with.
    private const string MostlySilent = "3-154926-A";

    /// <summary>The folder of the sounds, or null where there is none.</summary>
    public static string? Find() => SharedData.Find("audio") is { } audio
        && Directory.Exists(Path.Combine(audio, "speech"))
        && Directory.Exists(Path.Combine(audio, "noise", "helicopter")) ? audio : null;

    /// <summary>Training on one speaker of CMU ARCTIC and both of LibriSpeech, test on the other
    /// of CMU ARCTIC.</summary>
    /// <param name="folder">The folder that <see cref="Find"/> gave.</param>
    /// <param name="full">Whether to take every helicopter, or one piece of each recording.</param>
    public static SoundSet Test(string folder, bool full)
    {
        var speech = Speech(folder);
        var helicopters = Helicopters(folder, name => name[0] is '1' or '2');
        return new SoundSet(
            "CMU ARCTIC and LibriSpeech, helicopters of ESC-10; the test speaker (axb) is not among those trained on",
            [.. speech.Where(s => !IsOf(s, TestSpeaker))],
            [.. speech.Where(s => IsOf(s, TestSpeaker))],
            full
                ? helicopters
                : [.. helicopters.GroupBy(noise => noise.Name[..^2]).Select(recording => recording.First())]);
    }

    /// <summary>
    /// What settings are chosen on: of the speakers trained on, a sentence that is left out of one, and all of each
    /// other in turn; with helicopters that are not those of the test.
    /// </summary>
    /// <param name="folder">The folder that <see cref="Find"/> gave.</param>
    public static IEnumerable<SoundSet> Validation(string folder)
    {
        var speech = Speech(folder).Where(s => !IsOf(s, TestSpeaker)).ToArray();
        var helicopters = Helicopters(folder, name => name[0] == '3' && name != MostlySilent);
        var sentence = speech.Last(s => s.Name.Contains("us_", StringComparison.Ordinal));
        yield return Set([sentence]);
        foreach (var other in speech.Where(s => !s.Name.Contains("us_", StringComparison.Ordinal)))
            yield return Set([other]);

        SoundSet Set(NamedSound[] test) => new(
            $"Validation: {test[0].Name}", [.. speech.Except(test)],
            [.. test.Select(s => s with { Clip = Middle(s.Clip, 4) })], helicopters);
    }

    private static NamedSound[] Speech(string folder)
        => [.. Directory.GetFiles(Path.Combine(folder, "speech"), "*.wav", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(Read)];

    private static NamedSound[] Helicopters(string folder, Predicate<string> takes)
        => [.. Directory.GetFiles(Path.Combine(folder, "noise", "helicopter"), "*.wav")
            .Order(StringComparer.Ordinal).Select(Read).Where(noise => takes(noise.Name))];

    private static bool IsOf(NamedSound sound, string speaker)
        => sound.Name.Contains(speaker, StringComparison.Ordinal);

    private static NamedSound Read(string path) => new(
        Path.GetFileNameWithoutExtension(path).Replace("cmu_arctic_", "", StringComparison.Ordinal),
        SoundSet.Read(path));

    private static AudioClip Middle(AudioClip clip, int seconds)
    {
        var length = Math.Min(clip.Samples, seconds * clip.SampleRate);
        return new AudioClip(clip.SampleRate, clip.Channels[0].AsSpan((clip.Samples - length) / 2, length).ToArray());
    }
}
