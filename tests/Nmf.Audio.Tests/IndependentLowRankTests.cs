using System.Numerics;

namespace Nmf.Audio.Tests;

/// <summary>Independent low-rank matrix analysis beyond what all methods keep (<see cref="MultichannelNmfTests"/>) and
/// what an independent program computes (<see cref="DemixingGoldenTests"/>).</summary>
public sealed class IndependentLowRankTests
{
    private static readonly Stft Stft = new(new StftOptions { FrameLength = 512, HopLength = 128 });

    private static readonly MultichannelOptions Options = new()
    {
        Sources = 2, ComponentsPerSource = 4, Method = new IndependentLowRank(),
        Iterations = new() { MaximumIterations = 80, Tolerance = 0 },
    };

    /// <summary>Two sources, two microphones, other delays and levels: nothing is known, and the images come out.
    /// </summary>
    [Fact]
    public void Two_sources_with_delays_are_separated_blindly()
    {
        var sources = Mixtures.Sources(2);
        AudioClip[] images = [Image(sources[0], (0, 1), (5, 0.6)), Image(sources[1], (4, 0.5), (0, 1))];
        var mixture = Mixtures.Sum(images);
        var before = images.Average(image => Mixtures.Ratio(image, mixture));
        var spectrogram = Stft.Analyze(mixture);
        var model = MultichannelNmf.Fit(spectrogram, Options);
        var found = Enumerable.Range(0, 2).Select(
            j => model.SourceImage(spectrogram, model.Activations, j).ToClip()).ToArray();
        var after = Math.Max(
            (Mixtures.Ratio(images[0], found[0]) + Mixtures.Ratio(images[1], found[1])) / 2,
            (Mixtures.Ratio(images[0], found[1]) + Mixtures.Ratio(images[1], found[0])) / 2);
        Assert.True(after > before + 8, $"{before:F1} dB before, {after:F1} dB after");
        for (var t = 0; t < mixture.Samples; t++)
            Assert.Equal(mixture.Channels[0][t], found[0].Channels[0][t] + found[1].Channels[0][t], 1e-5f);
    }

    [Fact]
    public void It_is_saved_and_serves_other_recordings()
    {
        var sources = Mixtures.Sources(2, 1.5);
        var mixture = Mixtures.Sum([Image(sources[0], (0, 1), (5, 0.6)), Image(sources[1], (4, 0.5), (0, 1))]);
        var model = MultichannelNmf.Fit(Stft.Analyze(mixture), Options);
        using var stream = new MemoryStream();
        model.Save(stream);
        stream.Position = 0;
        var loaded = MultichannelModel.Load(stream);
        Assert.IsType<IndependentLowRank>(loaded.Method);
        Assert.Equal(model.Mixing(7, 1, 0), loaded.Mixing(7, 1, 0));
        var (one, other) = (model.Separate(mixture), loaded.Separate(mixture));
        Assert.Equal(one[1].Channels[0], other[1].Channels[0]);
    }

    [Fact]
    public void What_it_cannot_do_is_refused()
    {
        var sources = Mixtures.Sources(2, 0.5);
        var mixture = Stft.Analyze(Mixtures.Sum(Mixtures.Panned(sources)));
        Refused(Options with { Sources = 3 }, "as many sources as channels");
        Refused(Options with { Mixing = MixingKind.Instantaneous }, "must be Convolutive");
        Refused(Options with { Directions = [[1, Complex.ImaginaryOne], null] }, "cannot hold directions");

        // Both sources from the same place: no matrix separates what the start mixes alike.
        var start = MultichannelStart.Random(mixture, Options);
        start.SetMixing(9, 0, [1, 1]);
        start.SetMixing(9, 1, [1, 1]);
        Assert.Contains("alike at frequency 9", Assert.Throws<ArgumentException>(
            () => MultichannelNmf.Fit(mixture, Options, start)).Message, StringComparison.Ordinal);

        void Refused(MultichannelOptions options, string message) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => MultichannelNmf.Fit(mixture, options)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Channels that are the same, and silence at the begin: the fit ends with finite numbers, or says what is
    /// wrong.</summary>
    [Fact]
    public void Degenerate_mixtures_end()
    {
        var source = Mixtures.Sources(1, 1)[0];
        var silent = (float[])source.Clone();
        silent.AsSpan(0, silent.Length / 3).Clear();
        foreach (var clip in new[]
        {
            new AudioClip(Mixtures.SampleRate, source, [.. source.Select(x => 0.5f * x)]),
            new AudioClip(Mixtures.SampleRate, silent, Signals.Single(Signals.Noise(silent.Length, 3))),
            new AudioClip(Mixtures.SampleRate, silent, Delayed(silent, (3, 0.3))),
        })
        {
            var mixture = Stft.Analyze(clip);
            try
            {
                var model = MultichannelNmf.Fit(mixture, Options);
                Assert.All(model.Dictionary.ToRowMajor(), w => Assert.True(double.IsFinite(w)));
                Assert.All(model.Activations.ToRowMajor(), h => Assert.True(double.IsFinite(h)));
                Assert.All(
                    model.Separate(clip), part => Assert.All(part.Channels[0], x => Assert.True(float.IsFinite(x))));
            }
            catch (Exception e) when (e is NmfNumericalException or AudioDataException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static AudioClip Image(float[] source, (int Delay, double Gain) left, (int Delay, double Gain) right)
        => new(Mixtures.SampleRate, Delayed(source, left), Delayed(source, right));

    private static float[] Delayed(float[] source, (int Delay, double Gain) path)
        => [.. Enumerable.Range(0, source.Length).Select(
            t => t < path.Delay ? 0 : (float)(path.Gain * source[t - path.Delay]))];
}
