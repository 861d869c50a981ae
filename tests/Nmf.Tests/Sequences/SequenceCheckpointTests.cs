using Nmf.Kernels;

namespace Nmf.Tests.Sequences;

/// <summary>A fit of sequences that was interrupted goes on with the same bits, wherever it was.</summary>
public sealed class SequenceCheckpointTests : IDisposable
{
    private const int Samples = 40;
    private const int Features = 9;
    private const int Rank = 4;

    private static readonly IterationOptions Iterations =
        new() { MaximumIterations = 20, CheckInterval = 5, Tolerance = 0 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly NmfData<float> _data = TestData.Dense<float>(
        TestData.Positive(Samples, Features, Rank, 1), Samples, Features);
    private readonly SequenceLayout _sequences = SequenceLayout.FromLengths([15, 25]);

    private NmfCheckpoint Checkpoint => new(Path.Combine(_folder.FullName, "fit")) { Interval = TimeSpan.Zero };

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Smooth_nmf(bool isKnown)
    {
        var options = new SmoothNmfOptions { Rank = Rank, Smoothness = 3, Starts = 2, Seed = 3, Iterations = Iterations,
            Threads = 1, Known = isKnown ? Known() : null };
        var whole = SmoothNmf.Fit(_data, options, _sequences);
        foreach (var stop in new[] { 2, 4, 7, 9 })
        {
            Interrupt(
                stop,
                progress => SmoothNmf.Fit(_data, options with { Threads = 2 }, _sequences, null, Checkpoint, progress));
            var resumed = SmoothNmf.Fit(_data, options, _sequences, null, Checkpoint);
            AssertSame(whole, resumed);
        }

        Interrupt(2, progress => SmoothNmf.Fit(_data, options, _sequences, null, Checkpoint, progress));
        Assert.Contains(
            "Smoothness is 3, 3, 3, 3 there but 4, 4, 4, 4 here",
            Refused(() => SmoothNmf.Fit(_data, options with { Smoothness = 4 }, _sequences, null, Checkpoint)));
        Assert.Contains(
            "sequences is 2 with 40 samples", Refused(() => SmoothNmf.Fit(_data, options, null, null, Checkpoint)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dynamical_system(bool isKnown)
    {
        var options = new DynamicalSystemOptions { Rank = Rank, Shape = 2, Starts = 2, Seed = 3,
            Iterations = Iterations, Threads = 1, Known = isKnown ? Known() : null };
        var whole = DynamicalSystem.Fit(_data, options, _sequences);
        foreach (var stop in new[] { 2, 4, 7, 9 })
        {
            Interrupt(stop, progress => DynamicalSystem.Fit(
                _data, options with { Threads = 2 }, _sequences, null, Checkpoint, progress));
            var resumed = DynamicalSystem.Fit(_data, options, _sequences, null, Checkpoint);
            AssertSame(whole, resumed);
            Assert.Equal(whole.Transitions.ToRowMajor(), resumed.Transitions.ToRowMajor());
        }

        Interrupt(2, progress => DynamicalSystem.Fit(_data, options, _sequences, null, Checkpoint, progress));
        Assert.Contains("Form is ItakuraSaito there", Refused(() => DynamicalSystem.Fit(
            _data, options with { Form = DynamicalSystemForm.MaximumAPosteriori }, _sequences, null, Checkpoint)));
        Assert.Contains(
            "model is DynamicalSystemOptions there",
            Refused(() => SmoothNmf.Fit(_data, new SmoothNmfOptions { Rank = Rank }, _sequences, null, Checkpoint)));
    }

    private static KnownComponents Known()
        => KnownComponents.FromDictionary(
            TestData.Start<float>(Samples, Features, 2, 5).Dictionary,
            Matrix<float>.FromRowMajor([0.5f, 0.2f, 0.1f, 0.7f], 2, 2));

    private void AssertSame(SequenceNmfModel<float> whole, SequenceNmfModel<float> resumed)
    {
        Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
        Assert.Equal(whole.Activations.ToRowMajor(), resumed.Activations.ToRowMajor());
        Assert.Equal(whole.Report.StartObjectives, resumed.Report.StartObjectives);
        Assert.False(File.Exists(Checkpoint.Path));
    }

    private static string Refused(Action fit) => Assert.Throws<NmfCheckpointException>(fit).Message;

    private void Interrupt(int reports, Action<IProgress<FitProgress>> fit)
    {
        var done = 0;
        Assert.Throws<OperationCanceledException>(() => fit(new Recorder(_ =>
        {
            if (done++ == reports)
                throw new OperationCanceledException();
        })));
        Assert.True(File.Exists(Checkpoint.Path));
    }

    private sealed class Recorder(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
