namespace Nmf.Audio.Tests;

public sealed class BlindStartTests
{
    private static readonly Stft Stft = new(Mixtures.Options);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Panned_sources_are_separated_of_which_nothing_is_known(int count)
    {
        var images = Mixtures.Panned(Mixtures.Sources(count));
        var mixture = Stft.Analyze(Mixtures.Sum(images));
        var options = new MultichannelOptions
        {
            Sources = count, Mixing = MixingKind.Instantaneous, ComponentsPerSource = 2,
            Iterations = new() { MaximumIterations = 40 },
        };
        var start = MultichannelStart.Blind(mixture, options);
        for (var j = 0; j < count; j++)
        {
            // Some source has each direction, to a degree.
            var angle = (j + 0.5) / count * Math.PI / 2;
            Assert.Contains(Enumerable.Range(0, count), k => Math.Abs(
                (start.Mixing(3, 0, k).Real * Math.Cos(angle)) + (start.Mixing(3, 1, k).Real * Math.Sin(angle)))
                > Math.Cos(Math.PI / 180));
        }

        Assert.InRange(Least(images, mixture, MultichannelNmf.Fit(mixture, options)), 8, 99);
    }

    [Fact]
    public void Three_channels_have_directions_too()
    {
        double[][] gains = [[0.9, 0.3, 0.1], [0.2, 0.9, 0.3], [-0.5, 0.4, 0.7], [0.6, 0.6, 0.6]];
        AudioClip[] images = [.. Mixtures.Sources(4).Select((source, j) => new AudioClip(
            Mixtures.SampleRate, [.. gains[j].Select(g => source.Select(x => (float)(g * x)).ToArray())]))];
        var mixture = Stft.Analyze(Mixtures.Sum(images));
        var options = new MultichannelOptions { Sources = 4, Mixing = MixingKind.Instantaneous };
        var masked = BlindSources.Find(mixture, options, default).Images;
        Assert.True(Least(images, [.. masked.Select(image => image.ToClip())]) > 8);
    }

    [Fact]
    public void Sources_that_arrive_at_different_times_are_separated()
    {
        var images = Delayed();
        var mixture = Stft.Analyze(Mixtures.Sum(images));
        var options = new MultichannelOptions { Sources = 3 };
        var masked = BlindSources.Find(mixture, options, default).Images;
        var before = images.Average(image => Mixtures.Ratio(image, Mixtures.Sum(images)));
        Assert.InRange(Best(images, [.. masked.Select(image => image.ToClip())]).Average(), before + 3.5, 99);

        var model = MultichannelNmf.Fit(mixture, options with { Iterations = new() { MaximumIterations = 30 } });
        Assert.InRange(Best(images, Images(mixture, model)).Average(), before + 3.5, 99);
    }

    [Theory]
    [InlineData(MixingKind.Instantaneous)]
    [InlineData(MixingKind.Convolutive)]
    public void Known_times_say_which_source_is_which_and_silence_them_in_the_start(MixingKind mixing)
    {
        var sources = Mixtures.Sources(3);
        double[] from = [0, 1, 0.5], to = [2, 3, 2.5];
        for (var j = 0; j < 3; j++)
        {
            for (var t = 0; t < sources[j].Length; t++)
                sources[j][t] *= t >= from[j] * Mixtures.SampleRate && t < to[j] * Mixtures.SampleRate ? 1 : 0;
        }

        var images = mixing == MixingKind.Instantaneous ? Mixtures.Panned(sources) : Delayed(sources);
        foreach (var order in new int[][] { [0, 1, 2], [2, 0, 1], [1, 2, 0] })
        {
            AudioClip[] ordered = [.. order.Select(j => images[j])];
            var mixture = Stft.Analyze(Mixtures.Sum(ordered));
            var options = new MultichannelOptions
            {
                Sources = 3, Mixing = mixing,
                Activity = new ActivityTable(order.Select((j, k) => new SourceActivity(k, from[j], to[j]))),
            };
            var masked = BlindSources.Find(mixture, options, default).Images;
            var before = ordered.Average(image => Mixtures.Ratio(image, Mixtures.Sum(ordered)));
            Assert.True(ordered.Select((image, k) => Mixtures.Ratio(image, masked[k].ToClip())).Average() > before + 5);
            var heard = options.Activity.Frames(3, mixture);
            for (var k = 0; k < 3; k++)
            {
                for (var n = 0; n < mixture.Frames; n++)
                    Assert.True(heard[k][n] || !masked[k].Channels[0].Frame(n).ContainsAnyExcept(0f));
            }
        }
    }

    [Theory]
    [InlineData(MixingKind.Instantaneous)]
    [InlineData(MixingKind.Convolutive)]
    public void Masks_share_the_mixture_out_and_do_not_depend_on_threads_or_units(MixingKind mixing)
    {
        var recording = Mixtures.Sum(Delayed());
        var mixture = Stft.Analyze(recording);
        var options = new MultichannelOptions { Sources = 3, Mixing = mixing, Threads = 1 };
        var masked = BlindSources.Find(mixture, options, default).Images;
        var sum = Mixtures.Sum([.. masked.Select(image => image.ToClip())]);
        Assert.True(Signals.GreatestDifference(recording.Channels[0], sum.Channels[0]) < 1e-5);

        var loud = Stft.Analyze(new AudioClip(
            Mixtures.SampleRate, [.. recording.Channels.Select(c => c.Select(x => 1024 * x).ToArray())]));
        var again = BlindSources.Find(loud, options with { Threads = 3 }, default).Images;
        for (var j = 0; j < 3; j++)
            Assert.Equal(
                masked[j].Channels[1].Frame(20).ToArray().Select(x => 1024 * x),
                again[j].Channels[1].Frame(20).ToArray());

        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => BlindSources.Find(mixture, options, source.Token));
    }

    [Theory]
    [InlineData(MixingKind.Instantaneous)]
    [InlineData(MixingKind.Convolutive)]
    public void Fewer_directions_than_sources_and_silence_are_no_error(MixingKind mixing)
    {
        var source = Mixtures.Sources(1, 1)[0];
        Array.Clear(source, 2000, 3000);
        var mixture = Stft.Analyze(new AudioClip(Mixtures.SampleRate, source, source));
        var options = new MultichannelOptions
        {
            Sources = 3, Mixing = mixing, Iterations = new() { MaximumIterations = 5 },
        };
        var model = MultichannelNmf.Fit(mixture, options);
        var sum = Mixtures.Sum(Images(mixture, model));
        Assert.True(Signals.GreatestDifference(source, sum.Channels[0]) < 1e-5);

        // Fewer frames than sources.
        var click = Stft.Analyze(new AudioClip(Mixtures.SampleRate, [1, 2, 3], [3, 1, 1]));
        Assert.Equal(3, MultichannelNmf.Fit(click, options).Sources);
    }

    [Fact]
    public void Sequences_of_frequencies_are_put_in_one_order()
    {
        // Three activities, at every frequency in another order and with noise.
        double[][] activities = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, 60).Select(
            n => (n / (4 + (3 * j))) % 2 == 0 ? 0.8 : 0.1).ToArray())];
        var noise = Signals.Noise(40 * 3 * 60, 3);
        double[][][] posteriors = [.. Enumerable.Range(0, 40).Select(f => Enumerable.Range(0, 3).Select(
            j => activities[(j + f) % 3].Select((a, n) => a + (0.3 * noise[(((f * 3) + j) * 60) + n])).ToArray())
            .ToArray())];
        ActivityAlignment.Align(posteriors, null, default);
        for (var j = 0; j < 3; j++)
        {
            var source = Enumerable.Range(0, 3).MaxBy(s => Correlation(activities[s], posteriors[0][j]));
            Assert.All(posteriors, clusters => Assert.Equal(
                source, Enumerable.Range(0, 3).MaxBy(s => Correlation(activities[s], clusters[j]))));
        }
    }

    private static double Correlation(double[] first, double[] second)
    {
        var (a, b) = (first.Average(), second.Average());
        return first.Zip(second, (x, y) => (x - a) * (y - b)).Sum()
            / Math.Sqrt(first.Sum(x => (x - a) * (x - a)) * second.Sum(y => (y - b) * (y - b)));
    }

    /// <summary>Images with a delay of their own in each channel.</summary>
    private static AudioClip[] Delayed(float[][]? sources = null) => [.. (sources ?? Mixtures.Sources(3)).Select(
        (source, j) => new AudioClip(
            Mixtures.SampleRate, Later(source, 2 * j, 1), Later(source, 5 - (2 * j), 0.6f + (0.2f * j))))];

    private static float[] Later(float[] source, int delay, float gain)
        => [.. Enumerable.Range(0, source.Length).Select(t => t >= delay ? gain * source[t - delay] : 0)];

    private static AudioClip[] Images(MultichannelSpectrogram mixture, MultichannelModel model)
        => [.. Enumerable.Range(0, model.Sources).Select(
            j => model.SourceImage(mixture, model.Activations, j).ToClip())];

    private static double Least(AudioClip[] truth, MultichannelSpectrogram mixture, MultichannelModel model)
        => Least(truth, Images(mixture, model));

    private static double Least(AudioClip[] truth, AudioClip[] estimates) => Best(truth, estimates).Min();

    /// <summary>The ratios of the best assignment.</summary>
    private static double[] Best(AudioClip[] truth, AudioClip[] estimates)
    {
        var ratios = new double[truth.Length, truth.Length];
        for (var j = 0; j < truth.Length; j++)
        {
            for (var k = 0; k < truth.Length; k++)
                ratios[j, k] = -Mixtures.Ratio(truth[j], estimates[k]);
        }

        return [.. OptimalAssignment.Minimize(ratios).Select((k, j) => -ratios[j, k])];
    }
}
