using Nmf.Audio;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Tests;

public class SoundTests
{
    [Theory]
    [InlineData(16_000, 1)]
    [InlineData(44_100, 2)]
    public void A_recording_of_any_rate_and_channels_is_heard_as_all_others_are(int rate, int channels)
    {
        var tone = Enumerable.Range(0, rate).Select(
            t => 0.5f * (float)Math.Sin(2 * Math.PI * 440 * t / rate)).ToArray();
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "tone.wav");
        new AudioClip(rate, [.. Enumerable.Repeat(tone, channels)]).Write(path, WavEncoding.IeeeFloat32);
        var clip = SoundSet.Read(path);
        Assert.Equal((SoundSet.SampleRate, 1), (clip.SampleRate, clip.Channels.Count));
        Assert.Equal(SoundSet.SampleRate, clip.Samples, 1.0);
        for (var t = 500; t < clip.Samples - 500; t++)
            Assert.Equal(0.5 * Math.Sin(2 * Math.PI * 440 * t / SoundSet.SampleRate), clip.Channels[0][t], 1e-3);
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }

    [Fact]
    public void What_is_played_slower_is_as_much_longer_and_lower()
    {
        var tone = Enumerable.Range(0, 8000).Select(t => (float)Math.Sin(0.2 * t)).ToArray();
        var sounds = SpeedPerturbation.Apply([new NamedSound("tone", new AudioClip(16_000, tone))], [100, 80]);
        Assert.Equal(tone, sounds[0].Clip.Channels[0]);
        Assert.Equal(10_000, sounds[1].Clip.Samples, 1.0);
        for (var t = 500; t < 9500; t++)
            Assert.Equal(Math.Sin(0.16 * t), sounds[1].Clip.Channels[0][t], 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-3)]
    public void A_mixture_has_the_ratio_that_was_asked_for(double decibels)
    {
        var set = SyntheticSounds.Create();
        var mixture = Mixture.Create(set.Test[0], set.Noises[0], decibels);
        Assert.Equal(decibels, 10 * Math.Log10(Energy(mixture.Speech) / Energy(mixture.Noise)), 1e-4);
        for (var t = 0; t < mixture.Speech.Length; t++)
            Assert.Equal(mixture.Speech[t] + mixture.Noise[t], mixture.Noisy.Channels[0][t]);
    }

    [Fact]
    public void Mixing_what_cannot_be_mixed_is_refused()
    {
        var set = SyntheticSounds.Create();
        var shortNoise = new NamedSound("short", new AudioClip(SoundSet.SampleRate, new float[10]));
        var silence = new NamedSound("silence", new AudioClip(SoundSet.SampleRate, new float[5 * SoundSet.SampleRate]));
        Assert.Contains(
            "shorter", Assert.Throws<UserErrorException>(() => Mixture.Create(set.Test[0], shortNoise, 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "silent", Assert.Throws<UserErrorException>(() => Mixture.Create(set.Test[0], silence, 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Test_speakers_and_helicopters_are_not_among_those_that_settings_are_chosen_with()
    {
        var folder = RecordedSounds.Find();
        Assert.SkipWhen(folder is null, "There is no folder of recordings.");
        var test = RecordedSounds.Test(folder!, full: true);
        Assert.Equal((5, 3, 16), (test.Training.Count, test.Test.Count, test.Noises.Count));
        Assert.Equal(4, RecordedSounds.Test(folder!, full: false).Noises.Count);
        foreach (var validation in RecordedSounds.Validation(folder!))
        {
            Assert.Single(validation.Test);
            Assert.Equal(4, validation.Training.Count);
            Assert.DoesNotContain(validation.Test[0].Name, validation.Training.Select(s => s.Name));
            Assert.Empty(validation.Noises.Select(n => n.Name).Intersect(test.Noises.Select(n => n.Name)));
            Assert.All(
                validation.Training.Concat(validation.Test),
                s => Assert.DoesNotContain("axb", s.Name, StringComparison.Ordinal));
        }
    }

    private static double Energy(float[] samples) => samples.Sum(x => (double)x * x);
}
