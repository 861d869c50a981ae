namespace Nmf.Tests;

/// <content>Fits that are cancelled, and fits that go on from a checkpoint.</content>
public abstract partial class ModelContract
{
    [Fact]
    public void Cancellation_stops_within_one_check()
    {
        using var source = new CancellationTokenSource();
        var data = Dense<float>(Values, Samples, Features);
        var last = -1;
        var progress = new Recorder(p =>
        {
            last = p.Iteration;
            if (p.Iteration >= 4)
                source.Cancel();
        });
        var options =
            Options(Rank) with { Iterations = new() { MaximumIterations = 1000, Tolerance = 0, CheckInterval = 2 } };
        Assert.ThrowsAny<OperationCanceledException>(
            () => NmfFactorizer.Fit(data, options, progress: progress, cancellationToken: source.Token));
        Assert.Equal(4, last);
    }

    [Fact]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            // Long enough for the change of scale between the factors, which comes with the fiftieth iteration.
            var options = Options(Rank) with
            {
                Iterations = new() { MaximumIterations = 67, CheckInterval = 13, Tolerance = 0 }, Starts = 2, Seed = 3
            };
            var data = Dense<float>(Values, Samples, Features);
            var whole = NmfFactorizer.Fit(data, options);
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            NmfModel<float>? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                // The second report of a run comes after its first checkpoint.
                var reports = 0;
                try
                {
                    resumed = NmfFactorizer.Fit(data, options, checkpoint: checkpoint, progress: new Recorder(p =>
                    {
                        if (p.Iteration > 0 && p.Iteration < options.Iterations.MaximumIterations && ++reports == 2)
                            throw new OperationCanceledException();
                    }));
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                    Assert.True(File.Exists(checkpoint.Path));
                }
            }

            Assert.True(interruptions > 5, $"The fit was interrupted {interruptions} times only.");
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Activations.ToRowMajor(), resumed.Activations.ToRowMajor());
            Assert.Equal(whole.Objective, resumed.Objective);
            Assert.Equal(whole.Report.StartObjectives, resumed.Report.StartObjectives);
            Assert.Equal(
                whole.Report.History.Select(p => (p.Iteration, p.Objective)),
                resumed.Report.History.Select(p => (p.Iteration, p.Objective)));
            Assert.False(File.Exists(checkpoint.Path));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private sealed class Recorder(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
