using Nmf.Kernels;

namespace Nmf.Audio.Tests;

public sealed class TransformLearningTests
{
    private const int Size = 24;

    private static readonly TransformLearningOptions Options = new()
    {
        Rank = 4, Iterations = new() { MaximumIterations = 30, CheckInterval = 5, Tolerance = 0 },
    };

    private static Matrix<float> Frames { get; } = SignalFrames.Cut(
        Signals.Music(1200), new StftOptions { FrameLength = Size, HopLength = 12 });

    [Fact]
    public void Frames_are_the_signal_times_the_window()
    {
        var signal = Signals.Music(1000);
        var options = new StftOptions { FrameLength = 100, HopLength = 30, Window = StftWindow.Hann };
        var frames = SignalFrames.Cut(signal, options);
        Assert.Equal((31, 100), (frames.Rows, frames.Columns));
        var window = new Stft(options with { Scaling = StftScaling.None }).Window;
        for (var t = 0; t < 100; t++)
            Assert.Equal(signal[210 + t] * window[t], frames[7, t], 1e-7);
        Assert.Throws<AudioDataException>(() => SignalFrames.Cut(new float[99], options));
    }

    [Theory]
    [InlineData(TransformStart.Cosine)]
    [InlineData(TransformStart.Random)]
    public void A_model_is_orthogonal_and_its_coefficients_are_the_frames(TransformStart start)
    {
        var model = TransformLearning.Fit(Frames, Options with { Start = start });
        TransformGoldenTests.AssertOrthogonal(model.Transform, 1e-5);
        Assert.All(Enumerable.Range(0, 4), k => Assert.Equal(
            1, Enumerable.Range(0, Size).Sum(f => model.Dictionary[f, k]), 1e-5));
        var coefficients = model.Coefficients(Frames);
        for (var t = 0; t < Size; t++)
        {
            var restored = Enumerable.Range(0, Size).Sum(f => coefficients[9, f] * model.Transform[f, t]);
            Assert.Equal(Frames[9, t], restored, 1e-5);
        }

        // What W and H say of the powers is about the powers.
        var (truth, said) = (0.0, 0.0);
        for (var n = 0; n < Frames.Rows; n++)
        {
            for (var f = 0; f < Size; f++)
            {
                truth += coefficients[n, f] * coefficients[n, f];
                for (var k = 0; k < 4; k++)
                    said += model.Activations[n, k] * model.Dictionary[f, k];
            }
        }

        Assert.Equal(1, said / truth, 0.5);
        var order = model.AtomsByPower();
        Assert.Equal(Enumerable.Range(0, Size), order.Order());
        double Power(int f) => Enumerable.Range(0, 4).Sum(k => model.Dictionary[f, k] * Enumerable.Range(
            0, Frames.Rows).Sum(n => (double)model.Activations[n, k]));
        Assert.All(order.Zip(order.Skip(1)), pair => Assert.True(Power(pair.First) >= Power(pair.Second) * 0.9999));
    }

    [Fact]
    public void Threads_change_no_bit_and_the_unit_only_the_unit()
    {
        var options = Options with { Sparsity = 0.1, Threads = 1 };
        var model = TransformLearning.Fit(Frames, options);
        Assert.Equal(Facts(model), Facts(TransformLearning.Fit(Frames, options with { Threads = 3 })));
        foreach (var exponent in new[] { 20, -20 })
        {
            var scaled = Frames.Clone();
            for (var n = 0; n < scaled.Rows; n++)
                PowerOfTwo.Scale(scaled.Row(n), exponent);
            var other = TransformLearning.Fit(scaled, options);
            Assert.Equal(model.Transform.ToRowMajor(), other.Transform.ToRowMajor());
            Assert.Equal(model.Report!.Objective, other.Report!.Objective);
            Assert.Equal(MathF.ScaleB(model.Activations[3, 1], 2 * exponent), other.Activations[3, 1]);
        }
    }

    [Fact]
    public void The_best_start_is_kept_and_seeds_repeat()
    {
        var options = Options with { Starts = 3, Start = TransformStart.Random };
        var model = TransformLearning.Fit(Frames, options);
        Assert.Equal(3, model.Report!.StartObjectives.Distinct().Count());
        Assert.Equal(model.Report.StartObjectives.Min(), model.Report.Objective);
        Assert.Equal(Facts(model), Facts(TransformLearning.Fit(Frames, options)));
        Assert.NotEqual(Facts(model), Facts(TransformLearning.Fit(Frames, options with { Seed = 4 })));
    }

    [Fact]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var options = Options with { Starts = 2 };
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var whole = TransformLearning.Fit(Frames, options);
            TransformModel<float>? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = TransformLearning.Fit(Frames, options, checkpoint, new Watch(p =>
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
            Assert.Equal(whole.Report!.Objective, resumed.Report!.Objective);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_cancelled_fit_ends_within_an_iteration()
    {
        using var source = new CancellationTokenSource();
        var last = -1;
        Assert.ThrowsAny<OperationCanceledException>(() => TransformLearning.Fit(
            Frames, Options with { Iterations = new() { MaximumIterations = 1000, CheckInterval = 1, Tolerance = 0 } },
            progress: new Watch(p =>
            {
                last = p.Iteration;
                if (p.Iteration == 3)
                    source.Cancel();
            }), cancellationToken: source.Token));
        Assert.Equal(3, last);
    }

    [Fact]
    public void A_file_goes_there_and_back_and_is_refused_whichever_byte_is_damaged()
    {
        var small = new Matrix<float>(3, 4);
        for (var n = 0; n < 3; n++)
            Frames.Row(n)[..4].CopyTo(small.Row(n));
        var model = TransformLearning.Fit(small, Options with { Rank = 1 });
        using var stream = new MemoryStream();
        model.Save(stream);
        var bytes = stream.ToArray();
        Assert.Equal(Facts(model), Facts(TransformModel<float>.Load(new MemoryStream(bytes))));
        Assert.Contains("4 bytes", Assert.Throws<InvalidDataException>(
            () => TransformModel<double>.Load(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => TransformModel<float>.Load(new MemoryStream(damaged)));
            Assert.Throws<InvalidDataException>(() => TransformModel<float>.Load(new MemoryStream(bytes[..i])));
        }
    }

    [Fact]
    public void What_cannot_be_is_named()
    {
        Named("rank", () => TransformLearning.Fit(Frames, Options with { Rank = 0 }));
        Named("sparsity", () => TransformLearning.Fit(Frames, Options with { Sparsity = -1 }));
        Named("floor", () => TransformLearning.Fit(Frames, Options with { Floor = 0 }));
        Named("starts", () => TransformLearning.Fit(Frames, Options with { Starts = 0 }));
        Named("frames of 1 samples", () => TransformLearning.Fit(new Matrix<float>(5, 1), Options));
        Named("0 frames", () => TransformLearning.Fit(new Matrix<float>(0, 8), Options));
        Named("silent", () => TransformLearning.Fit(new Matrix<float>(5, 8), Options));
        foreach (var unit in new[] { 1e25f, 1e-25f })
        {
            var extreme = Frames.Clone();
            for (var n = 0; n < extreme.Rows; n++)
            {
                foreach (ref var sample in extreme.Row(n))
                    sample *= unit;
            }

            Named("another unit", () => TransformLearning.Fit(extreme, Options));
        }

        var damaged = Frames.Clone();
        damaged[3, 2] = float.NaN;
        Named("Frame 3", () => TransformLearning.Fit(damaged, Options));
        Named("have 5 samples", () => TransformLearning.Fit(Frames, Options).Coefficients(new Matrix<float>(2, 5)));
    }

    [Fact]
    public void One_frame_one_component_and_silence_among_frames_are_data()
    {
        var one = Frames.Clone().FirstRows(1);
        Assert.True(double.IsFinite(TransformLearning.Fit(one, Options).Report!.Objective));
        var silent = Frames.Clone();
        silent.Row(2).Clear();
        Assert.True(double.IsFinite(TransformLearning.Fit(silent, Options with { Rank = 1 }).Report!.Objective));
    }

    private static float[] Facts(TransformModel<float> model) => [.. model.Transform.ToRowMajor(),
        .. model.Dictionary.ToRowMajor(), .. model.Activations.ToRowMajor()];

    private static void Named(string text, Action action)
        => Assert.Contains(text, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
