using Nmf.Kernels;

namespace Nmf.Tests.Online;

/// <summary>Streams in parts: one batch of every part makes a round.</summary>
public sealed class StreamPartsTests : IDisposable
{
    private const int Features = 12;
    private const int Rank = 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(true);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(2, OnlineUpdate.MajorizationMinimization)]
    [InlineData(3)]
    public void A_round_learns_what_its_batches_together_would(double beta, OnlineUpdate update = OnlineUpdate.Auto)
    {
        // As many updates in every part, so that all activations are those of one large batch.
        var options = Options(beta) with
        {
            Learning = new() { Update = update, InnerTolerance = 0, InnerIterations = 5 },
        };

        // Flat enough that none of its entries is raised, which would depend on the first batch of a part alone.
        var random = new Random(9);
        var start = Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, Features * Rank).Select(_ => 1 + random.NextDouble())], Features, Rank);
        using var parts = new OnlineNmf<double>(options, start);
        using var whole = new OnlineNmf<double>(options, start);
        for (var round = 0; round < 4; round++)
        {
            var values = TestData.Positive(30, Features, Rank, round);
            var cost = parts.PartialFit([Slice(values, 0, 7), Slice(values, 7, 8), null, Slice(values, 8, 30)]);
            Assert.Equal(whole.PartialFit(Slice(values, 0, 30)), cost, 1e-9 * cost);
        }

        Assert.Equal(whole.SamplesSeen, parts.SamplesSeen);
        var (expected, actual) = (whole.ToModel().Dictionary.ToRowMajor(), parts.ToModel().Dictionary.ToRowMajor());
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-8);
    }

    [Fact]
    public void The_order_of_the_sums_is_that_of_shards_and_threads_do_not_matter()
    {
        foreach (var beta in new[] { 0, 1, 1.5, 2 })
        {
            var first = Fit(Options(beta), Parts(41, 40, 1, 66, 13));
            var again = Fit(Options(beta) with { Threads = 3 }, Parts(41, 40, 1, 66, 13));
            Assert.Equal(first.Dictionary.ToRowMajor(), again.Dictionary.ToRowMajor());
            Assert.Equal(first.Objective, again.Objective);
            Assert.Equal(first.Contributions, again.Contributions);
        }

        // One part is a stream that has no parts.
        var one = Fit(Options(1), Parts(41));
        var stream = OnlineFactorizer.Fit(Parts(41)[0], Options(1));
        Assert.Equal(stream.Dictionary.ToRowMajor(), one.Dictionary.ToRowMajor());
        Assert.Equal(stream.Objective, one.Objective);
    }

    [Fact]
    public void A_round_of_given_batches_is_that_of_a_fit()
    {
        // One pass and what its last round leaves.
        var options = Options(1) with { Passes = 1, StartWeight = 5 };
        var parts = Parts(20, 35);
        var costs = new List<double>();
        OnlineFactorizer.Fit(
            parts, options, progress: new Now(progress => costs.Add(progress.AverageCost * progress.Samples)));
        using var learner = new OnlineNmf<double>(options);
        var readers = parts.Select(part => part.Read(options.BatchSize, 0, default).ToArray()).ToArray();
        var sum = 0.0;
        for (var round = 0; round < 4; round++)
        {
            sum += learner.PartialFit([.. readers.Select(batches => batches.ElementAtOrDefault(round))]);
            Assert.Equal(sum / Features, costs[round], 1e-9 * sum);
        }

        Assert.Equal(4, costs.Count);
    }

    [Fact]
    public void The_first_part_that_is_not_zero_makes_the_start_and_parts_of_zeros_add_nothing()
    {
        var values = TestData.Positive(30, Features, Rank, 1);
        var zeros = NmfData<double>.FromMatrix(new Matrix<double>(10, Features), isBatch: true);
        using var with = new OnlineNmf<double>(Options(1));
        using var without = new OnlineNmf<double>(Options(1));
        Assert.Equal(0, with.PartialFit([zeros, null, zeros]));
        Assert.Null(with.Features);
        Assert.Equal(20, with.SamplesSeen);
        without.PartialFit([zeros, zeros]);
        for (var i = 0; i < 3; i++)
        {
            var cost = with.PartialFit([zeros, Slice(values, 0, 15), null, Slice(values, 15, 30)]);
            Assert.Equal(
                without.PartialFit([Slice(values, 0, 15), Slice(values, 15, 30), zeros]), cost, 1e-12 * cost);
        }

        Assert.Equal(without.ToModel().Dictionary.ToRowMajor(), with.ToModel().Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(12)]
    public void A_fit_that_was_stopped_goes_on_with_the_same_bits(int rounds)
    {
        var parts = Parts(41, 20, 63);
        var options = Options(1);
        var expected = Fit(options, parts);
        var checkpoint = new NmfCheckpoint(Path.Combine(_folder.FullName, "stream")) { Interval = TimeSpan.Zero };
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => OnlineFactorizer.Fit(
            parts, options, checkpoint: checkpoint, progress: new Now(_ =>
            {
                if (seen++ >= rounds)
                    cancel.Cancel();
            }), cancellationToken: cancel.Token));
        var again = OnlineFactorizer.Fit(parts, options, checkpoint: checkpoint);
        Assert.Equal(expected.Dictionary.ToRowMajor(), again.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, again.Objective);
        Assert.False(File.Exists(checkpoint.Path));
    }

    [Fact]
    public void A_checkpoint_belongs_to_its_parts()
    {
        var checkpoint = new NmfCheckpoint(Path.Combine(_folder.FullName, "stream")) { Interval = TimeSpan.Zero };
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => OnlineFactorizer.Fit(
            Parts(41, 20), Options(1), checkpoint: checkpoint, progress: new Now(_ => cancel.Cancel()),
            cancellationToken: cancel.Token));
        foreach (var (parts, message) in new[]
        {
            (Parts(41, 20, 8), "number of parts"), (Parts(41, 9), "first batch of part 1"),
        })
        {
            var error = Assert.Throws<NmfCheckpointException>(
                () => OnlineFactorizer.Fit(parts, Options(1), checkpoint: checkpoint));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_wrong_is_named_with_its_part_and_batch()
    {
        // A zero where the divergence is infinite, in the third batch of the second part.
        var values = TestData.Positive(40, Features, Rank, 1);
        values[(23 * Features) + 4] = 0;
        var error = Assert.Throws<NmfDataException>(
            () => Fit(Options(0), [Parts(41)[0], NmfBatchSource.FromData(Slice(values, 0, 40))]));
        Assert.Contains("Part 1, batch 2: The entry at sample 3, feature 4 is 0", error.Message,
            StringComparison.Ordinal);
        Assert.Equal((3, 4), (error.Sample, error.Feature));

        var other = NmfBatchSource.FromData(TestData.Dense<double>(TestData.Positive(5, 4, 2, 1), 5, 4));
        Assert.Contains(
            "Part 1 has 4 features, but part 0 has 12",
            Assert.Throws<ArgumentException>(() => Fit(Options(1), [Parts(9)[0], other])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "no part", Assert.Throws<ArgumentException>(() => Fit(Options(1), [])).Message, StringComparison.Ordinal);
        using var learner = new OnlineNmf<double>(Options(1));
        Assert.Throws<ArgumentException>(() => learner.PartialFit([null, null]));
        Assert.Throws<ArgumentException>(() => learner.PartialFit(
            [Slice(values, 0, 3), TestData.Dense<double>(TestData.Positive(5, 4, 2, 1), 5, 4)]));
        Assert.Equal(0, learner.SamplesSeen);
    }

    [Theory]
    [InlineData("short", "batch 2: ", "fewer samples than the batch size of 8")]
    [InlineData("long", "batch 1: ", "9 samples, more than the batch size of 8")]
    [InlineData("null", "batch 1: ", "null in the place of a batch")]
    public void A_batch_that_is_none_does_not_end_a_stream_without_a_word(string kind, string place, string message)
    {
        // The batches behind it would be left out, or read twice where somebody goes on in the middle.
        var values = TestData.Positive(40, Features, Rank, 1);
        var odd = new Given(kind switch
        {
            "short" => [Slice(values, 0, 8), Slice(values, 8, 13), Slice(values, 13, 21)],
            "long" => [Slice(values, 0, 8), Slice(values, 8, 17), Slice(values, 17, 21)],
            _ => [Slice(values, 0, 8), null, Slice(values, 8, 16)],
        });
        var options = Options(1) with { BatchSize = 8 };
        var alone = Assert.ThrowsAny<ArgumentException>(() => OnlineFactorizer.Fit(odd, options));
        Assert.Contains(message, alone.Message, StringComparison.Ordinal);
        var part = Assert.ThrowsAny<ArgumentException>(() => Fit(options, [Parts(41)[0], odd]));
        Assert.StartsWith($"Part 1, {place}", part.Message, StringComparison.Ordinal);
        Assert.Contains(message, part.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_shard_of_a_part_is_loaded_once_in_a_pass_and_alone(int parts)
    {
        var shards = new Shards { Counts = true };
        var options = new OnlineNmfOptions { Rank = 2, Beta = 1, BatchSize = 2, Passes = 3, Tolerance = 0 };
        OnlineFactorizer.Fit(
            [.. Enumerable.Range(0, parts).Select(p => NmfBatchSource.FromShards(
                shards, "all", p * 4 / parts, (p + 1) * 4 / parts))], options);

        // Three passes and the evaluation.
        Assert.Equal(4 * 4, shards.Loaded.Count);
        Assert.InRange(shards.MostAlive, 0, parts - 1);
    }

    [Fact]
    public void Shards_one_after_the_other_are_the_stream_of_their_samples()
    {
        var shards = new Shards();
        var source = NmfBatchSource.FromShards(shards, "all", 1, 4);
        Assert.Equal(4, source.Features);
        foreach (var skip in new[] { 0, 6, 12, 15, 18 })
        {
            var rows = source.Read(6, skip, default).SelectMany(batch => Rows(batch)).ToArray();
            Assert.Equal(Enumerable.Range(7, 15).Skip(skip).Select(n => (double)n), rows);
        }

        // The sizes are known: shards that are left out are not loaded.
        shards.Loaded.Clear();
        Assert.Single(source.Read(6, 12, default));
        Assert.Equal([2, 3], shards.Loaded);

        // A shard that is alone is loaded once.
        var one = NmfBatchSource.FromShards(shards, "all", 2, 3);
        shards.Loaded.Clear();
        Assert.Equal(one.Read(2, 0, default).Count(), one.Read(2, 0, default).Count());
        Assert.Equal([2], shards.Loaded);
        var error = Assert.Throws<NmfDataException>(
            () => NmfBatchSource.FromShards(shards, "all", 0, 6).Read(6, 0, default).Count());
        Assert.Contains("shard 5 of all: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("sample 0, feature 1", error.Message, StringComparison.Ordinal);

        static IEnumerable<double> Rows(NmfData<float> batch)
        {
            for (var n = 0; n < batch.Samples; n++)
            {
                var row = new double[batch.Features];
                batch.CopySample(n, row);
                yield return row[0];
            }
        }
    }

    private static OnlineNmfOptions Options(double beta) => new()
    {
        Rank = Rank, Beta = beta, BatchSize = 10, Passes = 2, Tolerance = 0, Threads = 1,
    };

    private static NmfModel<double> Fit(OnlineNmfOptions options, INmfBatchSource<double>[] parts)
        => OnlineFactorizer.Fit(parts, options);

    private static INmfBatchSource<double>[] Parts(params int[] sizes)
        => [.. sizes.Select((size, p) => NmfBatchSource.FromData(
            TestData.Dense<double>(TestData.Positive(size, Features, Rank, p), size, Features)))];

    private static NmfData<double> Slice(double[] values, int from, int to) => NmfData<double>.FromMatrix(
        Matrix<double>.FromRowMajor(
            values.AsSpan(from * Features, (to - from) * Features), to - from, Features), isBatch: true);

    private sealed class Now(Action<OnlineFitProgress> report) : IProgress<OnlineFitProgress>
    {
        public void Report(OnlineFitProgress value) => report(value);
    }

    // Samples that begin with their number: seven to a shard but the last, which is broken; the first four are dense.
    private sealed class Given(NmfData<double>?[] batches) : INmfBatchSource<double>
    {
        public int Features => StreamPartsTests.Features;

        public IEnumerable<NmfData<double>> Read(int batchSize, long skip, CancellationToken cancellationToken)
            => batches.Skip((int)(skip / batchSize))!;
    }

    private sealed class Shards : IShardSource
    {
        private readonly List<WeakReference> _alive = [];

        public List<int> Loaded { get; } = [];

        /// <summary>Whether the shards are counted that are still there when another one is loaded.</summary>
        public bool Counts { get; init; }

        public int MostAlive { get; private set; }

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(6);

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
        {
            lock (_alive)
            {
                Loaded.Add(shard);
                if (Counts)
                {
                    GC.Collect();
                    MostAlive = Math.Max(MostAlive, _alive.Count(each => each.IsAlive));
                }
            }

            var rows = shard == 3 ? 1 : 7;
            var values = new float[rows * 4];
            for (var n = 0; n < rows; n++)
            {
                values[4 * n] = (7 * shard) + n;
                values[(4 * n) + 1] = shard == 5 ? -1 : 0;
            }

            var data = NmfData<float>.FromMatrix(Matrix<float>.FromRowMajor(values, rows, 4), isBatch: true);
            lock (_alive)
                _alive.Add(new WeakReference(data));
            return new(data);
        }
    }
}
