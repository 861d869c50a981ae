using System.Numerics;

namespace Nmf.Audio.Tests;

public sealed class MultichannelNmfTests
{
    private static readonly Stft Stft = new(Mixtures.Options);

    private static readonly MultichannelOptions Few = new()
    {
        Sources = 2, ComponentsPerSource = 2, Iterations = new() { MaximumIterations = 12, CheckInterval = 4 },
    };

    public static TheoryData<MultichannelOptions> Kinds =>
    [
        Few,
        Few with { Mixing = MixingKind.Instantaneous, Method = new ExpectationMaximization
        {
            Noise = MixtureNoise.Estimated(),
        } },
        Few with { Method = new MultiplicativeUpdates() },
        Few with { Method = new IndependentLowRank() },
        Few with { Method = new FullRankCovariance() },
        Few with { Mixing = MixingKind.Instantaneous, Method = new MultiplicativeUpdates { Exponent = 0.5 } },
    ];

    private static MultichannelSpectrogram Mixture { get; } =
        Stft.Analyze(Mixtures.Sum(Mixtures.Panned(Mixtures.Sources(2, 1))));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Threads_change_no_bit_and_the_best_start_is_kept(MultichannelOptions options)
    {
        options = options with { Starts = 3, Threads = 1 };
        var one = MultichannelNmf.Fit(Mixture, options);
        var three = MultichannelNmf.Fit(Mixture, options with { Threads = 3 });
        AssertSame(one, three);
        Assert.Equal(one.Report!.StartObjectives.Min(), one.Report.Objective);
        Assert.Equal(3, one.Report.StartObjectives.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loudness_changes_no_bit(MultichannelOptions options)
    {
        var model = MultichannelNmf.Fit(Mixture, options);
        var loud = MultichannelNmf.Fit(Scaled(Mixture, 1 << 20), options);
        var power = Math.ScaleB(1, 40);
        Assert.Equal(model.Dictionary.ToRowMajor(), loud.Dictionary.ToRowMajor());
        Assert.Equal(model.Activations.ToRowMajor().Select(h => power * h), loud.Activations.ToRowMajor());
        Assert.Equal(power * model.NoisePower(5, 1), loud.NoisePower(5, 1));
        if (options.Method is MultiplicativeUpdates)
            Assert.Equal(model.Report!.Objective, loud.Report!.Objective);
        else
            Assert.Equal(
                model.Report!.Objective + (2.0 * (Stft.Bins - 1) * Mixture.Frames * 20 * 2 * Math.Log(2)),
                loud.Report!.Objective, 1e-9 * Math.Abs(loud.Report.Objective));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_fit_that_is_interrupted_ends_with_the_same_bits(MultichannelOptions options)
    {
        options = options with { Starts = 2 };
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var whole = MultichannelNmf.Fit(Mixture, options);
            MultichannelModel? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = MultichannelNmf.Fit(Mixture, options, null, checkpoint, new Watch(p =>
                    {
                        if (p.Iteration is > 0 and < 12 && ++reports == 2)
                            throw new OperationCanceledException();
                    }));
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                }
            }

            Assert.True(interruptions > 1, $"{interruptions} interruptions");
            AssertSame(whole, resumed);

            // It belongs to these options and data.
            Assert.ThrowsAny<OperationCanceledException>(() => MultichannelNmf.Fit(
                Mixture, options, null, checkpoint, new Watch(p => Stop(p.Iteration == 8))));
            Assert.Contains(nameof(options.Seed), Assert.Throws<NmfCheckpointException>(
                () => MultichannelNmf.Fit(Mixture, options with { Seed = 5 }, null, checkpoint)).Message,
                StringComparison.Ordinal);
            var exponent = options.Method is MultiplicativeUpdates { Exponent: 1 } ? 0.5 : 1;
            MultichannelMethod[] others =
            [
                new ExpectationMaximization { Noise = MixtureNoise.Fixed(0.02) },
                new ExpectationMaximization { Noise = MixtureNoise.Annealed(0.01, 1e-5) },
                new ExpectationMaximization { Noise = MixtureNoise.Annealed(iterations: 101) },
                new ExpectationMaximization { Noise = MixtureNoise.Estimated(0.01, 2e-6) },
                new MultiplicativeUpdates { Exponent = exponent },
                .. options.Mixing == MixingKind.Instantaneous || options.Method is FullRankCovariance ? []
                    : new[] { new FullRankCovariance() },
            ];
            Assert.All(others, other => Assert.Contains(nameof(options.Method), Assert.Throws<NmfCheckpointException>(
                () => MultichannelNmf.Fit(Mixture, options with { Method = other }, null, checkpoint)).Message,
                StringComparison.Ordinal));
            MultichannelOptions[] changed =
            [
                options with { ComponentsPerSource = 3 },
                options with { Activity = new ActivityTable([new SourceActivity(0, 0, 0.5)]) },
                .. options.Method is IndependentLowRank ? []
                    : options.Method is FullRankCovariance ? [options with { Sources = 3 }]
                    : new[]
                    {
                        options with { Sources = 3 }, options with { Mixing = 1 - options.Mixing },
                        options with { Directions = [[1, 0.5], null] },
                    },
            ];
            Assert.All(changed, other => Assert.Throws<NmfCheckpointException>(
                () => MultichannelNmf.Fit(Mixture, other, null, checkpoint)));
            Assert.Throws<NmfCheckpointException>(() => MultichannelNmf.Fit(
                Mixture, options, MultichannelStart.Random(Mixture, options, 9), checkpoint));
            Assert.Contains("unit", Assert.Throws<NmfCheckpointException>(
                () => MultichannelNmf.Fit(Scaled(Mixture, 4), options, null, checkpoint)).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_fit_is_cancelled_within_an_iteration()
    {
        using var source = new CancellationTokenSource();
        var last = -1;
        Assert.ThrowsAny<OperationCanceledException>(() => MultichannelNmf.Fit(
            Mixture, Few with { Iterations = new() { MaximumIterations = 1000, CheckInterval = 1, Tolerance = 0 } },
            progress: new Watch(p =>
            {
                last = p.Iteration;
                if (p.Iteration == 3)
                    source.Cancel();
            }), cancellationToken: source.Token));
        Assert.Equal(3, last);
    }

    [Fact]
    public void Noise_that_falls_ends_where_it_should_and_the_fit_not_before()
    {
        var options = Few with
        {
            Method = new ExpectationMaximization { Noise = MixtureNoise.Annealed(1e-1, 1e-4, 30) },
            Iterations = new() { MaximumIterations = 100, Tolerance = 0.5, CheckInterval = 1 },
        };
        var model = MultichannelNmf.Fit(Mixture, options, MultichannelStart.Random(Mixture, options));
        Assert.Equal(31, model.Report!.Iterations);
        var power = Enumerable.Range(0, Mixture.Frames).Average(n => Math.Pow(Mixture.Channels[1].Frame(n)[40], 2)
            + Math.Pow(Mixture.Channels[1].Frame(n)[41], 2));
        Assert.Equal(1e-4 * power, model.NoisePower(20, 1), 1e-10 * power);
    }

    [Fact]
    public void A_fit_has_converged_when_coefficients_gain_little_however_loud_they_are()
    {
        var options = Few with
        {
            Method = new ExpectationMaximization { Noise = MixtureNoise.Estimated() },
            Iterations = new() { MaximumIterations = 500, Tolerance = 3e-4, CheckInterval = 5 },
        };
        var report = Report(Mixture);
        Assert.Equal(StopReason.Converged, report.StopReason);
        var count = 2.0 * Mixture.Bins * Mixture.Frames;
        var gains = report.History.Zip(
            report.History.Skip(1), (a, b) => (a.Objective - b.Objective) / (5 * count)).ToArray();
        Assert.True(gains[^1] <= 3e-4 && gains[..^1].All(gain => gain > 3e-4));
        foreach (var loudness in new[] { 0.6f, 1e-3f })
            Assert.Equal(report.Iterations, Report(Scaled(Mixture, loudness)).Iterations);

        FitReport Report(MultichannelSpectrogram mixture)
            => MultichannelNmf.Fit(mixture, options, MultichannelStart.Random(mixture, options)).Report!;
    }

    [Fact]
    public void Mixing_vectors_and_spectra_have_a_scale_and_a_phase()
    {
        foreach (var options in new[] { Few, Few with { Mixing = MixingKind.Instantaneous } })
        {
            var model = MultichannelNmf.Fit(Mixture, options);
            foreach (var (f, j) in new[] { (3, 0), (50, 1), (0, 0) })
            {
                Assert.Equal(0, model.Mixing(f, 0, j).Imaginary);
                Assert.True(model.Mixing(f, 0, j).Real >= 0);
                Assert.Equal(
                    1, Math.Pow(model.Mixing(f, 0, j).Magnitude, 2) + Math.Pow(model.Mixing(f, 1, j).Magnitude, 2),
                    1e-12);
            }

            Assert.All(Enumerable.Range(0, 4), k => Assert.Equal(
                1, Enumerable.Range(0, Stft.Bins).Sum(f => model.Dictionary[f, k]), 1e-12));
            Assert.Equal(options.Mixing == MixingKind.Instantaneous, model.Mixing(3, 1, 0) == model.Mixing(60, 1, 0));
            Assert.Equal(2..4, model.Components(1));
        }
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Named("1 channels", () => MultichannelNmf.Fit(new(8000, Mixture.Channels[0]), Few));
        Named("33 sources", () => MultichannelNmf.Fit(Mixture, Few with { Sources = 33 }));
        Named("0 sources", () => MultichannelNmf.Fit(Mixture, Few with { Sources = 0 }));
        Named("Source 1 has 0 components", () => MultichannelNmf.Fit(Mixture, Few with { Components = [2, 0] }));
        Named("3 numbers of components", () => MultichannelNmf.Fit(Mixture, Few with { Components = [2, 1, 1] }));
        Named("direction of source 1", () => MultichannelNmf.Fit(Mixture, Few with { Directions = [null, [1]] }));
        Named("real", () => MultichannelNmf.Fit(
            Mixture, Few with { Mixing = MixingKind.Instantaneous, Directions = [null, [1, Complex.ImaginaryOne]] }));
        Named("exponent", () => MultichannelNmf.Fit(
            Mixture, Few with { Method = new MultiplicativeUpdates { Exponent = 0.7 } }));
        Named("power of the noise", () => MixtureNoise.Fixed(2));
        Named("least power", () => MixtureNoise.Estimated(1e-3, 1e-2));
        Named("another mixture", () => MultichannelNmf.Fit(
            Mixture, Few, MultichannelStart.Random(Mixture, Few with { Sources = 3 })));
        Named("Channel 1 is silent", () => MultichannelNmf.Fit(
            Stft.Analyze(new AudioClip(8000, Signals.Music(4000), new float[4000])), Few));
        Named("The recording is silent", () => MultichannelNmf.Fit(
            Stft.Analyze(new AudioClip(8000, new float[4000], new float[4000])), Few));
        var damaged = Scaled(Mixture, 1);
        damaged.Channels[1].Frame(3)[4] = float.NaN;
        Named("Channel 1", () => MultichannelNmf.Fit(damaged, Few));

        static void Named(string what, Action action)
            => Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clipped_and_constant_recordings_have_a_model()
    {
        float[] clipped = [.. Signals.Music(8000).Select(x => Math.Clamp(x, -0.05f, 0.05f))];
        foreach (var clip in new[]
        {
            new AudioClip(8000, clipped, clipped),
            new AudioClip(8000, [.. clipped.Select(_ => 1f)], [.. clipped.Select(_ => -0.5f)]),
        })
        {
            foreach (var row in Kinds)
            {
                var mixture = Stft.Analyze(clip);
                var options = row.Data with { Sources = row.Data.Method is IndependentLowRank ? 2 : 3 };
                var model = MultichannelNmf.Fit(mixture, options);
                Assert.True(double.IsFinite(model.Report!.Objective));
                var images = Enumerable.Range(0, options.Sources).Select(
                    j => model.SourceImage(mixture, model.Activations, j).ToClip()).ToArray();
                Assert.True(Signals.GreatestDifference(clip.Channels[0], Mixtures.Sum(images).Channels[0]) <= 2e-6);
            }
        }
    }

    internal static void AssertSame(MultichannelModel expected, MultichannelModel actual)
    {
        Assert.Equal(expected.Dictionary.ToRowMajor(), actual.Dictionary.ToRowMajor());
        Assert.Equal(expected.Activations.ToRowMajor(), actual.Activations.ToRowMajor());
        Assert.Equal(expected.Factors.MixingReal, actual.Factors.MixingReal);
        Assert.Equal(expected.Factors.MixingImaginary, actual.Factors.MixingImaginary);
        Assert.Equal(expected.Factors.Noise, actual.Factors.Noise);
        Assert.Equal(expected.Factors.Gains, actual.Factors.Gains);
    }

    internal static MultichannelSpectrogram Scaled(MultichannelSpectrogram mixture, float factor)
        => new(mixture.SampleRate, [.. mixture.Channels.Select(channel =>
        {
            var copy = new Spectrogram(channel.Stft, channel.Frames, channel.SignalLength);
            for (var n = 0; n < channel.Frames; n++)
                System.Numerics.Tensors.TensorPrimitives.Multiply(channel.Frame(n), factor, copy.Frame(n));
            return copy;
        })]);

    private static void Stop(bool condition)
    {
        if (condition)
            throw new OperationCanceledException();
    }

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
