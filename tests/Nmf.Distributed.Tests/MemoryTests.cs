using Nmf.Distributed.Grains;

namespace Nmf.Distributed.Tests;

/// <summary>Data for which silos have no room, and what is left in memory when a fit has ended.</summary>
[Collection("alone")]
public sealed class MemoryTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(14_000, 3)]
    [InlineData(20_500, 2)]
    public async Task Shards_without_room_are_loaded_again_and_the_bits_are_the_same(long most, int reloaded)
    {
        var data = new Data(shards: 4);
        await using var cluster = await Cluster.Start(1, data, sharding => sharding.MostDataBytes = most);
        foreach (var kind in DistributedFitTests.Kinds.Select(row => row.Data))
        {
            var loads = data.Loads;
            var options = DistributedFitTests.Options(kind);
            var model = await cluster.Nmf.FitAsync(kind, "data", "all", options, interval: DistributedFitTests.Soon);
            await DistributedFitTests.AssertSame(cluster, kind, data, data.Expected(options), model);
            Assert.Equal(reloaded, (await cluster.Nmf.GetStatusAsync(kind)).ReloadedShards);
            Assert.InRange(data.Loads - loads, reloaded * 30, int.MaxValue);

            // The next one begins with as much room.
            await cluster.Nmf.ForgetAsync(kind);
        }
    }

    [Fact]
    public async Task Shards_without_room_go_on_from_a_checkpoint()
    {
        var data = new Data();
        var options = DistributedFitTests.Options("extrapolated") with
        {
            Iterations = new() { MaximumIterations = 200, Tolerance = 0, CheckInterval = 3 },
        };
        await using var cluster = await Cluster.Start(2, data, sharding => sharding.MostDataBytes = 12_000);
        cluster.Brake.Hold(30);
        var running = cluster.Nmf.FitAsync("fit", "data", "all", options, interval: DistributedFitTests.Soon);
        await cluster.Brake.Reached();
        await cluster.Deactivate(DistributedFitTests.Leaf(cluster, data, "fit", 1));
        cluster.Brake.Release();
        await DistributedFitTests.AssertSame(cluster, "fit", data, data.Expected(options), await running);
        Assert.True((await cluster.Nmf.GetStatusAsync("fit")).Failures > 0);
    }

    [Fact]
    public async Task A_shard_that_is_another_when_it_is_loaded_again_ends_the_fit()
    {
        var loads = 0;
        var values = Enumerable.Range(0, 40).Select(i => 1f + (i % 7)).ToArray();
        var source = new GivenShards(4, values, values, values)
        {
            Override = shard => shard == 1 && Interlocked.Increment(ref loads) > 4
                ? [values[1], values[0], .. values[2..]] : values,
        };
        await using var cluster = await Cluster.Start(1, source, sharding => sharding.MostDataBytes = 1);
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
            "changed", "data", "all", new NmfOptions { Rank = 2, Problem = 1 }, interval: DistributedFitTests.Soon));
        Assert.Contains("shard 1 of all has changed since the fit began", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_larger_shard_that_comes_later_takes_the_room_of_one_that_stays()
    {
        var memory = new ShardMemory(Microsoft.Extensions.Options.Options.Create(
            new ShardingOptions { MostDataBytes = 100, Threads = 2 }));
        Assert.True(memory.TryKeep(20));
        Assert.True(memory.TryKeep(20));
        Assert.True(memory.TryKeep(20));
        Assert.False(memory.TryKeep(20));
        Assert.False(memory.IsTooMuch);
        Assert.False(memory.TryKeep(30));
        Assert.True(memory.IsTooMuch);
        memory.Release(20);
        Assert.False(memory.IsTooMuch);
        memory.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    public async Task Nothing_of_a_fit_that_is_forgotten_stays_in_memory(long? most)
    {
        var data = new Tracked(shards: 6, features: 20_000, rank: 40);
        await using var cluster = await Cluster.Start(
            1, data, sharding => (sharding.MostDataBytes, sharding.Threads) = (most, 2));

        // Buffers of messages and files are kept for the next ones.
        await Fit(cluster, "before", 40);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Fit(cluster, "fit", 40);
        for (var tries = 0; tries < 600 && (data.Alive > 0 || Growth() > data.DictionaryBytes / 2); tries++)
            await Task.Delay(100);
        Assert.Equal(0, data.Alive);
        Assert.InRange(Growth(), long.MinValue, data.DictionaryBytes / 2);

        long Growth() => GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    public async Task A_fit_that_has_ended_gives_its_samples_back_and_keeps_its_activations(long? most)
    {
        var data = new Tracked(shards: 4, features: 30, rank: 2);
        await using var cluster = await Cluster.Start(2, data, sharding => sharding.MostDataBytes = most);
        var options = new NmfOptions { Rank = 2, Problem = 1, Iterations = new() { MaximumIterations = 3 } };
        var model = await cluster.Nmf.FitAsync(
            "whole", "data", "all", options, interval: DistributedFitTests.Soon);
        await data.AssertGone();
        Assert.Equal(
            model.Transform(await data.LoadAsync("all", 3, default)).ToRowMajor(),
            (await cluster.Nmf.GetActivationsAsync("whole", 3)).ToRowMajor());

        await cluster.Nmf.FitOnlineAsync(
            "stream", "data", "all", OnlineFitTests.Options(1) with { Rank = 2 }, interval: DistributedFitTests.Soon);
        await data.AssertGone();
    }

    private static async Task Fit(Cluster cluster, string name, int rank)
    {
        await cluster.Nmf.FitAsync(
            name, "data", "all", new NmfOptions
            {
                Rank = rank, Problem = 1, Iterations = new() { MaximumIterations = 3, Tolerance = 0 },
            }, interval: DistributedFitTests.Soon);
        await cluster.Nmf.ForgetAsync(name);
    }

    // Shards of two samples, of which it knows whether somebody still has them.
    private sealed class Tracked(int shards, int features, int rank) : IShardSource
    {
        private readonly List<WeakReference> _loaded = [];

        public long DictionaryBytes => sizeof(float) * (long)features * rank;

        public int Alive
        {
            get
            {
                GC.Collect();
                lock (_loaded)
                    return _loaded.Count(each => each.IsAlive);
            }
        }

        public async Task AssertGone()
        {
            for (var tries = 0; tries < 600 && Alive > 0; tries++)
                await Task.Delay(100);
            Assert.Equal(0, Alive);
        }

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(shards);

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
        {
            var matrix = new Kernels.Matrix<float>(2, features);
            matrix.Row(0).Fill(1 + shard);
            matrix.Row(1).Fill(2);
            matrix[1, shard] = 7;
            var data = NmfData<float>.FromMatrix(matrix, isBatch: true);
            lock (_loaded)
                _loaded.Add(new WeakReference(data));
            return new(data);
        }
    }
}

/// <summary>What other tests hold meanwhile would be taken for what a fit has left.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
