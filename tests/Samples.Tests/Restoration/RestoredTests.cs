using Restoration.Analysis;
using Restoration.Sound;

namespace Restoration.Tests;

public sealed class RestoredTests
{
    private const int SampleRate = 8000;

    [Fact]
    public void Tones_in_noise_become_parts_that_add_up_to_the_recording()
    {
        var recording = Tones();
        var decomposition = Decomposition.Create(
            recording, CommandLine.Parse(["--components", "4", "--frame", "0.05", "--iterations", "60"])!);
        var groups = GroupGuess.Guess(Component.Describe(decomposition), 2);
        Assert.Equal(2, groups.Count);
        var restored = Restored.Create(decomposition, recording, groups, [-0.5, 1]);
        Assert.InRange(restored.GreatestError, 0, 1e-5);
        Assert.Equal(["high", "low", "noise"], restored.Parts.Select(part => part.Name).Order());
        Assert.Null(restored.Parts[^1].Place);
        Assert.All(
            restored.Parts,
            part => Assert.True(
                part.Score!.SourceToDistortion > part.Before!.SourceToDistortion + 5,
                $"{part.Name}: {part.Score} after {part.Before}"));
    }

    [Fact]
    public void Without_a_dropped_component_the_channels_alone_are_the_recording()
    {
        var recording = Tones() with { Tracks = [] };
        var decomposition = Decomposition.Create(
            recording, CommandLine.Parse(["--components", "3", "--iterations", "5"])!);
        var restored = Restored.Create(decomposition, recording, [[0, 2], [1]], [0, 0.2]);
        Assert.Equal(2, restored.Parts.Count);
        Assert.InRange(restored.GreatestError, 0, 1e-5);
        Assert.All(restored.Parts, part => Assert.Null(part.Score));
    }

    [Fact]
    public void Components_are_numbered_and_reported_by_the_energy_of_their_sound()
    {
        var recording = Tones();
        var decomposition = Decomposition.Create(
            recording, CommandLine.Parse(["--components", "4", "--frame", "0.05", "--iterations", "60"])!);
        var components = Component.Describe(decomposition);
        var energy = recording.Samples.Sum(sample => (double)sample * sample);
        double[] shares = [.. components.Select(
            component => decomposition.Signal(component.Index).Sum(sample => (double)sample * sample) / energy)];
        Assert.Equal(shares.OrderDescending(), shares);
        for (var k = 0; k < shares.Length; k++)
            Assert.Equal(shares[k], components[k].Share, 1e-5);
        Assert.True(shares.Sum() < 1.001);
    }

    // Two notes of three partials that come and go, and noise that does not.
    private static Recording Tones()
    {
        var random = new Random(2);
        var (low, high, noise) = (new float[3 * SampleRate], new float[3 * SampleRate], new float[3 * SampleRate]);
        for (var t = 0; t < low.Length; t++)
        {
            for (var p = 1; p <= 3; p++)
            {
                low[t] += (float)((t / 4000 % 2 == 0 ? 0.2 : 0.002) / p * Math.Sin(0.17 * p * t));
                high[t] += (float)((t / 6000 % 2 == 0 ? 0.002 : 0.2) / p * Math.Sin(0.43 * p * t));
            }

            noise[t] = (float)(0.02 * (random.NextDouble() - 0.5));
        }

        return new Recording(
            "tones", SampleRate, [.. low.Select((x, t) => x + high[t] + noise[t])],
            [new("low", low), new("high", high), new("noise", noise)]);
    }
}
