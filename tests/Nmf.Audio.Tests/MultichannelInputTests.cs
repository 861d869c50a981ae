using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio.Tests;

/// <summary>Starts, directions, activations and tables that would give a wrong result without a word.</summary>
public sealed class MultichannelInputTests
{
    private static readonly Stft Stft = new(new StftOptions { FrameLength = 512 });

    // Two sources, panned far apart.
    private static readonly AudioClip[] Images =
    [
        .. Mixtures.Sources(2).Select((source, j) => new AudioClip(
            Mixtures.SampleRate, Times(source, j == 0 ? 0.94f : 0.34f), Times(source, j == 0 ? 0.34f : 0.94f))),
    ];

    private static readonly MultichannelSpectrogram Mixture = Stft.Analyze(Mixtures.Sum(Images));

    private static readonly MultichannelOptions Options = new()
    {
        Sources = 2, ComponentsPerSource = 4, Mixing = MixingKind.Instantaneous,
        Iterations = new() { MaximumIterations = 120 },
    };

    [Theory]
    [InlineData(32768, 32768)]
    [InlineData(1e-3, 1e-3)]
    [InlineData(1, 1e6)]
    [InlineData(1e-6, 30)]
    public void How_loud_the_sounds_of_a_start_are_does_not_matter(double first, double second)
    {
        Assert.True(Separated(1, 1) > 15);
        Assert.True(Separated(first, second) > Separated(1, 1) - 1.5, $"{Separated(first, second)} dB");

        double Separated(double a, double b)
        {
            AudioClip[] sounds = [Scaled(Images[0], (float)a), Scaled(Images[1], (float)b)];
            var start = MultichannelStart.FromSources(
                Mixture, [.. sounds.Select(sound => Stft.Analyze(sound))], Options);
            var model = MultichannelNmf.Fit(Mixture, Options, start);
            return Enumerable.Range(0, 2).Average(j => Mixtures.Ratio(
                Images[j], model.SourceImage(Mixture, model.Activations, j).ToClip()));
        }
    }

    [Theory]
    [InlineData(1e-170)]
    [InlineData(1e160)]
    [InlineData(1e300)]
    public void The_length_of_directions_does_not_matter(double scale)
    {
        MultichannelModel Fit(double length) => MultichannelNmf.Fit(Mixture, Options with
        {
            Directions = [[length, 0.36 * length], [0.36 * length, length]],
            Iterations = new() { MaximumIterations = 5 },
        });
        var (expected, actual) = (Fit(1), Fit(scale));
        Assert.Equal(expected.Report!.Objective, actual.Report!.Objective, 1e-9 * Math.Abs(expected.Report.Objective));
        var start = MultichannelStart.Random(Mixture, Options);
        start.SetMixing(0, 1, [scale, scale]);
        Assert.Equal(Math.Sqrt(0.5), start.Mixing(0, 1, 1).Real, 1e-12);
    }

    [Fact]
    public void Gains_of_a_start_are_numbers_and_heard()
    {
        var start = MultichannelStart.Random(Mixture, Options);
        Named("channel 1", () => start.SetMixing(0, 0, [1, double.NaN]));
        Named("channel 0", () => start.SetMixing(0, 0, [double.PositiveInfinity, 1]));
        Named("No channel hears source 1", () => start.SetMixing(0, 1, [0, 0]));
        Named("no real part", () => start.SetMixing(0, 1, [Complex.ImaginaryOne, 0]));
    }

    [Fact]
    public void A_start_is_for_the_mixture_that_it_was_made_for()
    {
        var loud = Stft.Analyze(Scaled(Mixtures.Sum(Images), 1 << 20));
        Named("power", () => MultichannelNmf.Fit(Mixture, Options, MultichannelStart.Random(loud, Options)));
        var other = new AudioClip(Mixtures.SampleRate / 2, [.. Images[0].Channels]);
        Named("sample rate", () => MultichannelStart.FromSources(
            Mixture, [Stft.Analyze(Images[0]), Stft.Analyze(other)], Options));
    }

    [Fact]
    public void Activations_and_gains_of_images_are_checked()
    {
        var model = MultichannelNmf.Fit(Mixture, Options with { Iterations = new() { MaximumIterations = 5 } });
        foreach (var bad in new[] { -1e-3, double.NaN, double.PositiveInfinity })
        {
            var h = model.Activations.Clone();
            h[7, 3] = bad;
            Named("component 3 in frame 7", () => model.SourceImage(Mixture, h, 0));
            Named("component 3 in frame 7", () => model.Remix(Mixture, h, [1, 1]));
            Named("component 3 in frame 7", () => model.NoiseImage(Mixture, h));
        }

        Named("gain of source 1", () => model.Remix(Mixture, model.Activations, [1, double.NaN]));
        var broken = Stft.Analyze(Mixtures.Sum(Images));
        broken.Channels[1].Frame(5)[8] = float.NaN;
        Assert.Contains("Channel 1", Assert.Throws<AudioDataException>(
            () => model.SourceImage(broken, model.Activations, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_says_something_of_the_recording()
    {
        foreach (var text in new[] { "", "source,from,to\n", "# nothing\n\n" })
            Assert.Throws<InvalidDataException>(() => ActivityTable.Read(new StringReader(text)));
        var seconds = (double)Mixture.SignalLength / Mixture.SampleRate;
        Named("begins at", () => MultichannelNmf.Fit(Mixture, Options with
        {
            Activity = new([new SourceActivity(0, seconds + 0.001, seconds + 0.01)]),
        }));
        Named("least power", () => MixtureNoise.Fixed(1e-300));
    }

    private static void Named(string part, Action action)
        => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static float[] Times(float[] signal, float gain) => Array.ConvertAll(signal, x => gain * x);

    private static AudioClip Scaled(AudioClip clip, float gain)
        => new(clip.SampleRate, [.. clip.Channels.Select(channel => Times(channel, gain))]);
}
