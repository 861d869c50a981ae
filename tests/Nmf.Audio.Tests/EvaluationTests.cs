namespace Nmf.Audio.Tests;

public sealed class EvaluationTests
{
    private const int Samples = 2500;

    private static readonly double[][] Colours = [[1, 0.9, 0.5], [1, -0.8], [1, 0, 0.7, 0, 0.3]];

    // Filters of source 0, 1 and 2 in each estimate: the first estimate is of source 1, the
    // second of 2, the third of 0.
    private static readonly double[][][] Mixing =
    [[[0.1, 0.05], [0.9, 0.2, 0, 0.1], [0.02, 0, 0.1]], [[0.2], [0.1, -0.05], [0.8, 0.3, 0.1]],
        [[0.9, -0.3, 0, 0.1], [0.05], [0.3]],
    ];

    private static float[][] Sources
        => [.. Colours.Select((c, j) => Signals.Single(Filter(Signals.Noise(Samples, 11 * (j + 1)), c)))];

    private static float[][] Estimates
    {
        get
        {
            var sources = Sources;
            return [.. Mixing.Select((filters, i) =>
            {
                var noise = Signals.Noise(Samples, 100 + i);
                var parts = filters.Select((f, j) => Filter([.. sources[j].Select(x => (double)x)], f)).ToArray();
                return Signals.Single(noise.Select((x, t) => parts.Sum(p => p[t]) + (0.05 * x)));
            })];
        }
    }

    [Fact]
    public void Scores_are_those_of_the_definition()
    {
        foreach (var golden in Goldens.Cases("evaluation"))
        {
            var result = BssEval.Evaluate(Sources, Estimates, golden.GetProperty("taps").GetInt32());
            Assert.Equal(golden.Numbers("order"), result.Order.Select(i => (double)i));
            for (var j = 0; j < 3; j++)
            {
                Assert.Equal(golden.Numbers("sdr")[j], result.Scores[j].SourceToDistortion, 1e-5);
                Assert.Equal(golden.Numbers("sir")[j], result.Scores[j].SourceToInterference, 1e-5);
                Assert.Equal(golden.Numbers("sar")[j], result.Scores[j].SourceToArtifacts, 1e-5);
            }
        }
    }

    // Filters from the sources to the left and the right channel.
    private static readonly double[][][] Rooms =
        [[[0.9, 0.3, 0, 0.1], [0.3, 0, 0.2]], [[0.2, 0.1], [0.8, 0, 0, 0.3]], [[0.5], [0.6, -0.2]]];

    private static AudioClip[] Images => [.. Rooms.Select((room, j) => new AudioClip(
        16000, [.. room.Select((h, c) =>
        {
            var noise = Signals.Noise(Samples, 300 + (2 * j) + c);
            return Signals.Single(
                Filter(Signals.Noise(Samples, 11 * (j + 1)), h).Select((x, t) => x + (0.2 * noise[t])));
        })]))];

    private static AudioClip[] ImageEstimates
    {
        get
        {
            var images = Images;
            return [.. Enumerable.Range(0, 3).Select(j => new AudioClip(16000, [.. Enumerable.Range(0, 2).Select(c =>
            {
                var most = Filter([.. images[(j + 1) % 3].Channels[c].Select(x => (double)x)], [0.9, 0.1 * c]);
                var noise = Signals.Noise(Samples, 200 + (2 * j) + c);
                return Signals.Single(
                    most.Select((x, t) => x + (0.1 * images[(j + 2) % 3].Channels[c][t]) + (0.05 * noise[t])));
            })]))];
        }
    }

    [Fact]
    public void Scores_of_images_are_those_of_mir_eval_and_of_the_definition()
    {
        foreach (var golden in Goldens.Cases("images"))
        {
            var count = golden.Numbers("sdr").Length;
            var estimates = ImageEstimates;
            var result = BssEval.EvaluateImages(
                Images[..count], count == 3 ? estimates : [estimates[0], estimates[2]],
                golden.GetProperty("taps").GetInt32());
            Assert.Equal(golden.Numbers("order"), result.Order.Select(i => (double)i));
            for (var j = 0; j < count; j++)
            {
                Assert.Equal(golden.Numbers("sdr")[j], result.Scores[j].SourceToDistortion, 1e-5);
                Assert.Equal(golden.Numbers("isr")[j], result.Scores[j].SourceToSpatialDistortion!.Value, 1e-5);
                Assert.Equal(golden.Numbers("sir")[j], result.Scores[j].SourceToInterference, 1e-5);
                Assert.Equal(golden.Numbers("sar")[j], result.Scores[j].SourceToArtifacts, 1e-5);
            }
        }
    }

    [Fact]
    public void Panned_images_whose_channels_depend_on_each_other_have_scores()
    {
        float[][] sources = Sources;
        AudioClip[] truth = [new(8000, sources[0], new float[Samples]), Panned(sources[1], 0.3f, 0.6f)];
        AudioClip[] estimates =
            [Panned(sources[1], 0.33f, 0.66f), new(8000, sources[0], [.. sources[0].Select(x => 0.1f * x)])];
        var result = BssEval.EvaluateImages(truth, estimates, 32);
        Assert.Equal([1, 0], result.Order);
        Assert.Equal(20, result.Scores[0].SourceToDistortion, 1e-4);
        Assert.Equal(20, result.Scores[1].SourceToDistortion, 1e-4);
        Assert.Equal(20, result.Scores[0].SourceToSpatialDistortion!.Value, 1e-4);
        Assert.True(result.Scores[0].SourceToInterference > 60, $"{result.Scores[0]}");

        static AudioClip Panned(float[] source, float left, float right)
            => new(8000, [.. source.Select(x => left * x)], [.. source.Select(x => right * x)]);
    }

    [Fact]
    public void Images_without_a_score_are_refused()
    {
        float[] tone = [1, 0, -1];
        AudioClip stereo = new(8000, tone, new float[3]);
        Assert.Equal(
            double.PositiveInfinity, BssEval.EvaluateImages([stereo], [stereo], 1).Scores[0].SourceToDistortion);
        Assert.Contains("source 1 is silent", Assert.Throws<AudioDataException>(() => BssEval.EvaluateImages(
            [stereo, new(8000, new float[3], new float[3])], [stereo, stereo])).Message);
        Assert.Contains("1 channels at 8000 Hz beside 2", Assert.Throws<ArgumentException>(
            () => BssEval.EvaluateImages([stereo], [new AudioClip(8000, tone)])).Message);
        Assert.Contains("at 44100 Hz beside 2", Assert.Throws<ArgumentException>(
            () => BssEval.EvaluateImages([stereo], [new AudioClip(44100, tone, tone)])).Message);
        Assert.Contains("1 sources and 2", Assert.Throws<ArgumentException>(
            () => BssEval.EvaluateImages([stereo], [stereo, stereo])).Message);
    }

    [Fact]
    public void The_scale_invariant_ratio_is_that_of_the_definition()
    {
        var estimates = Estimates;
        var expected = Goldens.Get("siSdr").Numbers();
        for (var j = 0; j < 3; j++)
        {
            var estimate = estimates[(j + 2) % 3];
            Assert.Equal(expected[j], SiSdr.Evaluate(Sources[j], estimate), 1e-5);
            Assert.Equal(expected[j], SiSdr.Evaluate(Sources[j], [.. estimate.Select(x => -7 * x)]), 1e-5);
        }

        Assert.Equal(double.PositiveInfinity, SiSdr.Evaluate([1, 2, 0], [2, 4, 0]));
        Assert.Equal(double.NegativeInfinity, SiSdr.Evaluate([1, 0], [0, 1]));
    }

    [Fact]
    public void Without_permutation_the_order_is_that_given()
    {
        var free = BssEval.Evaluate(Sources, Estimates, 16);
        var estimates = Estimates;
        var ordered = BssEval.Evaluate(Sources, [.. free.Order.Select(i => estimates[i])], 16, permute: false);
        Assert.Equal(free.Scores, ordered.Scores);
        Assert.Equal([0, 1, 2], ordered.Order);
    }

    [Fact]
    public void A_filtered_source_is_perfect_for_a_long_filter_and_not_for_a_gain()
    {
        var sources = Sources;
        float[][] delayed = [
            .. sources.Select(s => Signals.Single(Filter([.. s.Select(x => (double)x)], [0, 0, 0.5])))];
        var filtered = BssEval.Evaluate(sources, delayed, 8);
        var gain = BssEval.Evaluate(sources, delayed, 1, permute: false);
        for (var j = 0; j < 3; j++)
        {
            // The last two samples of the delayed source are cut off.
            Assert.True(filtered.Scores[j].SourceToDistortion > 25, $"{filtered.Scores[j]}");
            Assert.True(gain.Scores[j].SourceToDistortion < 10, $"{gain.Scores[j]}");
        }
    }

    [Fact]
    public void Pure_tones_whose_delays_depend_on_each_other_have_scores()
    {
        float[][] tones = [
            .. new[] { 0.1, 0.23 }.Select(w => Signals.Single(Enumerable.Range(0, 4000).Select(t => Math.Sin(w * t))))];
        float[][] estimates = [[.. tones[0].Select((x, t) => x + (0.1f * tones[1][t]))], tones[1]];
        var scores = BssEval.Evaluate(tones, estimates, 64).Scores;
        Assert.Equal(20, scores[0].SourceToInterference, 0.5);
        Assert.True(scores[1].SourceToInterference > 60, $"{scores[1]}");
    }

    [Fact]
    public void What_has_no_score_is_refused()
    {
        float[] tone = [1, 0, -1];
        Assert.Contains(
            "source 1 is silent",
            Assert.Throws<AudioDataException>(() => BssEval.Evaluate([tone, new float[3]], [tone, tone])).Message);
        Assert.Contains(
            "estimate 0 is silent",
            Assert.Throws<AudioDataException>(() => BssEval.Evaluate([tone], [new float[3]])).Message);
        Assert.Contains(
            "estimate 0 has 2", Assert.Throws<ArgumentException>(() => BssEval.Evaluate([tone], [[1, 2]])).Message);
        Assert.Contains(
            "1 sources and 2 estimates",
            Assert.Throws<ArgumentException>(() => BssEval.Evaluate([tone], [tone, tone])).Message);
        Assert.Throws<AudioDataException>(() => SiSdr.Evaluate([0, float.NaN], [1, 1]));
        Assert.Contains("source is empty", Assert.Throws<AudioDataException>(() => SiSdr.Evaluate([], [])).Message);
    }

    private static double[] Filter(double[] signal, double[] taps)
        => [.. Enumerable.Range(0, signal.Length).Select(
            t => taps.Select((h, d) => t >= d ? h * signal[t - d] : 0).Sum())];
}
