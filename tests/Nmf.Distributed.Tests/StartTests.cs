using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Given dictionaries, weights, missing entries; silos of several kinds; shards that are too large.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_given_dictionary_has_the_bits_of_one_process()
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(2, data, sharding => sharding.MostStoredBytes = 77);
        foreach (var kind in DistributedFitTests.Kinds.Select(row => row.Data))
        {
            var (options, start) = (DistributedFitTests.Options(kind), Start(40, 4));
            var expected = NmfFactorizer.Fit(
                data.Whole(), options with { Shards = NmfShards.OfSizes(data.Sizes) }, start);
            var model = await cluster.Nmf.FitAsync(
                kind, "data", "all", options, interval: DistributedFitTests.Soon, start: start);
            await DistributedFitTests.AssertSame(cluster, kind, data, expected, model);

            // It is not the random start.
            Assert.NotEqual(data.Expected(options).Report.History[0].Objective, model.Report.History[0].Objective);
        }

        await cluster.Nmf.StartAsync("KL", "data", "all", DistributedFitTests.Options("KL"), Start(40, 4));
        await Assert.ThrowsAsync<ShardFaultException>(
            () => cluster.Nmf.StartAsync("KL", "data", "all", DistributedFitTests.Options("KL")));
    }

    [Fact]
    public async Task A_fit_from_a_given_dictionary_begins_again_where_a_shard_is_lost_before_a_checkpoint()
    {
        var data = new Data();
        var options = DistributedFitTests.Options("extrapolated") with
        {
            Iterations = new() { MaximumIterations = 200, Tolerance = 0, CheckInterval = 2 },
        };
        await using var cluster = await Cluster.Start(
            2, data, sharding => sharding.CheckpointInterval = TimeSpan.FromHours(1));
        cluster.Brake.Hold(30);
        var running = cluster.Nmf.FitAsync(
            "again", "data", "all", options, interval: DistributedFitTests.Soon, start: Start(40, 4));
        await cluster.Brake.Reached();
        await cluster.Deactivate(DistributedFitTests.Leaf(cluster, data, "again", 2));
        cluster.Brake.Release();
        var model = await running;
        Assert.True((await cluster.Nmf.GetStatusAsync("again")).Failures > 0);
        await DistributedFitTests.AssertSame(
            cluster, "again", data, NmfFactorizer.Fit(
                data.Whole(), options with { Shards = NmfShards.OfSizes(data.Sizes) }, Start(40, 4)), model);
    }

    [Fact]
    public async Task A_start_that_does_not_fit_is_refused()
    {
        var options = DistributedFitTests.Options("KL");
        Refused(new NmfStart<float>(Start(40, 4).Dictionary, new Matrix<float>(3, 4)), "inferred in the shards");
        Refused(new NmfStart<float>(Start(40, 4).Dictionary) { WarmsUp = true }, "warms up");
        Refused(Start(40, 3), "has 3 components, but the rank is 4");
        Refused(new NmfStart<float>(new Matrix<float>(40, 4)), "are zero");
        await using var cluster = await Cluster.Start(1, new Data());
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
            "narrow", "data", "all", options, interval: DistributedFitTests.Soon, start: Start(39, 4)));
        Assert.Contains("The start dictionary is 39 features", error.Message, StringComparison.Ordinal);

        void Refused(NmfStart<float> start, string message) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => FitSpec.Of("data", "all", options, start)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("samples")]
    [InlineData("entries")]
    [InlineData("missing")]
    [InlineData("all")]
    public async Task Weights_and_missing_entries_have_the_bits_of_one_process(string weights)
    {
        var source = new WeightedShards(weights);
        await using var cluster = await Cluster.Start(2, source);
        foreach (var kind in new[] { "KL", "extrapolated", "least squares", "IS", "penalties", "relevance", "given" })
        {
            var options = kind switch
            {
                "least squares" => DistributedFitTests.Options("KL") with { Problem = 2 },
                "IS" => DistributedFitTests.Options("KL") with { Problem = 0 },
                "given" => DistributedFitTests.Options("extrapolated"),
                _ => DistributedFitTests.Options(kind),
            };
            var start = kind == "given" ? Start(WeightedShards.Features, 4) : null;
            var expected = NmfFactorizer.Fit(source.Whole(), options with
            {
                Shards = NmfShards.OfSizes(WeightedShards.Sizes), Initialization = NmfInitialization.Random,
            }, start);
            var model = await cluster.Nmf.FitAsync(
                kind, "data", "all", options, interval: DistributedFitTests.Soon, start: start);
            Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
            Assert.Equal(expected.Objective, model.Objective);
            var h = new List<float>();
            for (var s = 0; s < WeightedShards.Sizes.Length; s++)
                h.AddRange((await cluster.Nmf.GetActivationsAsync(kind, s)).ToRowMajor());
            Assert.Equal(expected.Activations.ToRowMajor(), h);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silos_of_several_kinds_are_refused_unless_they_are_allowed(bool allowed)
    {
        var (data, silos) = (new Data(), 0);
        await using var cluster = await Cluster.Start(2, data, sharding =>
        {
            sharding.AllowMixedVectorWidths = allowed;
            sharding.Processor = $"kind {Interlocked.Increment(ref silos) % 2}";
        });
        var options = DistributedFitTests.Options("KL");
        var fit = cluster.Nmf.FitAsync("mixed", "data", "all", options, interval: DistributedFitTests.Soon);
        if (allowed)
        {
            await DistributedFitTests.AssertSame(cluster, "mixed", data, data.Expected(options), await fit);
            return;
        }

        var error = await Assert.ThrowsAsync<ShardFaultException>(() => fit);
        Assert.Matches("shard . of all is on a silo with kind ., and the fit on one with kind .", error.Message);
        Assert.Contains(nameof(ShardingOptions.AllowMixedVectorWidths), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("mixed")).Failures);
    }

    [Fact]
    public void A_fit_that_goes_on_on_another_kind_of_silo_is_told()
    {
        var shard = new ShardFactsMessage { Name = "shard 0", Processor = "b" };
        LoadedData.RequireOneProcessor([shard], "b", "b");
        var error = Assert.Throws<NmfDataException>(() => LoadedData.RequireOneProcessor([shard], "b", "a"));
        Assert.Contains("began on a silo with a, and is now on one with b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_checkpoint_cannot_hold_is_told_before_the_first_iteration()
    {
        LoadedData.RequireStorable([new ShardFactsMessage { Name = "a", Samples = 3_500_000, Features = 10 }], 100);
        var error = Assert.Throws<NmfDataException>(() => LoadedData.RequireStorable(
            [
                new ShardFactsMessage { Name = "a", Samples = 10, Features = 10 },
                new ShardFactsMessage { Name = "b", Samples = 3_600_000, Features = 10 },
            ], 100));
        Assert.Contains("b has 3600000 samples", error.Message, StringComparison.Ordinal);
        Assert.Contains("cut the data into more shards", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<NmfDataException>(() => LoadedData.RequireStorable(
            [new ShardFactsMessage { Name = "a", Samples = 10, Features = 4_000_000 }], 100));
        Assert.Contains("4000000 features", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_of_many_shards_say_once_what_was_observed()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 200; trial++)
        {
            ShardFactsMessage[] shards = [.. Enumerable.Range(0, 1 + random.Next(9)).Select(s => new ShardFactsMessage
            {
                Samples = 2, Features = 5, Sum = 1, Weight = 1, ZeroSample = -1, Observed = 4, Name = $"{s}",
                ObservedFeatures = random.Next(12) == 0 ? null
                    : [.. Enumerable.Range(0, 5).Select(_ => random.Next(3) == 0)],
            })];
            var joined = Join(0, shards.Length);
            Assert.Equal(shards.Select(s => s.Name), joined.Select(s => s.Name));
            Assert.InRange(joined.Sum(s => s.ObservedFeatures?.Length ?? 0), 0, 5);
            Assert.Equal(
                ShardFacts.Of([.. shards.Select(s => s.ToFacts())]).Summary.ObservedFeatures,
                ShardFacts.Of([.. joined.Select(s => s.ToFacts(joined[0]))]).Summary.ObservedFeatures);

            ShardFactsMessage[] Join(int from, int to) => to - from == 1 ? [shards[from]]
                : ShardFactsMessage.Join(
                    Join(from, NmfShards.Middle(from, to)), Join(NmfShards.Middle(from, to), to));
        }
    }

    private static NmfStart<float> Start(int features, int rank)
    {
        var random = new Random(17);
        var w = new Matrix<float>(features, rank);
        for (var f = 0; f < features; f++)
        {
            for (var k = 0; k < rank; k++)
                w[f, k] = 0.1f + (8 * random.NextSingle());
        }

        return new NmfStart<float>(w);
    }

    // Positive values, some of them missing, samples and entries of several weights.
    private sealed class WeightedShards(string kind) : IShardSource
    {
        public const int Features = 11;

        public static int[] Sizes => [7, 1, 12, 5];

        public NmfData<float> Whole() => Make(0, Sizes.Sum(), isBatch: false);

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(Sizes.Length);

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
            => new(Make(Sizes[..shard].Sum(), Sizes[shard], isBatch: true));

        private NmfData<float> Make(int first, int samples, bool isBatch)
        {
            var (values, entries) = (new Matrix<float>(samples, Features), new Matrix<float>(samples, Features));
            var weights = new float[samples];
            for (var n = 0; n < samples; n++)
            {
                var random = new Random(first + n);
                weights[n] = 0.25f + random.NextSingle();
                for (var f = 0; f < Features; f++)
                {
                    values[n, f] = 0.1f + (3 * random.NextSingle());
                    entries[n, f] = random.Next(5) == 0 ? 0 : 0.5f + random.NextSingle();
                    if (kind is "missing" or "all" && random.Next(6) == 0)
                        values[n, f] = float.NaN;
                }
            }

            var data = NmfData<float>.FromMatrix(values, MissingValues.NaN, isBatch: isBatch);
            if (kind is "entries" or "all")
                data = data.WithWeights(entries);
            return kind is "samples" or "all" ? data.WithSampleWeights(weights) : data;
        }
    }
}
