using Nmf.Audio;
using SpeechEnhancement.Baseline;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Tests;

public class SpectralBaselineTests
{
    private const int Rate = SoundSet.SampleRate;

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 0.001)]
    public void The_power_of_stationary_noise_is_found_to_a_fraction_of_a_decibel(int seed, double level)
    {
        var noise = Noise(seed, 6 * Rate, level);
        var stft = new Stft(SpectralBaseline.Frames(Rate));
        var spectrogram = stft.Analyze(noise);
        var estimator = new SpectralBaseline.Estimator(stft.Bins);
        var (truth, found) = (new double[stft.Bins], new double[stft.Bins]);
        var power = spectrogram.Power();
        for (var n = 0; n < spectrogram.Frames; n++)
        {
            estimator.Apply(spectrogram.Frame(n), isFirst: n == 0);

            // After the second that minima are taken over.
            for (var f = 0; f < stft.Bins && n >= 125; f++)
            {
                truth[f] += power[n, f];
                found[f] += estimator.Noise[f];
            }
        }

        var errors = Enumerable.Range(1, stft.Bins - 2).Select(f => 10 * Math.Log10(found[f] / truth[f])).ToArray();
        Assert.InRange(10 * Math.Log10(found.Sum() / truth.Sum()), -0.5, 0.5);
        Assert.True(
            Math.Sqrt(errors.Average(e => e * e)) < 1.5,
            $"root mean square error over frequencies {Math.Sqrt(errors.Average(e => e * e))} dB");
    }

    [Fact]
    public void Noise_alone_is_turned_down_a_lot()
    {
        var noise = Noise(3, 4 * Rate, 1);
        var enhanced = SpectralBaseline.Enhance(noise, Rate);
        Assert.Equal(noise.Length, enhanced.Length);
        var (before, after) = (Energy(noise[(2 * Rate)..]), Energy(enhanced[(2 * Rate)..]));
        Assert.True(after < before / 30, $"{10 * Math.Log10(before / after)} dB");
    }

    [Theory]
    [InlineData(50, 0)]
    [InlineData(500, 0)]
    [InlineData(0, 50)]
    [InlineData(0, 500)]
    public void Digital_silence_changes_nothing(int front, int middle)
    {
        var hop = SpectralBaseline.Frames(Rate).HopLength!.Value;
        var speech = SyntheticSounds.Create().Test[0];
        var mixture = Mixture.Create(
            speech, new NamedSound("noise", new AudioClip(Rate, Noise(4, speech.Clip.Samples, 0.1))), 0);
        var (clean, noisy) = (mixture.Speech, mixture.Noisy.Channels[0]);
        var half = noisy.Length / 2 / hop * hop;
        var expected = SpectralBaseline.Enhance(noisy, Rate);
        var found = SpectralBaseline.Enhance(
            [.. new float[front * hop], .. noisy[..half], .. new float[middle * hop], .. noisy[half..]], Rate);
        float[] actual = [.. found[(front * hop)..][..half], .. found[(((front + middle) * hop) + half)..]];
        if (middle == 0)
            Assert.Equal(expected, actual);
        Assert.Equal(SiSdr.Evaluate(clean, expected), SiSdr.Evaluate(clean, actual), 0.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Speech_in_stationary_noise_becomes_clearer(double decibels)
    {
        var speech = SyntheticSounds.Create().Test[0];
        var noise = new NamedSound("noise", new AudioClip(Rate, Noise(4, speech.Clip.Samples, 0.1)));
        var mixture = Mixture.Create(speech, noise, decibels);
        var (before, after) = (Score.Of(mixture, mixture.Noisy.Channels[0]),
            Score.Of(mixture, SpectralBaseline.Enhance(mixture.Noisy.Channels[0], Rate)));
        Assert.Equal(decibels, before.ScaleInvariant, 0.2);
        Assert.True(after.Distortion > before.Distortion + 4, $"{before} before, {after} after");
        Assert.True(after.ScaleInvariant > before.ScaleInvariant + 4, $"{before} before, {after} after");
    }

    [Fact]
    public void The_level_does_not_matter_and_silence_stays_silence()
    {
        var speech = SyntheticSounds.Create().Test[0].Clip.Channels[0];
        var loud = SpectralBaseline.Enhance(speech, Rate);
        var quiet = SpectralBaseline.Enhance(Array.ConvertAll(speech, x => x / 1024), Rate);
        for (var t = 0; t < loud.Length; t++)
            Assert.Equal(loud[t], 1024 * quiet[t], 1e-4f);
        Assert.All(SpectralBaseline.Enhance(new float[3000], Rate), x => Assert.Equal(0, x));
    }

    /// <summary>White noise through a filter: a spectrum with a slope.</summary>
    private static float[] Noise(int seed, int length, double level)
    {
        var random = new Random(seed);
        var samples = new float[length];
        double state = 0;
        for (var t = 0; t < length; t++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(
                2 * Math.PI * random.NextDouble());
            state = (0.6 * state) + normal;
            samples[t] = (float)(level * state);
        }

        return samples;
    }

    private static double Energy(float[] samples) => samples.Sum(x => (double)x * x);
}
