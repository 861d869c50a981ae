using Nmf.Audio;

namespace SpeechEnhancement.Sound;

/// <summary>
/// More speakers than there are: the same recordings faster and slower, which moves pitch and formants
/// together, as longer and shorter vocal tracts do (Ko, Peddinti, Povey and Khudanpur, "Audio augmentation for
/// speech recognition", 2015).
/// </summary>
internal static class SpeedPerturbation
{
    /// <summary>All recordings at all speeds.</summary>
    /// <param name="sounds">Recordings.</param>
    /// <param name="percents">Speeds in percent; 100 is the recording as it is.</param>
    public static IReadOnlyList<NamedSound> Apply(IReadOnlyList<NamedSound> sounds, IReadOnlyList<int> percents)
        => [.. percents.SelectMany(percent => sounds.Select(sound => At(sound, percent)))];

    private static NamedSound At(NamedSound sound, int percent)
    {
        // Samples of percent/100 times the rate, played at the old one.
        var faster = new AudioClip(percent, sound.Clip.Channels[0]).Resample(100);
        return new NamedSound(
            $"{sound.Name} at {percent} %", new AudioClip(sound.Clip.SampleRate, faster.Channels[0]));
    }
}
