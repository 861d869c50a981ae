using Nmf.Audio;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Sound;
using Resampler = SpeechEnhancement.Sound.Resampler;

namespace SpeechEnhancement.Tests;

public class SoundTests
{
    [Theory]
    [InlineData(22050, 16000)]
    [InlineData(16000, 22050)]
    [InlineData(44100, 16000)]
    [InlineData(85, 100)]
    public void A_tone_is_the_same_tone_at_another_rate(int from, int to)
    {
        // A tenth of the lower rate, well inside the pass band; whole seconds are not needed.
        var frequency = 0.1 * Math.Min(from, to) / from;
        var signal = Enumerable.Range(0, 5000).Select(t => (float)Math.Sin(2 * Math.PI * frequency * t)).ToArray();
        var result = Resampler.Resample(signal, from, to);
        Assert.Equal((long)signal.Length * to / from, result.Length, 1.0);
        for (var t = 200; t < result.Length - 200; t++)
            Assert.Equal(Math.Sin(2 * Math.PI * frequency * t * from / to), result[t], 2e-4);
    }

    [Fact]
    public void What_the_lower_rate_cannot_hold_is_taken_out()
    {
        // 10 kHz at 44.1 kHz: above the 8 kHz of the target.
        var signal = Enumerable.Range(0, 20000)
            .Select(t => (float)Math.Sin(2 * Math.PI * 10000.0 / 44100 * t)).ToArray();
        Assert.All(Resampler.Resample(signal, 44100, 16000)[100..^100], x => Assert.Equal(0, x, 1e-3f));
    }

    [Fact]
    public void The_same_rate_is_the_same_signal_and_a_constant_stays_one()
    {
        float[] signal = [1, 2, 3];
        Assert.Equal(signal, Resampler.Resample(signal, 8000, 8000));
        var ones = Enumerable.Repeat(1f, 1000).ToArray();
        Assert.All(Resampler.Resample(ones, 3, 4)[50..^50], x => Assert.Equal(1, x, 1e-5f));
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
