namespace Nmf.Audio.Tests;

public sealed class SynthesisTests
{
    private const int Rate = 8000;

    private static readonly float[] Tones = Signals.Single(Enumerable.Range(0, 12_000).Select(
        t => 0.3 * Math.Sin((t < 6000 ? 0.31 : 0.47) * t) * (1 - (t % 6000 / 9000.0))));

    private static readonly float[] Beats = Signals.Single(Enumerable.Range(0, 12_000).Select(
        t => t % 1500 < 12 ? 0.9 * Math.Cos(1.9 * t) * Math.Exp(-(t % 1500) / 4.0) : 0));

    private static readonly SynthesisOptions One = new()
    {
        Layers = [new() { Stft = new() { FrameLength = 512 }, Rank = 4 }],
        Iterations = new() { MaximumIterations = 30, CheckInterval = 5, Tolerance = 0 },
    };

    private static readonly SynthesisOptions Two = One with
    {
        Layers = [One.Layers[0], new() { Stft = new() { FrameLength = 32 }, Rank = 2 }],
        Noise = SynthesisNoise.Fixed(1e-5).Annealed(), Iterations = new() { MaximumIterations = 60 },
    };

    private static float[] Noisy { get; } = AddNoise(Tones, 0.08);

    [Fact]
    public void Noise_is_taken_away_better_than_by_filtering_the_spectrogram()
    {
        var result = TimeFrequencySynthesis.Fit(Noisy, Rate, One);
        Assert.Equal(0.0064, result.Model.NoiseVariance, 0.0006);

        // The same factorisation of the spectrogram, and its Wiener filter.
        var kept = TimeFrequencySynthesis.Fit(Noisy, Rate, One with { KeepsCoefficients = true });
        Assert.Equal(result.Model.NoiseVariance, kept.Model.NoiseVariance);
        var (filtered, synthesised) = (Ratio(Tones, kept.Denoised()), Ratio(Tones, result.Denoised()));
        Assert.True(filtered > Ratio(Tones, Noisy) + 8, $"{filtered}");
        Assert.True(synthesised > filtered + 1, $"{synthesised} dB, filtered {filtered} dB");
    }

    [Fact]
    public void Tones_and_beats_go_to_their_layers_and_everything_adds_up()
    {
        var mixture = Sum(Tones, Beats);
        var result = TimeFrequencySynthesis.Fit(mixture, Rate, Two);
        var (tones, beats) = (result.Layer(0), result.Layer(1));
        Assert.True(Ratio(Tones, tones) > 22, $"{Ratio(Tones, tones)}");
        Assert.True(Ratio(Beats, beats) > 9, $"{Ratio(Beats, beats)}");
        var peak = Signals.Peak(mixture);
        Assert.True(Signals.GreatestDifference(mixture, Sum(Sum(tones, beats), result.Residual())) <= 1e-6 * peak);
        for (var j = 0; j < 2; j++)
        {
            var parts = Enumerable.Range(0, result.Model.Dictionary(j).Columns).Select(k => result.Component(j, k));
            Assert.True(Signals.GreatestDifference(result.Layer(j), parts.Aggregate(Sum)) <= 1e-6 * peak);
        }
    }

    [Theory]
    [InlineData(SynthesisLikelihood.Marginal)]
    [InlineData(SynthesisLikelihood.Joint)]
    public void Threads_change_no_bit_and_the_unit_only_the_unit(SynthesisLikelihood likelihood)
    {
        var options = Two with
        {
            Likelihood = likelihood, Iterations = new() { MaximumIterations = 15 }, Threads = 1,
            Noise = SynthesisNoise.Estimated(),
        };
        var mixture = AddNoise(Beats, 0.01);
        var result = TimeFrequencySynthesis.Fit(mixture, Rate, options);
        Assert.Equal(Facts(result), Facts(TimeFrequencySynthesis.Fit(mixture, Rate, options with { Threads = 3 })));
        foreach (var exponent in new[] { 20, -20 })
        {
            var scaled = TimeFrequencySynthesis.Fit(
                [.. mixture.Select(t => MathF.ScaleB(t, exponent))], Rate, options);
            Assert.Equal(Math.ScaleB(result.Model.NoiseVariance, 2 * exponent), scaled.Model.NoiseVariance);
            Assert.Equal(result.Layer(0).Select(t => MathF.ScaleB(t, exponent)), scaled.Layer(0));
            Assert.Equal(result.Model.Dictionary(1).ToRowMajor(), scaled.Model.Dictionary(1).ToRowMajor());
        }
    }

    [Fact]
    public void The_best_of_random_starts_is_kept_and_seeds_repeat()
    {
        var options = One with { Starts = 3, Seed = 5, Iterations = new() { MaximumIterations = 10 } };
        var result = TimeFrequencySynthesis.Fit(Noisy, Rate, options);
        Assert.Equal(3, result.Report.StartObjectives.Distinct().Count());
        Assert.Equal(result.Report.StartObjectives.Min(), result.Report.Objective);
        Assert.Equal(Facts(result), Facts(TimeFrequencySynthesis.Fit(Noisy, Rate, options)));
        Assert.NotEqual(Facts(result), Facts(TimeFrequencySynthesis.Fit(Noisy, Rate, options with { Seed = 6 })));
    }

    [Fact]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var options = One with { Starts = 2, Noise = SynthesisNoise.Estimated().Annealed(1, 8) };
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var whole = TimeFrequencySynthesis.Fit(Noisy, Rate, options);
            SynthesisDecomposition? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = TimeFrequencySynthesis.Fit(Noisy, Rate, options, checkpoint, new Watch(p =>
                    {
                        if (p.Iteration is > 0 and < 30 && ++reports == 2)
                            throw new OperationCanceledException();
                    }));
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                    Assert.True(interruptions < 100);
                }
            }

            Assert.True(interruptions > 5, $"{interruptions}");
            Assert.Equal(Facts(whole), Facts(resumed));
            Assert.Equal(whole.Report.Objective, resumed.Report.Objective);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void Progress_is_told_and_a_cancelled_fit_ends_within_an_iteration()
    {
        using var source = new CancellationTokenSource();
        var last = -1;
        Assert.ThrowsAny<OperationCanceledException>(() => TimeFrequencySynthesis.Fit(
            Noisy, Rate, One with { Iterations = new() { MaximumIterations = 1000, CheckInterval = 1, Tolerance = 0 } },
            progress: new Watch(p =>
            {
                last = p.Iteration;
                if (p.Iteration == 3)
                    source.Cancel();
            }), cancellationToken: source.Token));
        Assert.Equal(3, last);
    }

    [Fact]
    public void Noise_that_falls_has_its_level_before_a_fit_has_converged()
    {
        var options = One with
        {
            Noise = SynthesisNoise.Fixed(0.0064).Annealed(5, 12),
            Iterations = new() { MaximumIterations = 100, CheckInterval = 1, Tolerance = 1 },
        };
        Assert.Equal(13, TimeFrequencySynthesis.Fit(Noisy, Rate, options).Report.Iterations);
        Assert.Equal(10, options.Noise.LevelAt(0, 0.1, 2), 1e-12);
        Assert.Equal(1, options.Noise.LevelAt(6, 0.1, 2), 1e-12);
        Assert.Equal(0.1, options.Noise.LevelAt(12, 0.1, 2));
        Assert.Equal(20, options.Noise.LevelAt(3, 20, 2));
    }

    [Fact]
    public void A_model_that_was_saved_takes_other_recordings_apart()
    {
        var model = TimeFrequencySynthesis.Fit(Noisy, Rate, One).Model;
        var loaded = Load(Save(model));
        Assert.Equal(
            (model.SampleRate, model.NoiseVariance, model.Likelihood),
            (loaded.SampleRate, loaded.NoiseVariance, loaded.Likelihood));
        Assert.Equal(model.Stft(0).Explicit, loaded.Stft(0).Explicit);
        var other = AddNoise([.. Tones[5000..], .. Tones[..3000]], 0.08, 9);
        var here = model.Decompose(other);
        var there = loaded.Decompose(other);
        Assert.Equal(Facts(here), Facts(there));
        Assert.Equal(model.Dictionary(0).ToRowMajor(), here.Model.Dictionary(0).ToRowMajor());
        var clean = (float[])[.. Tones[5000..], .. Tones[..3000]];
        Assert.True(Ratio(clean, here.Denoised()) > Ratio(clean, other) + 8);

        // Silence is silence, where dictionaries are known.
        Assert.All(model.Decompose(new float[900]).Denoised(), t => Assert.Equal(0, t));
    }

    [Fact]
    public void A_damaged_file_is_refused_whichever_byte_it_is()
    {
        var layers = One with
        {
            Layers = [new() { Stft = new() { FrameLength = 8 }, Rank = 1 }, new() { Stft = new() { FrameLength = 4 } }],
            Iterations = new() { MaximumIterations = 1 },
        };
        var bytes = Save(TimeFrequencySynthesis.Fit(Noisy.AsSpan(0, 100), Rate, layers).Model);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => Load(damaged));
            Assert.Throws<InvalidDataException>(() => Load(bytes[..i]));
        }
    }

    [Fact]
    public void What_cannot_be_is_named()
    {
        Named("empty", () => TimeFrequencySynthesis.Fit([], Rate));
        Named("silent", () => TimeFrequencySynthesis.Fit(new float[50], Rate));
        Named("position 3", () => TimeFrequencySynthesis.Fit([1, 0, 1, float.NaN], Rate));
        Named("0 layers", () => TimeFrequencySynthesis.Fit(Noisy, Rate, One with { Layers = [] }));
        Named("rank of layer 1", () => TimeFrequencySynthesis.Fit(
            Noisy, Rate, One with { Layers = [new(), new() { Rank = 0 }] }));
        Named("frame of layer 0", () => TimeFrequencySynthesis.Fit(
            Noisy, Rate, One with { Layers = [new() { Stft = new() { Padding = StftPadding.None } }] }));
        Named("frame of layer 0", () => TimeFrequencySynthesis.Fit(
            Noisy, Rate, One with { Layers = [new() { Stft = new() { Scaling = StftScaling.None } }] }));
        Named("number of starts", () => TimeFrequencySynthesis.Fit(Noisy, Rate, One with { Starts = 0 }));
        Named("Coefficients that are kept", () => TimeFrequencySynthesis.Fit(
            Noisy, Rate, Two with { KeepsCoefficients = true }));
        Named("variance of the noise", () => SynthesisNoise.Fixed(0));
        Named("variance at the start", () => SynthesisNoise.Estimated().Annealed(0));
        Named("iterations", () => SynthesisNoise.Estimated().Annealed(2, -1));
        var result = TimeFrequencySynthesis.Fit(Noisy, Rate, One with { Iterations = new() { MaximumIterations = 1 } });
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Layer(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Component(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => TimeFrequencySynthesis.Fit(Noisy, 0));
    }

    [Fact]
    public void A_sample_and_a_recording_with_silence_in_it_are_recordings()
    {
        foreach (var likelihood in Enum.GetValues<SynthesisLikelihood>())
        {
            var options = One with { Likelihood = likelihood };
            Assert.True(float.IsFinite(TimeFrequencySynthesis.Fit([0.5f], Rate, options).Denoised()[0]));
            float[] silence = [.. Tones[..3000], .. new float[3000], .. Tones[3000..5000]];
            Assert.All(TimeFrequencySynthesis.Fit(silence, Rate, options).Denoised(), t => Assert.True(
                float.IsFinite(t)));
        }
    }

    internal static float[] AddNoise(float[] signal, double deviation, int seed = 2)
    {
        var random = new Random(seed);
        return [.. signal.Select(t => (float)(t + (deviation * TightFrameTests.Normal(random))))];
    }

    internal static float[] Sum(float[] a, float[] b) => [.. a.Zip(b, (x, y) => x + y)];

    internal static double Ratio(float[] truth, float[] estimate) => Decibels.Of(
        truth.Sum(t => (double)t * t), truth.Zip(estimate, (a, b) => (double)(a - b) * (a - b)).Sum());

    private static double[] Facts(SynthesisDecomposition result)
        => [.. Enumerable.Range(0, result.Model.Layers).SelectMany(j => result.Model.Dictionary(j).ToRowMajor().Concat(
            result.Activations(j).ToRowMajor()).Concat(result.Layer(j).Select(t => (double)t)))];

    private static byte[] Save(SynthesisModel model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static SynthesisModel Load(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return SynthesisModel.Load(stream);
    }

    private static void Named(string text, Action action)
        => Assert.Contains(text, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
