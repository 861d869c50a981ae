using System.Reflection;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Checkpoints of fits in memory, beyond the contract that every solver keeps.</summary>
public sealed class FitCheckpointTests : IDisposable
{
    private const int Samples = 30;
    private const int Features = 13;

    private static readonly NmfOptions Options = new()
    {
        Rank = 3, Problem = 1, Iterations = new() { MaximumIterations = 20, CheckInterval = 5, Tolerance = 0 },
        Seed = 5, Threads = 1, Initialization = NmfInitialization.Random,
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly NmfData<float> _data = TestData.Dense<float>(
        TestData.Counts(Samples, Features, 3, 1), Samples, Features);

    private string Path => System.IO.Path.Combine(_folder.FullName, "fit.checkpoint");

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public void A_fit_goes_on_after_the_checkpoint_and_its_report_is_whole()
    {
        Interrupt(Options, 3);
        var seen = new List<int>();
        var model = NmfFactorizer.Fit(
            _data, Options, checkpoint: new NmfCheckpoint(Path), progress: new Recorder(p => seen.Add(p.Iteration)));

        // Checks after 0, 5, 10 and 15 iterations were made before; the third report is not saved yet when it comes.
        Assert.Equal([15, 20], seen);
        Assert.Equal([0, 5, 10, 15, 20], model.Report.History.Select(p => p.Iteration));
        Assert.True(model.Report.History.Zip(model.Report.History.Skip(1)).All(
            pair => pair.First.Elapsed <= pair.Second.Elapsed));
        Assert.Equal(20, model.Report.Iterations);
    }

    [Fact]
    public void Stages_and_given_factors_are_part_of_the_state()
    {
        var options = Options with { Problem = (BetaNmf)Options
            .Problem with { Annealing = new BetaAnnealing { Stages = 2, IterationsPerStage = 12 } }, Starts = 2 };
        var start = TestData.Start<float>(Samples, Features, 3, 1);
        var whole = NmfFactorizer.Fit(_data, options, start);
        for (var stop = 2; stop <= 22; stop += 4)
        {
            Interrupt(options, stop, start);
            var resumed = NmfFactorizer.Fit(_data, options with { Threads = 2 }, start, new NmfCheckpoint(Path));
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Report.StartObjectives, resumed.Report.StartObjectives);
        }
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_an_error_at_the_start()
    {
        var reports = 0;
        var progress = new Recorder(_ => reports++);
        var error = Assert.Throws<ArgumentException>(
            () => NmfFactorizer.Fit(_data, Options, null, new NmfCheckpoint(_folder.FullName), progress));
        Assert.Contains("is a folder", error.Message, StringComparison.Ordinal);

        // What is written first stands in the way.
        Directory.CreateDirectory(Path + ".tmp");
        var blocked = Assert.Throws<IOException>(
            () => NmfFactorizer.Fit(_data, Options, null, new NmfCheckpoint(Path), progress));
        Assert.Contains($"The checkpoint '{Path}' cannot be written", blocked.Message, StringComparison.Ordinal);
        Directory.Delete(Path + ".tmp");
        Assert.Equal(0, reports);

        NmfFactorizer.Fit(_data, Options, null, new NmfCheckpoint(Path), progress);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void Components_that_were_removed_stay_so()
    {
        var options = new NmfOptions
        {
            Rank = 12, Problem = new AutomaticRelevance(1) { Shape = 5 },
            Iterations = new() { MaximumIterations = 1000, CheckInterval = 20, Tolerance = 0 }, Seed = 4, Starts = 2,
            Threads = 1,
        };
        var whole = NmfFactorizer.Fit(_data, options);
        Assert.InRange(whole.Dictionary.Columns, 1, 11);
        foreach (var stop in new[] { 5, 48, 60, 90 })
        {
            Interrupt(options, stop);
            var resumed = NmfFactorizer.Fit(_data, options, checkpoint: new NmfCheckpoint(Path));
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Activations.ToRowMajor(), resumed.Activations.ToRowMajor());
            Assert.Equal(whole.Report.StartObjectives, resumed.Report.StartObjectives);
        }
    }

    [Fact]
    public void Another_fit_is_refused_and_told_what_differs()
    {
        Interrupt(Options, 2);
        foreach (var (options, words) in new (NmfOptions, string)[]
        {
            (Options with { Rank = 4 }, "Rank is 3 there but 4 here"),
            (Options with { Problem = 1.5 }, "Beta is 1 there but 1.5 here"),
            (Options with { Seed = 6 }, "Seed is 5 there but 6 here"),
            (Options with { Iterations = Options.Iterations with { CheckInterval = 4 } },
                "CheckInterval is 5 there but 4 here"),
            (Options with { Solver = NmfSolver.MultiplicativeUpdate },
                "Solver is SharedNewton there but MultiplicativeUpdate here"),
            (Options with { Problem = new AlphaDivergence(0.5) }, "Problem is BetaNmf there but MeasureNmf here"),
            (Options with { Problem = new RobustNmf(1, 1) }, "Lambda is not stated there but 1 here"),
            (Options with { Problem = new BetaNmf(1) { Annealing = new BetaAnnealing { From = 1.25 } } },
                "Annealing is none there but BetaAnnealing { From = 1.25, IterationsPerStage = 20, Stages = 10 } here"),
        })
        {
            Assert.Contains(
                words, Refused(() => NmfFactorizer.Fit(_data, options, checkpoint: new NmfCheckpoint(Path))));
        }

        var values = TestData.Counts(Samples, Features, 3, 1);
        (values[40], values[41]) = (values[41] + 1, values[40] + 1);
        var otherData = TestData.Dense<float>(values, Samples, Features);
        var start = TestData.Start<float>(Samples, Features, 3, 1);
        Assert.Contains(
            "data is 30 x 13, ",
            Refused(() => NmfFactorizer.Fit(otherData, Options, checkpoint: new NmfCheckpoint(Path))));
        Assert.Contains(
            "label is  there but words here",
            Refused(() => NmfFactorizer.Fit(_data, Options, checkpoint: new NmfCheckpoint(Path) { Label = "words" })));
        Assert.Contains(
            "initial dictionary is none there but 13 x 3",
            Refused(() => NmfFactorizer.Fit(_data, Options, start, new NmfCheckpoint(Path))));
        using (var stream = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 3, Beta = 1 }))
        {
            stream.PartialFit(_data);
            stream.Save(Path);
        }

        Assert.Contains(
            "content is online learner there but fit in memory here",
            Refused(() => NmfFactorizer.Fit(_data, Options, checkpoint: new NmfCheckpoint(Path))));
    }

    [Fact]
    public void No_option_is_forgotten()
    {
        var known = KnownComponents.FromColumns([new float[Features]]);
        NmfPenalty[] penalties =
        [new L1Penalty(1), new L2Penalty(1), new LogPenalty(1, 1), new GroupPenalty([[0, 1, 2]], 1, 1),
            new SmoothnessPenalty(1), new ItakuraSaitoSmoothness(1), new SeedPenalty([[0], [1]], 1),
        ];
        NmfProblem[] problems =
        [
            new BetaNmf { Penalties = penalties, Known = known, Annealing = new BetaAnnealing() },
            new MeasureNmf(new AlphaDivergence(1)), new MeasureNmf(new BregmanDivergence(new EuclideanGenerator())),
            new MeasureNmf(new BernoulliLikelihood()), new RobustNmf(1, 1),
            new AbundanceNmf { Volume = new VolumePenalty() }, new AutomaticRelevance(),
        ];
        foreach (var problem in problems)
        {
            using var file = new MemoryStream();
            using var writer = new BinaryWriter(file);
            (Options with { Problem = problem }).AddTo(new CheckpointFacts()).Save(writer);
            var text = System.Text.Encoding.UTF8.GetString(file.ToArray());
            Assert.Contains("MaximumInferenceIterations", text);
            Assert.Contains("InferenceTolerance", text);
            foreach (var type in Parts(problem)
                .Append(typeof(NmfOptions)).Append(typeof(IterationOptions)).Append(typeof(InferenceOptions)))
            {
                foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(
                    p => p.CanWrite || type.IsSubclassOf(typeof(NmfPenalty))))
                {
                    if (property.Name is not (nameof(NmfOptions.Threads) or nameof(NmfOptions.Iterations)
                        or nameof(NmfOptions.Inference) or nameof(NmfOptions.InfersActivations)
                        or nameof(IterationOptions.MaximumIterations)
                        or nameof(IterationOptions.Tolerance) or nameof(IterationOptions.TimeLimit)
                        or nameof(IterationOptions.ReturnsWhenCancelled)))
                    {
                        Assert.True(
                            text.Contains(property.Name, StringComparison.Ordinal),
                            $"{type.Name}.{property.Name} is not in: {text}");
                    }
                }
            }
        }

        // Every problem, penalty, measure and part of a problem is among them.
        var all = problems.SelectMany(Parts).ToHashSet();
        foreach (var type in typeof(NmfProblem).Assembly.GetTypes().Where(t => t is { IsAbstract: false }
            && new[] { typeof(NmfProblem), typeof(NmfPenalty), typeof(MeasureOfFit) }.Any(t.IsSubclassOf)))
        {
            Assert.True(all.Contains(type) || type == typeof(BetaMeasure), $"{type.Name} is not tried.");
        }
    }

    private static IEnumerable<Type> Parts(NmfProblem problem) => problem switch
    {
        BetaNmf beta => beta.Penalties.Select(p => p.GetType()).Append(typeof(BetaAnnealing)).Append(typeof(BetaNmf)),
        MeasureNmf measure => [typeof(MeasureNmf), measure.Measure.GetType()],
        AbundanceNmf => [typeof(AbundanceNmf), typeof(VolumePenalty)],
        _ => [problem.GetType()],
    };

    [Theory]
    [InlineData(8, 0.0, StopReason.MaximumIterations)]
    [InlineData(200, 0.0, StopReason.MaximumIterations)]
    [InlineData(200, 0.5, StopReason.Converged)]
    public void It_ends_when_the_options_of_now_say_so(int iterations, double tolerance, StopReason reason)
    {
        const int AtInterruption = 5;
        Interrupt(Options, 2);
        var changed = Options with { Iterations = Options.Iterations with
            { MaximumIterations = iterations, Tolerance = tolerance } };
        var whole = NmfFactorizer.Fit(_data, changed);
        var resumed = NmfFactorizer.Fit(_data, changed, checkpoint: new NmfCheckpoint(Path));
        Assert.Equal(reason, resumed.Report.StopReason);
        Assert.Equal(Math.Max(whole.Report.Iterations, AtInterruption), resumed.Report.Iterations);
        if (whole.Report.Iterations >= AtInterruption)
            Assert.Equal(whole.Activations.ToRowMajor(), resumed.Activations.ToRowMajor());
    }

    [Fact]
    public void A_fit_out_of_time_hands_over_what_it_has_and_goes_on_later()
    {
        var limited = Options with { Starts = 2,
            Iterations = Options.Iterations with { TimeLimit = TimeSpan.FromTicks(1) } };
        var checkpoint = new NmfCheckpoint(Path);
        var model = NmfFactorizer.Fit(_data, limited, checkpoint: checkpoint);
        Assert.Equal((StopReason.TimeLimit, 0), (model.Report.StopReason, model.Report.Iterations));
        Assert.Equal(double.NaN, model.Report.StartObjectives[1]);
        Assert.True(File.Exists(Path));
        var rest = Options with { Starts = 2 };
        var later = NmfFactorizer.Fit(_data, rest, checkpoint: checkpoint);
        Assert.False(File.Exists(Path));
        Assert.Equal(NmfFactorizer.Fit(_data, rest).Dictionary.ToRowMajor(), later.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    public void A_cancelled_fit_hands_over_what_it_has_where_that_is_wanted(int reports, bool annealed)
    {
        using var source = new CancellationTokenSource();
        var done = 0;
        var options = Options with
        {
            Problem = new BetaNmf(1) { Annealing = annealed ? new() { Stages = 2, IterationsPerStage = 10 } : null },
            Iterations = Options.Iterations with { ReturnsWhenCancelled = true },
        };
        var model = NmfFactorizer.Fit(
            _data, options, checkpoint: new NmfCheckpoint(Path) { Interval = TimeSpan.Zero },
            progress: new Recorder(_ =>
            {
                if (done++ == reports)
                    source.Cancel();
            }),
            cancellationToken: source.Token);
        Assert.Equal(StopReason.Cancelled, model.Report.StopReason);
        Assert.Equal(annealed ? 0 : 5 * reports, model.Report.Iterations);
        Assert.True(double.IsFinite(model.Objective) && model.ExplainedPart > 0);
        var resumed = NmfFactorizer.Fit(_data, options, checkpoint: new NmfCheckpoint(Path));
        Assert.Equal(NmfFactorizer.Fit(_data, options).Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
        Assert.Equal(20, resumed.Report.Iterations);
    }

    [Fact]
    public void A_damaged_file_is_refused_wherever_the_damage_is()
    {
        Interrupt(Options, 2);
        var good = File.ReadAllBytes(Path);
        for (var at = 0; at < good.Length; at += 61)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 0x10;
            File.WriteAllBytes(Path, bad);
            Refused(() => NmfFactorizer.Fit(_data, Options, checkpoint: new NmfCheckpoint(Path)));
            File.WriteAllBytes(Path, good[..at]);
            Refused(() => NmfFactorizer.Fit(_data, Options, checkpoint: new NmfCheckpoint(Path)));
        }

        File.WriteAllBytes(Path, good);
        var resumed = NmfFactorizer.Fit(_data, Options, checkpoint: new NmfCheckpoint(Path));
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error_before_anything_is_fitted()
        => Assert.Throws<DirectoryNotFoundException>(() => NmfFactorizer.Fit(
            _data, Options, checkpoint: new NmfCheckpoint(System.IO.Path.Combine(_folder.FullName, "none", "fit"))));

    private static string Refused(Action fit) => Assert.Throws<NmfCheckpointException>(fit).Message;

    // The report of a check comes before it is saved: a fit stopped by its last report has saved all before it.
    private void Interrupt(NmfOptions options, int reports, NmfStart<float>? start = null)
    {
        var done = 0;
        Assert.Throws<OperationCanceledException>(() => NmfFactorizer.Fit(
            _data, options, start, new NmfCheckpoint(Path) { Interval = TimeSpan.Zero }, new Recorder(_ =>
            {
                if (done++ == reports)
                    throw new OperationCanceledException();
            })));
        Assert.True(File.Exists(Path));
    }

    private sealed class Recorder(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
