using SpeechEnhancement.Sound;

namespace SoundDefaults;

/// <summary>Who speaks in which noise: each speaker is held out of the training once.</summary>
internal static class Voices
{
    private const int SentencesPerSpeaker = 4;

    /// <summary>Synthesised speech; with recordings also theirs; with a folder, one folder in it per speaker, also
    /// these.</summary>
    public static IEnumerable<SoundSet> Corpora(string? recordings, string? folder)
    {
        yield return SyntheticSounds.Create() with { Title = "synthesised speech" };
        if (recordings is null)
            yield break;
        var test = RecordedSounds.Test(recordings, full: false);
        if (folder is not null)
        {
            NamedSound[][] speakers = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(
                speaker => Sounds(speaker))];
            for (var i = 0; i < speakers.Length; i++)
            {
                var held = i;
                yield return test with
                {
                    Title = $"{Path.GetFileName(folder)}, without {speakers[i][0].Name}",
                    Training = [.. speakers.Where((_, other) => other != held).SelectMany(sounds => sounds)],
                    Test = [.. speakers[i].Take(SentencesPerSpeaker)],
                };
            }
        }

        foreach (var sounds in RecordedSounds.Validation(recordings))
            yield return sounds with { Title = "recorded, without " + sounds.Test[0].Name };
        yield return test with { Title = "recorded, without axb" };
        yield return test with
        {
            Title = "the same in rain", Noises = Sounds(Path.Combine(recordings, "noise", "rain")),
        };
    }

    private static NamedSound[] Sounds(string folder)
        => [.. Directory.GetFiles(folder, "*.wav").Order(StringComparer.Ordinal).Select(
            path => new NamedSound(Path.GetFileName(folder), SoundSet.Read(path)))];
}
