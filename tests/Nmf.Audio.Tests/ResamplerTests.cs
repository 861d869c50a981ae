using System.Buffers;

namespace Nmf.Audio.Tests;

public sealed class ResamplerTests
{
    public static TheoryData<int, int> Rates => new()
    {
        { 44100, 16000 }, { 16000, 44100 }, { 48000, 44100 }, { 44100, 48000 }, { 48000, 16000 }, { 8000, 16000 },
        { 22050, 8000 }, { 44100, 44101 }, { 44101, 16000 }, { 15999, 48000 }, { 96000, 7993 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void What_both_rates_can_hold_passes_without_delay_and_the_rest_is_gone(int from, int to)
    {
        var half = Math.Min(from, to) / 2.0;
        foreach (var part in new[] { 0.01, 0.3, 0.6, 0.9, 0.92 })
        {
            var result = Resample(Tone(part * half, from, from / 2), from, to);
            var expected = Tone(part * half, to, result.Length);
            Assert.Equal((((from / 2L) * to) + from - 1) / from, result.Length);
            Assert.True(
                Signals.GreatestDifference(Middle(expected), Middle(result)) < 1.5e-5, $"{part} of the half rate");
        }

        foreach (var part in new[] { 1, 1.02, 1.1, 1.7, 2.3 })
        {
            if (part * half < from / 2.0)
                Assert.InRange(Signals.Peak(Middle(Resample(Tone(part * half, from, from / 2), from, to))), 0, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_constant_stays_and_blocks_change_no_bit(int from, int to)
    {
        var constant = Middle(Resample([.. Enumerable.Repeat(0.7f, from / 4)], from, to));
        Assert.All(constant.ToArray(), x => Assert.Equal(0.7f, x, 3e-7f));

        var signal = Signals.Single(Signals.Noise(30_000, 9));
        var whole = Resample(signal, from, to);
        var resampler = new Resampler(from, to);
        var result = new ArrayBufferWriter<float>();
        foreach (var block in new[] { 1, 7, 1000, 30_000 })
        {
            // The same object takes one signal after another.
            result.Clear();
            for (var at = 0; at < signal.Length; at += block)
                resampler.Push(signal.AsSpan(at, Math.Min(block, signal.Length - at)), result);
            resampler.Complete(result);
            Assert.Equal(whole, result.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void Noise_is_what_scipy_makes_of_it()
    {
        var signal = Signals.Single(Signals.Noise(600, 4));
        foreach (var golden in Goldens.Cases("resampled"))
        {
            var result = Resample(signal, golden.GetProperty("from").GetInt32(), golden.GetProperty("to").GetInt32());
            Assert.True(
                Signals.GreatestDifference(Signals.Single(golden.Numbers("values")), result) < 2e-5);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Short_signals_have_as_many_samples_as_the_time_says(int samples)
    {
        Assert.Equal(((samples * 160) + 440) / 441, Resample(new float[samples], 44100, 16000).Length);
        Assert.Equal(((samples * 441) + 159) / 160, Resample(new float[samples], 16000, 44100).Length);
    }

    [Fact]
    public void A_recording_keeps_its_channels_and_one_of_the_same_rate_is_itself()
    {
        var clip = new AudioClip(48000, Signals.Music(5000), new float[5000]);
        var other = clip.Resample(16000);
        Assert.Equal((16000, 2, 1667), (other.SampleRate, other.Channels.Count, other.Samples));
        Assert.Equal(Resample(clip.Channels[0], 48000, 16000), other.Channels[0]);
        Assert.Same(clip, clip.Resample(48000));
        Assert.Equal(clip.Channels[0], Resample(clip.Channels[0], 48000, 48000));
    }

    [Fact]
    public void Rates_out_of_range_and_samples_that_are_no_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(0, 8000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(8000, -1));
        Assert.Contains("256 times", Assert.Throws<ArgumentOutOfRangeException>(
            () => new AudioClip(8000, new float[9]).Resample(31)).Message);
        var resampler = new Resampler(8000, 16000);
        var result = new ArrayBufferWriter<float>();
        resampler.Push(new float[100], result);
        Assert.Equal(103, Assert.Throws<AudioDataException>(
            () => resampler.Push([0, 0, 0, float.NaN], result)).Sample);
    }

    private static float[] Resample(float[] signal, int from, int to)
    {
        var result = new ArrayBufferWriter<float>();
        var resampler = new Resampler(from, to);
        resampler.Push(signal, result);
        resampler.Complete(result);
        return result.WrittenSpan.ToArray();
    }

    private static float[] Tone(double frequency, int rate, int samples) => Signals.Single(
        Enumerable.Range(0, samples).Select(t => Math.Sin((2 * Math.PI * frequency * t / rate) + 0.4)));

    // The ends of a tone that begins and ends are no tone.
    private static ReadOnlySpan<float> Middle(float[] signal)
        => signal.AsSpan(signal.Length / 4, signal.Length / 2);
}
