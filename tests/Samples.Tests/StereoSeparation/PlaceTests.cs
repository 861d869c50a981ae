using Nmf.Audio;
using StereoSeparation.Analysis;
using StereoSeparation.Sound;

namespace StereoSeparation.Tests;

public sealed class PlaceTests
{
    private static readonly Stft Frames = new(new StftOptions { FrameLength = 1024 });

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.83)]
    public void Levels_say_where_a_sound_was_panned(double place)
    {
        var noise = Noise(16_000);
        var angle = place * Math.PI / 2;
        var clip = new AudioClip(
            16_000, Array.ConvertAll(noise, x => (float)(Math.Cos(angle) * x)),
            Array.ConvertAll(noise, x => (float)(Math.Sin(angle) * x)));
        var places = new LevelPlaces();
        Assert.Equal(place, places.Of(Frames.Analyze(clip)), 0.011);
        Assert.Equal(1, places.Curve(Frames.Analyze(clip)).Max());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-5)]
    public void Delays_say_who_heard_it_first(int samples)
    {
        // The right channel has it so many samples before the left one.
        var noise = Noise(16_000);
        float[] left = [.. noise.Skip(100 - samples).Take(12_000)], right = [.. noise.Skip(100).Take(12_000)];
        var sound = Frames.Analyze(new AudioClip(16_000, left, right));
        Assert.Equal(samples / 16.0, new DelayPlaces(0.5).Of(sound), 0.006);
    }

    [Fact]
    public void Voices_in_the_room_are_heard_from_left_to_right_as_they_stand()
    {
        var noise = Noise(16_000);
        var voices = Scenes.InRoom([("a", noise), ("b", noise), ("c", noise)]);
        var places = new DelayPlaces(DelayPlaces.Longest(Scenes.Spacing));
        double[] found = [.. voices.Select(voice => places.Of(Frames.Analyze(voice.Image)))];
        Assert.Equal(found.Order(), found);
        Assert.True(found[0] < -0.3 && Math.Abs(found[1]) < 0.2 && found[2] > 0.3, string.Join(' ', found));
    }

    [Fact]
    public void Silence_comes_from_nowhere()
    {
        var silence = Frames.Analyze(new AudioClip(16_000, new float[4000], new float[4000]));
        Assert.All(new LevelPlaces().Curve(silence), x => Assert.Equal(0, x));
        Assert.All(new DelayPlaces(1).Curve(silence), x => Assert.Equal(0, x));
    }

    private static float[] Noise(int length)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(0.1 * (random.NextDouble() - 0.5)))];
    }
}
