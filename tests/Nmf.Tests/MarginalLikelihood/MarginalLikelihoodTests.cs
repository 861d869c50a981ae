namespace Nmf.Tests;

/// <summary>Fits by maximum marginal likelihood: options, interruption, checkpoints and damage.</summary>
public sealed class MarginalLikelihoodTests
{
    private static readonly MarginalLikelihoodOptions Options = new()
    {
        Rank = 8, Starts = 2, Seed = 2, Threads = 1,
        Iterations = new() { MaximumIterations = 60, CheckInterval = 7, Tolerance = 0 },
    };

    public static TheoryData<string, MarginalLikelihoodOptions> Wrong => new()
    {
        { nameof(MarginalLikelihoodOptions.Rank), Options with { Rank = 0 } },
        { nameof(MarginalLikelihoodOptions.Shape), Options with { Shape = 0 } },
        { nameof(MarginalLikelihoodOptions.Shape), Options with { Shape = double.NaN } },
        { nameof(MarginalLikelihoodOptions.Shape), Options with { Shape = null, Noise = MarginalNoise.Exponential } },
        { nameof(MarginalLikelihoodOptions.Noise), Options with { Noise = (MarginalNoise)17 } },
        { nameof(MarginalLikelihoodOptions.Method), Options with { Method = (MarginalMethod)2 } },
        {
            nameof(MarginalLikelihoodOptions.Method),
            Options with { Method = MarginalMethod.MonteCarlo, Noise = MarginalNoise.Exponential }
        },
        { nameof(MarginalLikelihoodOptions.Sweeps), Options with { Sweeps = 0 } },
        { nameof(MarginalLikelihoodOptions.Starts), Options with { Starts = 0 } },
        { nameof(MarginalLikelihoodOptions.Threads), Options with { Threads = 0 } },
        { nameof(MarginalLikelihoodOptions.Iterations), Options with { Iterations = null! } },
        { nameof(MarginalLikelihoodOptions.Inference), Options with { Inference = null! } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_out_of_range_are_named(string name, MarginalLikelihoodOptions options)
        => Assert.Equal(
            name,
            Assert.Throws<ArgumentException>(() => MarginalLikelihood.Fit(Data(options.Noise), options)).ParamName);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits(MarginalLikelihoodOptions options)
    {
        var data = Data(options.Noise);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var whole = MarginalLikelihood.Fit(data, options);
            MarginalLikelihoodModel<double>? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = MarginalLikelihood.Fit(data, options with { Threads = 2 }, checkpoint, new Watch(p =>
                    {
                        // The second report of a run comes after its first checkpoint.
                        if (p.Iteration is > 0 and < 60 && ++reports == 2)
                            throw new OperationCanceledException();
                    }));
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                }
            }

            Assert.True(interruptions > 5, $"The fit was interrupted {interruptions} times only.");
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Rates, resumed.Rates);
            Assert.Equal(whole.Shape, resumed.Shape);
            Assert.Equal(whole.Report!.StartObjectives, resumed.Report!.StartObjectives);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    public static TheoryData<MarginalLikelihoodOptions> Models => new()
    {
        Options,
        Options with { Shape = null },
        Options with { Noise = MarginalNoise.Exponential, Shape = 2 },
        Options with { Method = MarginalMethod.MonteCarlo, Sweeps = 1 },
    };

    [Fact]
    public void A_checkpoint_of_another_shape_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            Assert.Throws<OperationCanceledException>(() => MarginalLikelihood.Fit(
                Data(MarginalNoise.Poisson), Options, checkpoint, new Watch(p =>
                {
                    if (p.Iteration == 21)
                        throw new OperationCanceledException();
                })));
            var error = Assert.Throws<NmfCheckpointException>(() => MarginalLikelihood.Fit(
                Data(MarginalNoise.Poisson), Options with { Shape = 2 }, checkpoint));
            Assert.Contains(nameof(Options.Shape), error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_cancelled_fit_ends_or_hands_over_what_it_has()
    {
        using var source = new CancellationTokenSource();
        var cancel = new Watch(p =>
        {
            if (p.Iteration == 14)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => MarginalLikelihood.Fit(
            Data(MarginalNoise.Poisson), Options, progress: cancel, cancellationToken: source.Token));
        using var second = new CancellationTokenSource();
        var model = MarginalLikelihood.Fit(
            Data(MarginalNoise.Poisson),
            Options with { Iterations = Options.Iterations with { ReturnsWhenCancelled = true } },
            progress: new Watch(p =>
            {
                if (p.Iteration == 14)
                    second.Cancel();
            }), cancellationToken: second.Token);
        Assert.Equal(StopReason.Cancelled, model.Report!.StopReason);
        Assert.Equal(14, model.Report.Iterations);
    }

    [Fact]
    public void The_tolerance_ends_a_fit()
    {
        var model = MarginalLikelihood.Fit(
            Data(MarginalNoise.Poisson),
            Options with { Iterations = new() { MaximumIterations = 100_000, Tolerance = 1e-5 } });
        Assert.Equal(StopReason.Converged, model.Report!.StopReason);
    }

    private static NmfData<double> Data(MarginalNoise noise)
        => noise == MarginalNoise.Poisson ? PlantedCounts.Create(60, 25, 3, 1)
            : TestData.Dense<double>(TestData.Positive(60, 25, 3, 1), 60, 25);

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }

    [Theory]
    [InlineData(1e-8)]
    [InlineData(1e-10)]
    public void Components_of_faint_features_alone_are_kept_under_exponential_noise(double faint)
    {
        var random = new Random(5);
        double Draw() => -Math.Log(1 - random.NextDouble());
        var values = new float[80 * 15];
        for (var n = 0; n < 80; n++)
        {
            var (loud, own) = (0.1 + Draw(), 0.1 + Draw());
            for (var f = 0; f < 15; f++)
                values[(n * 15) + f] = (float)((f < 12 ? (1 + (f % 3)) * loud : faint * own) * Draw());
        }

        var data = NmfData<float>.FromDense(values, 80, 15);
        var model = MarginalLikelihood.Fit(
            data, new MarginalLikelihoodOptions { Rank = 5, Noise = MarginalNoise.Exponential, Shape = 1, Seed = 1 });

        // The bound of the fit is that of its model: nothing that mattered is gone.
        var ofFit = -model.Report!.Objective;
        Assert.Equal(ofFit, model.Infer(data).TotalLogLikelihood, 0.01 * Math.Abs(ofFit));
    }

    [Fact]
    public void Data_over_many_decades_have_a_likelihood()
    {
        var values = new double[20 * 10];
        for (var e = 0; e < values.Length; e++)
            values[e] = Math.Pow(10, (((7 * (e / 10)) + (3 * (e % 10))) % 29) - 14);
        var data = NmfData<double>.FromDense(values, 20, 10);
        var model = MarginalLikelihood.Fit(
            data, new MarginalLikelihoodOptions { Rank = 4, Noise = MarginalNoise.Exponential, Seed = 1 });
        var posterior = model.Infer(data);
        Assert.True(double.IsFinite(posterior.TotalLogLikelihood), $"{posterior.TotalLogLikelihood}");
        Assert.All(posterior.Mean.ToRowMajor(), mean => Assert.True(double.IsFinite(mean)));
    }

    [Fact]
    public void Counts_too_large_to_be_counted_are_refused_with_their_place()
    {
        var options = new MarginalLikelihoodOptions { Rank = 2, Seed = 1 };
        var error = Assert.Throws<NmfDataException>(() => MarginalLikelihood.Fit(
            NmfData<double>.FromDense([1, 2, 3, 4, 1e30, 6], 2, 3), options));
        Assert.Contains("sample 1, feature 1 is 1E+30", error.Message, StringComparison.Ordinal);
        var model = MarginalLikelihood.Fit(NmfData<double>.FromDense([1, 2, 3, 4, 1e15, 6], 2, 3), options);
        Assert.True(double.IsFinite(model.Report!.Objective));
    }
}
