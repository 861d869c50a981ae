namespace Nmf.Audio.Tests;

public class SourceModelTests
{
    internal const int Rate = 8000;

    internal static readonly StftOptions Frames = new() { FrameLength = 256 };

    /// <summary>A plain model and one with transitions.</summary>
    public static TheoryData<double?> Shapes => new() { (double?)null, 0.5 };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_melody_is_found_in_noise_that_nobody_has_heard_before(double? shape)
    {
        var model = SourceModel.Learn([Melody(1), Melody(2)], Options(shape));
        var (melody, noise) = (Melody(3), Noise(4, Melody(3).Samples));
        var mixture = new AudioClip(Rate, Sum(melody.Channels[0], noise));
        var result = model.Enhance(mixture, new EnhancementOptions { NoiseRank = 3, Trust = 1, Iterations = 10 });

        var before = SiSdr.Evaluate(melody.Channels[0], mixture.Channels[0]);
        var after = SiSdr.Evaluate(melody.Channels[0], result.Source.Channels[0]);
        Assert.True(after > before + 3.5, $"{before} dB before, {after} dB after");
        var sum = Sum(result.Source.Channels[0], result.Residual.Channels[0]);
        for (var t = 0; t < sum.Length; t++)
            Assert.Equal(mixture.Channels[0][t], sum[t], 1e-6f);
        Assert.True(result.Report.Objective < result.Report.History[0].Objective);
    }

    [Fact]
    public void Less_trust_in_the_model_gives_the_source_what_the_noise_does_not_explain()
    {
        // A melody of pitches that the model has never heard.
        var model = SourceModel.Learn([Melody(1)], Options(null));
        var stranger = Melody(3, lowest: 350);
        var mixture = new AudioClip(Rate, Sum(stranger.Channels[0], Noise(4, stranger.Samples)));
        var scores = new[] { 1, 0.5, 0 }.Select(trust => SiSdr.Evaluate(
            stranger.Channels[0], model.Enhance(mixture, new EnhancementOptions { Trust = trust }).Source.Channels[0]))
            .ToArray();
        Assert.True(scores[1] > scores[0] + 1, string.Join(", ", scores));
        Assert.True(scores[2] > scores[0] + 1, string.Join(", ", scores));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Threads_and_saving_do_not_change_a_bit(double? shape)
    {
        var model = SourceModel.Learn([Melody(1), Melody(2)], Options(shape) with { Threads = 1 });
        var other = SourceModel.Learn([Melody(1), Melody(2)], Options(shape) with { Threads = 3 });
        var loaded = Load(Save(model));
        var mixture = new AudioClip(Rate, Sum(Melody(3).Channels[0], Noise(4, Melody(3).Samples)));
        var expected = model.Enhance(mixture, new EnhancementOptions { Threads = 1 }).Source.Channels[0];
        Assert.Equal(expected, other.Enhance(mixture, new EnhancementOptions { Threads = 2 }).Source.Channels[0]);
        Assert.Equal(expected, loaded.Enhance(mixture).Source.Channels[0]);
        Assert.Equal(
            (Rate, model.Options.Rank, model.Options.TransitionShape),
            (loaded.SampleRate, loaded.Options.Rank, loaded.Options.TransitionShape));
        Assert.Equal(shape is null, loaded.Transitions is null);
    }

    [Fact]
    public void The_spectra_of_the_source_stay_and_its_level_does_not_matter()
    {
        var melody = Melody(1);
        var quiet = new AudioClip(Rate, [.. melody.Channels[0].Select(x => x / 1024)]);
        var model = SourceModel.Learn([melody], Options(null));
        var same = SourceModel.Learn([quiet], Options(null));
        var largest = model.Dictionary.ToRowMajor().Max();
        var (expected, actual) = (model.Dictionary.ToRowMajor(), same.Dictionary.ToRowMajor());
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-3f * largest);
        var before = model.Dictionary.ToRowMajor();
        model.Enhance(melody);
        Assert.Equal(before, model.Dictionary.ToRowMajor());
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Silence_stays_silence_wherever_it_is(double? shape)
    {
        var model = SourceModel.Learn([Melody(1)], Options(shape));
        var silent = model.Enhance(new AudioClip(Rate, new float[2000]));
        Assert.All(silent.Source.Channels[0].Concat(silent.Residual.Channels[0]), x => Assert.Equal(0, x));

        var half = Melody(3).Channels[0].ToArray();
        half.AsSpan(0, half.Length / 2).Clear();
        var result = model.Enhance(new AudioClip(Rate, half));
        Assert.All(result.Source.Channels[0], x => Assert.True(float.IsFinite(x)));
        Assert.All(
            result.Source.Channels[0][..((half.Length / 2) - Frames.FrameLength)], x => Assert.Equal(0, x, 1e-9f));
    }

    [Fact]
    public void Recordings_that_cannot_be_used_are_named()
    {
        var model = SourceModel.Learn([Melody(1)], Options(null));
        var stereo = new AudioClip(Rate, new float[100], new float[100]);
        var holed = Melody(2);
        holed.Channels[0][17] = float.NaN;
        Refuses("There is no recording", () => SourceModel.Learn([], Options(null)));
        Refuses("Recording 1 has 2 channels", () => SourceModel.Learn([Melody(1), stereo], Options(null)));
        Refuses(
            "Recording 1 has 44100 samples per second, the first one 8000",
            () => SourceModel.Learn([Melody(1), new AudioClip(44100, new float[100])], Options(null)));
        Refuses("Recording 0 is silent", () => SourceModel.Learn([new AudioClip(Rate, new float[500])], Options(null)));
        Refuses(
            "Recording 1: The signal is empty",
            () => SourceModel.Learn([Melody(1), new AudioClip(Rate, Array.Empty<float>())], Options(null)));
        Refuses(
            "Recording 1: The signal has 100 samples",
            () => SourceModel.Learn(
                [Melody(1), new AudioClip(Rate, new float[100])],
                Options(null) with { Stft = Frames with { Padding = StftPadding.None } }));
        Refuses("position 17 is not a number", () => SourceModel.Learn([holed], Options(null)));
        Refuses("The recording has 2 channels", () => model.Enhance(stereo));
        Refuses(
            "44100 samples per second, but the model was learnt at 8000",
            () => model.Enhance(new AudioClip(44100, new float[500])));
        Refuses("The signal is empty", () => model.Enhance(new AudioClip(Rate, Array.Empty<float>())));
        Refuses("position 17 is not a number", () => model.Enhance(holed));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        foreach (var (options, text) in new[]
        {
            (new SourceModelOptions { Rank = 0 }, "rank must be greater than zero"),
            (new SourceModelOptions { TransitionShape = 0 }, "transition shape is 0"),
            (new SourceModelOptions { RelativeFloor = 0 }, "relative floor is 0"),
            (new SourceModelOptions { Iterations = 0 }, "number of iterations must be greater than zero"),
            (new SourceModelOptions { TransitionIterations = -1 }, "number of transition iterations is -1"),
            (new SourceModelOptions { Threads = 0 }, "number of threads must be greater than zero"),
        })
        {
            Refuses(text, options.Validate);
        }

        foreach (var (options, text) in new[]
        {
            (new EnhancementOptions { NoiseRank = 0 }, "noise rank must be greater than zero"),
            (new EnhancementOptions { NoiseShape = -1 }, "noise shape is -1"),
            (new EnhancementOptions { NoiseQuantile = 1 }, "noise quantile is 1"),
            (new EnhancementOptions { InitialShare = 1 }, "initial share is 1"),
            (new EnhancementOptions { Trust = 1.5 }, "trust is 1.5"),
            (new EnhancementOptions { Iterations = 0 }, "number of iterations must be greater than zero"),
            (new EnhancementOptions { Threads = 0 }, "number of threads must be greater than zero"),
        })
        {
            Refuses(text, options.Validate);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Fits_report_and_can_be_cancelled(double? shape)
    {
        using var source = new CancellationTokenSource();
        var reports = 0;
        Assert.ThrowsAny<OperationCanceledException>(
            () => SourceModel.Learn([Melody(1)], Options(shape), new Recorder(CancelAfterThree), source.Token));
        Assert.Equal(3, reports);
        var model = SourceModel.Learn([Melody(1)], Options(shape));
        using var other = new CancellationTokenSource();
        reports = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => model.Enhance(Melody(2), null, new Recorder(_ =>
        {
            if (++reports == 2)
                other.Cancel();
        }), other.Token));
        Assert.Equal(2, reports);

        void CancelAfterThree(FitProgress progress)
        {
            if (++reports == 3)
                source.Cancel();
        }
    }

    [Fact]
    public void A_damaged_file_is_refused_whichever_byte_it_is()
    {
        var model = SourceModel.Learn(
            [Melody(1)], Options(0.5) with { Rank = 2, Iterations = 2, TransitionIterations = 1,
                Stft = new StftOptions { FrameLength = 16 } });
        var bytes = Save(model);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => Load(damaged));
            Assert.Throws<InvalidDataException>(() => Load(bytes[..i]));
        }
    }

    [Fact]
    public void A_file_goes_there_and_back()
    {
        var path = Path.GetTempFileName();
        try
        {
            var model = SourceModel.Learn([Melody(1)], Options(null));
            model.Save(path);
            var loaded = SourceModel.Load(path);
            Assert.Equal(model.Dictionary.ToRowMajor(), loaded.Dictionary.ToRowMajor());
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal static SourceModelOptions Options(double? shape)
        => new() { Stft = Frames, Rank = 12, TransitionShape = shape, Iterations = 40, TransitionIterations = 20 };

    /// <summary>Notes of three partials, one after the other.</summary>
    internal static AudioClip Melody(int seed, int lowest = 300)
    {
        var random = new Random(seed);
        var samples = new float[6 * Rate / 4];
        for (var note = 0; note < 6; note++)
        {
            var pitch = lowest + (100 * random.Next(4));
            for (var t = 0; t < Rate / 4; t++)
            {
                var phase = 2 * Math.PI * pitch * t / Rate;
                var loudness = 0.3 * Math.Exp(-4.0 * t / Rate);
                samples[(note * Rate / 4) + t] = (float)(loudness * (Math.Sin(phase) + (0.5 * Math.Sin(2 * phase))
                    + (0.3 * Math.Sin(3 * phase)) + (0.001 * (random.NextDouble() - 0.5))));
            }
        }

        return new AudioClip(Rate, samples);
    }

    internal static float[] Noise(int seed, int length)
    {
        var random = new Random(seed);
        var samples = new float[length];
        double state = 0;
        for (var t = 0; t < length; t++)
        {
            state = (0.7 * state) + (random.NextDouble() - 0.5);
            samples[t] = (float)(0.25 * state);
        }

        return samples;
    }

    internal static float[] Sum(float[] a, float[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static byte[] Save(SourceModel model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static SourceModel Load(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return SourceModel.Load(stream);
    }

    private static void Refuses(string text, Action action)
        => Assert.Contains(text, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private sealed class Recorder(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
