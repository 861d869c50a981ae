namespace Nmf.Audio.Tests;

/// <summary>Recordings that no one records: every method ends with finite numbers and images that add up to the
/// recording, or says what is wrong.</summary>
public sealed class HostileMixturesTests
{
    private static readonly MultichannelMethod[] Methods =
    [
        new ExpectationMaximization(), new ExpectationMaximization { Noise = MixtureNoise.Estimated() },
        new MultiplicativeUpdates(), new MultiplicativeUpdates { Exponent = 0.5 }, new IndependentLowRank(),
        new FullRankCovariance(),
    ];

    public static TheoryData<string> Names =>
    [
        "short", "many channels", "soft", "loud", "gap", "one channel of another", "nearly silent channel", "impulse",
        "opposite",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Models_are_finite_and_images_add_up(string name)
    {
        var clip = Clip(name);
        var mixture = new Stft(new StftOptions { FrameLength = 64 }).Analyze(clip);
        foreach (var method in Methods)
        {
            var sources = method is IndependentLowRank ? clip.Channels.Count : 3;
            var options = new MultichannelOptions
            {
                Sources = sources, ComponentsPerSource = 2, Method = method,
                Iterations = new() { MaximumIterations = 20, CheckInterval = 5 },
            };
            var model = MultichannelNmf.Fit(mixture, options);
            Assert.True(double.IsFinite(model.Report!.Objective), $"{method}");
            Assert.All(model.Dictionary.ToRowMajor(), w => Assert.True(double.IsFinite(w) && w >= 0));
            foreach (var h in new[] { model.Activations, model.Infer(mixture) })
            {
                Assert.All(h.ToRowMajor(), x => Assert.True(double.IsFinite(x) && x >= 0));
                var sum = Mixtures.Sum([.. Enumerable.Range(0, sources).Select(
                    j => model.SourceImage(mixture, h, j).ToClip())]);
                for (var i = 0; i < clip.Channels.Count; i++)
                {
                    var peak = Math.Max(Signals.Peak(clip.Channels[i]), 1e-3 * Signals.Peak(clip.Channels[0]));
                    var error = Signals.GreatestDifference(clip.Channels[i], sum.Channels[i]);
                    Assert.True(error <= 4e-6 * peak, $"{method}, channel {i}: {error} of {peak}");
                }
            }
        }
    }

    [Fact]
    public void What_is_not_finite_is_named()
    {
        float[] broken = [.. Signals.Music(900)];
        broken[500] = float.NaN;
        foreach (var method in Methods)
        {
            Assert.Contains("position 500 is not a number", Assert.ThrowsAny<Exception>(() => MultichannelNmf.Fit(
                new Stft(new StftOptions { FrameLength = 64 }).Analyze(
                    new AudioClip(8000, Signals.Music(900), broken)),
                new MultichannelOptions { Method = method })).Message, StringComparison.Ordinal);
        }
    }

    private static AudioClip Clip(string name)
    {
        float[] music = Signals.Music(1500), noise = Signals.Single(Signals.Noise(1500, 3));
        return name switch
        {
            "short" => new(8000, music[..40], noise[..40]),
            "many channels" => new(8000, [.. Enumerable.Range(0, 12).Select(
                i => Signals.Single([.. Signals.Noise(1500, i + 1).Zip(music, (x, m) => (0.1 * x) + m)]))]),
            "soft" => Both(x => MathF.ScaleB(x, -60)),
            "loud" => Both(x => MathF.ScaleB(x, 60)),
            "gap" => new(8000, [.. music.Select((x, t) => t is > 400 and < 900 ? 0 : x)],
                [.. noise.Select((x, t) => t is > 400 and < 900 ? 0 : x)]),
            "one channel of another" => new(8000, music, [.. music.Select(x => -0.25f * x)], noise),
            "nearly silent channel" => new(8000, music, [.. noise.Select(x => 1e-6f * x)]),
            "impulse" => new(8000, [.. music.Select((_, t) => t == 700 ? 1f : 0)],
                [.. music.Select((_, t) => t == 702 ? 0.5f : 0)]),
            _ => new(8000, music, [.. music.Select(x => -x)]),
        };

        AudioClip Both(Func<float, float> change)
            => new(8000, [.. music.Select(change)], [.. noise.Zip(music, (x, m) => change(x + m))]);
    }
}
