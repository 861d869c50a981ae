using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class StreamCheckpointTests : IDisposable
{
    private const int Samples = 90;
    private const int Features = 13;

    private static readonly OnlineNmfOptions Options =
        new() { Rank = 3, Beta = 1, BatchSize = 20, Passes = 3, Tolerance = 0, Seed = 5, Threads = 1 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly NmfData<float> _data = TestData.Dense<float>(
        TestData.Counts(Samples, Features, 3, 1), Samples, Features);

    private string File => Path.Combine(_folder.FullName, "fit.checkpoint");

    public static TheoryData<double, OnlineUpdate> Updates => new()
    {
        { 1, OnlineUpdate.MajorizationMinimization },
        { 1.5, OnlineUpdate.MajorizationMinimization },
        { 2, OnlineUpdate.LeastSquares },
    };

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [MemberData(nameof(Updates))]
    public void A_fit_interrupted_after_any_batch_ends_with_the_same_bits(double beta, OnlineUpdate update)
    {
        var options = Options with { Beta = beta, Learning = new() { Update = update } };
        var whole = Fit(options, null);
        for (var stop = 1; stop <= 14; stop++)
        {
            Interrupt(options, stop);
            Assert.True(System.IO.File.Exists(File));
            var resumed = Fit(options, new NmfCheckpoint(File));
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Objective, resumed.Objective);
            Assert.Equal(
                whole.Report.History.Select(point => point.Objective),
                resumed.Report.History.Select(point => point.Objective));
            Assert.False(System.IO.File.Exists(File));
        }
    }

    [Fact]
    public void A_fit_goes_on_at_the_batch_after_the_checkpoint()
    {
        Interrupt(Options, 7);
        var seen = new List<(int Pass, long Samples)>();
        var model = OnlineFactorizer.Fit(
            NmfBatchSource.FromData(_data), Options, checkpoint: new NmfCheckpoint(File),
            progress: new Recorder(p => seen.Add((p.Pass, p.Samples))));

        // Five batches a pass; seven are saved, eight are left.
        Assert.Equal((2, 60), seen[0]);
        Assert.Equal(8, seen.Count);
    }

    [Fact]
    public void More_passes_go_on_where_fewer_were_interrupted()
    {
        var whole = Fit(Options with { Passes = 4 }, null);
        Interrupt(Options with { Passes = 2 }, 8);
        var resumed = Fit(Options with { Passes = 4, Threads = 2 }, new NmfCheckpoint(File));

        Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
    }

    [Fact]
    public void Another_fit_is_refused_and_told_what_differs()
    {
        Interrupt(Options, 3);
        var otherData = TestData.Dense<float>(TestData.Counts(Samples, Features, 3, 2), Samples, Features);
        var start = TestData.Start<float>(1, Features, 3, 1);
        foreach (var (options, words) in new (OnlineNmfOptions, string)[]
        {
            (Options with { Rank = 4 }, "rank is 3 there but 4 here"),
            (Options with { Beta = 1.5 }, "beta is 1 there but 1.5 here"),
            (Options with { BatchSize = 30 }, "batch size is 20 there but 30 here"),
            (Options with { Learning = new() { Forgetting = 0.5 } }, "forgetting is 0.1 there but 0.5 here"),
            (Options with { Seed = 6 }, "seed is 5 there but 6 here"),
            (Options with { Learning = new() { InnerIterations = 5 } },
                "number of inner iterations is 20 there but 5 here"),
        })
        {
            Assert.Contains(words, Refused(() => Fit(options, new NmfCheckpoint(File))));
        }

        Assert.Contains(
            "label is  there but words here", Refused(() => Fit(Options, new NmfCheckpoint(File) { Label = "words" })));
        Assert.Contains("first batch of the data is", Refused(() => OnlineFactorizer.Fit(
            NmfBatchSource.FromData(otherData), Options, checkpoint: new NmfCheckpoint(File))));
        Assert.Contains("initial dictionary is none there but 13 x 3", Refused(() => OnlineFactorizer.Fit(
            NmfBatchSource.FromData(_data), Options, start.Dictionary, new NmfCheckpoint(File))));
        var resumed = Fit(Options, new NmfCheckpoint(File));
        Assert.Equal(3, resumed.Dictionary.Columns);
    }

    [Fact]
    public void A_damaged_file_is_refused_wherever_the_damage_is()
    {
        Interrupt(Options, 3);
        var good = System.IO.File.ReadAllBytes(File);
        for (var at = 0; at < good.Length; at += 37)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 0x10;
            System.IO.File.WriteAllBytes(File, bad);
            Refused(() => Fit(Options, new NmfCheckpoint(File)));
            System.IO.File.WriteAllBytes(File, good[..at]);
            Refused(() => Fit(Options, new NmfCheckpoint(File)));
        }

        System.IO.File.WriteAllBytes(File, [.. good, 0]);
        Assert.Contains("checksum", Refused(() => Fit(Options, new NmfCheckpoint(File))));
        System.IO.File.WriteAllText(File, "Not a checkpoint, but long enough to be one of some kind.");
        Assert.Contains("is not a checkpoint", Refused(() => Fit(Options, new NmfCheckpoint(File))));
        var newer = (byte[])good.Clone();
        newer[8] = 2;
        System.IO.File.WriteAllBytes(File, newer);
        Assert.Contains(
            "has version 2, but this library reads version 1", Refused(() => Fit(Options, new NmfCheckpoint(File))));
    }

    [Fact]
    public void What_a_killed_writer_leaves_beside_the_file_does_no_harm()
    {
        Interrupt(Options, 3);
        System.IO.File.WriteAllText(File + ".tmp", "half a check");
        var whole = Fit(Options, null);
        var resumed = Fit(Options, new NmfCheckpoint(File));
        Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error_before_anything_is_learnt()
        => Assert.Throws<DirectoryNotFoundException>(
            () => Fit(Options, new NmfCheckpoint(Path.Combine(_folder.FullName, "none", "fit.checkpoint"))));

    [Fact]
    public void A_pass_with_other_samples_is_an_error()
    {
        var error = Assert.Throws<NmfDataException>(() => OnlineFactorizer.Fit(new Shrinking(_data), Options));
        Assert.Contains("has given 60 samples in pass 2, but 90 in the passes before", error.Message);
    }

    [Fact]
    public void A_batch_of_another_width_than_announced_is_an_error()
    {
        var error = Assert.Throws<NmfDataException>(
            () => OnlineFactorizer.Fit(new Announcing(_data, Features + 1), Options));
        Assert.Contains("A batch has 13 features after 0 samples, but the source has announced 14", error.Message);
    }

    [Fact]
    public void A_source_that_is_empty_or_all_zero_is_an_error()
    {
        Assert.Contains("no samples to factorize", Assert.Throws<NmfDataException>(
            () => OnlineFactorizer.Fit(new Batches(Features, () => []), Options)).Message);
        var zeros = new Batches(
            Features, () => [NmfData<float>.FromMatrix(new Matrix<float>(20, Features), isBatch: true),
                NmfData<float>.FromMatrix(new Matrix<float>(5, Features), isBatch: true)]);
        Assert.Contains(
            "All entries of all 25 samples are zero",
            Assert.Throws<NmfDataException>(() => OnlineFactorizer.Fit(zeros, Options)).Message);
    }

    private NmfModel<float> Fit(OnlineNmfOptions options, NmfCheckpoint? checkpoint)
        => OnlineFactorizer.Fit(NmfBatchSource.FromData(_data), options, checkpoint: checkpoint);

    // Every batch is saved after its report; the report of the batch after the given number stops the fit.
    private void Interrupt(OnlineNmfOptions options, int batches)
    {
        var done = 0;
        try
        {
            OnlineFactorizer.Fit(
                NmfBatchSource.FromData(_data), options,
                checkpoint: new NmfCheckpoint(File) { Interval = TimeSpan.Zero }, progress: new Recorder(_ =>
                {
                    if (done++ == batches)
                        throw new OperationCanceledException();
                }));
            Assert.Fail("The fit was not interrupted.");
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string Refused(Action fit) => Assert.Throws<NmfCheckpointException>(fit).Message;

    private sealed class Shrinking(NmfData<float> data) : INmfBatchSource<float>
    {
        private int _readings;

        public int Features => data.Features;

        public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
        {
            var batches = NmfBatchSource.FromData(data).Read(batchSize, skip, cancellationToken);
            return _readings++ == 0 ? batches : batches.Take(3);
        }
    }

    private sealed class Announcing(NmfData<float> data, int features) : INmfBatchSource<float>
    {
        public int Features => features;

        public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
            => NmfBatchSource.FromData(data).Read(batchSize, skip, cancellationToken);
    }

    private sealed class Batches(int features, Func<IEnumerable<NmfData<float>>> read) : INmfBatchSource<float>
    {
        public int Features => features;

        public IEnumerable<NmfData<float>> Read(int batchSize, long skip, CancellationToken cancellationToken)
            => read();
    }

    private sealed class Recorder(Action<OnlineFitProgress> action) : IProgress<OnlineFitProgress>
    {
        public void Report(OnlineFitProgress value) => action(value);
    }
}
