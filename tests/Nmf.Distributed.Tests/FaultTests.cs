using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Grains;

namespace Nmf.Distributed.Tests;

/// <summary>What dies, throws, lies or is slow on the way: the fit ends with the bits of one that nothing happened to,
/// or with a message that names the culprit.</summary>
public sealed class FaultTests
{
    // The long test of the brief one: KILLS=20.
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("KILLS"), out var kills) ? kills : 3;

    [Fact]
    public async Task Silos_die_at_random_moments_the_coordinators_among_them()
    {
        var data = new Data();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given) ? given : 11;
        var random = new Random(seed);
        var options = DistributedFitTests.Options("extrapolated") with
        {
            Iterations = new() { MaximumIterations = 60, Tolerance = 0, CheckInterval = 3 },
        };
        var expected = data.Expected(options);
        await using var cluster = await Cluster.Start(
            2, data, sharding => sharding.MostFailures = 100, kills: true);
        for (var i = 0; i < Kills; i++)
        {
            var fit = $"kill {i}";

            // So slow that the moment is somewhere in the fit.
            var (moment, isCoordinator) = (random.Next(0, 55), i % 3 != 1);
            var reached = new TaskCompletionSource();
            var running = cluster.Nmf.FitAsync(
                fit, "data", "all", options, new DistributedFitTests.Progress(status =>
                {
                    if (status.Iteration >= moment)
                        reached.TrySetResult();
                }), DistributedFitTests.Soon);
            await Task.WhenAny(reached.Task, running);
            var silo = cluster.SiloOf(cluster.Grains.GetGrain<IFitGrain>(fit));
            await cluster.Kill(silo < 0 || isCoordinator ? Math.Max(silo, 0) : 1 - silo);
            var model = await running;
            await DistributedFitTests.AssertSame(cluster, fit, data, expected, model);
        }
    }

    [Fact]
    public async Task A_fit_whose_coordinator_died_says_that_it_has_begun_again()
    {
        var (data, options) = (new Data(), DistributedFitTests.Options("KL"));
        using var gate = new ManualResetEventSlim();
        var loading = new TaskCompletionSource();
        data.Loading = _ =>
        {
            loading.TrySetResult();
            gate.Wait(TimeSpan.FromMinutes(1));
        };
        await using var cluster = await Cluster.Start(2, data, kills: true);
        var running = cluster.Nmf.FitAsync("dies", "data", "all", options, interval: DistributedFitTests.Soon);
        await loading.Task;
        await cluster.Kill(Math.Max(cluster.SiloOf(cluster.Grains.GetGrain<IFitGrain>("dies")), 0));
        gate.Set();
        await DistributedFitTests.AssertSame(cluster, "dies", data, data.Expected(options), await running);
        Assert.InRange((await cluster.Nmf.GetStatusAsync("dies")).Failures, 1, 20);
    }

    [Fact]
    public async Task What_a_fit_has_made_is_there_right_behind_the_death_of_a_silo()
    {
        // The others do not know yet that it is dead.
        var (data, options) = (new Data(), DistributedFitTests.Options("KL"));
        await using var cluster = await Cluster.Start(2, data, kills: true);
        var model = await cluster.Nmf.FitAsync("done", "data", "all", options, interval: DistributedFitTests.Soon);
        for (var i = 0; i < 2; i++)
        {
            await cluster.Kill(0);
            Assert.Equal(data.Sizes, await cluster.Nmf.GetShardSizesAsync("done"));
            var again = await cluster.Nmf.GetModelAsync("done");
            Assert.Equal(model.Dictionary.ToRowMajor(), again.Dictionary.ToRowMajor());
            await DistributedFitTests.AssertSame(cluster, "done", data, data.Expected(options), again);
        }
    }

    [Fact]
    public async Task A_source_that_throws_for_a_while_is_asked_again()
    {
        var data = new Data();
        var failures = 0;
        data.Loading = shard =>
        {
            if (shard == 2 && Interlocked.Increment(ref failures) <= 2)
                throw new IOException("The share is not there.");
        };
        var options = DistributedFitTests.Options("KL");
        await using var cluster = await Cluster.Start(2, data);
        var model = await cluster.Nmf.FitAsync("throws", "data", "all", options, interval: DistributedFitTests.Soon);
        await DistributedFitTests.AssertSame(cluster, "throws", data, data.Expected(options), model);
        var status = await cluster.Nmf.GetStatusAsync("throws");
        Assert.Equal(2, status.Failures);

        // The shards that were there were loaded once.
        Assert.Equal(data.Shards + 2, data.Loads);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_never_answers_is_cancelled_and_forgotten(bool counts)
    {
        var source = new Silent(counts);
        await using var cluster = await Cluster.Start(2, source);
        await cluster.Nmf.StartAsync("silent", "data", "all", DistributedFitTests.Options("KL"));
        await source.Asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cluster.Nmf.CancelAsync("silent").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(FitState.Cancelled, (await cluster.Nmf.GetStatusAsync("silent")).State);
        await cluster.Nmf.ForgetAsync("silent").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(FitState.Unknown, (await cluster.Nmf.GetStatusAsync("silent")).State);
    }

    [Fact]
    public async Task A_source_that_always_throws_ends_the_fit_with_its_message()
    {
        var data = new Data { Loading = shard => throw new IOException("The share is not there.") };
        await using var cluster = await Cluster.Start(1, data, sharding =>
            (sharding.MostFailures, sharding.LongestDelay) = (3, TimeSpan.Zero));
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
            "never", "data", "all", DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon));
        Assert.Contains("of all): The share is not there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await cluster.Nmf.GetStatusAsync("never")).Failures);
    }

    [Fact]
    public async Task A_poisoned_shard_is_named_with_its_row()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var bad = new Kernels.Matrix<float>(3, 4);
            bad.Row(0).Fill(1);
            Formats.NpyFile.Write(Path.Combine(folder.FullName, "part-0.npy"), bad);
            bad[2, 1] = -3;
            Formats.NpyFile.Write(Path.Combine(folder.FullName, "part-1.npy"), bad);
            await using var cluster = await Cluster.Start(2, new Formats.MatrixFileShards());
            var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
                "poison", "data", Path.Combine(folder.FullName, "part-*.npy"), DistributedFitTests.Options("KL"),
                interval: DistributedFitTests.Soon));
            Assert.Contains("part-1.npy", error.Message, StringComparison.Ordinal);
            Assert.Contains("sample 2, feature 1", error.Message, StringComparison.Ordinal);
            Assert.Contains("-3", error.Message, StringComparison.Ordinal);
            error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
                "typo", "data", Path.Combine(folder.FullName, "prat-*.npy"), DistributedFitTests.Options("KL"),
                interval: DistributedFitTests.Soon));
            Assert.Contains("No file matches", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("typo")).Failures);
            error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
                "nowhere", "other", "x", DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon));
            Assert.Contains("no source 'other'", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task A_zero_where_the_divergence_is_infinite_is_named_with_its_shard()
    {
        await using var cluster = await Cluster.Start(1, new Data());
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
            "zeros", "data", "all", new NmfOptions { Rank = 3, Problem = 0 }, interval: DistributedFitTests.Soon));
        Assert.Contains("shard 0 of all: the entry at sample", error.Message, StringComparison.Ordinal);
        Assert.Contains("is 0, where", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shard_that_is_deactivated_loads_again_and_the_fit_goes_on_with_the_same_bits()
    {
        var data = new Data();
        var options = DistributedFitTests.Options("HALS") with
        {
            Iterations = new() { MaximumIterations = 200, Tolerance = 0, CheckInterval = 2 },
        };
        await using var cluster = await Cluster.Start(2, data);
        cluster.Brake.Hold(15);
        var running = cluster.Nmf.FitAsync("gone", "data", "all", options, interval: DistributedFitTests.Soon);
        for (var shard = 1; shard <= 3; shard++)
        {
            await cluster.Brake.Reached();
            await cluster.Deactivate(DistributedFitTests.Leaf(cluster, data, "gone", shard));
            cluster.Brake.Release();
            if (shard < 3)
                cluster.Brake.Hold(15);
        }

        var model = await running;
        Assert.InRange((await cluster.Nmf.GetStatusAsync("gone")).Failures, 3, 20);
        await DistributedFitTests.AssertSame(cluster, "gone", data, data.Expected(options), model);
    }

    [Fact]
    public async Task A_slow_silo_is_waited_for()
    {
        var data = new Data(shards: 2) { Loading = shard => Thread.Sleep(shard == 1 ? 6000 : 0) };
        var options = DistributedFitTests.Options("KL");
        await using var cluster = await Cluster.Start(2, data, more: silo =>
            silo.Services.Configure<Orleans.Configuration.SiloMessagingOptions>(
                messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(3)));
        var model = await cluster.Nmf.FitAsync("slow", "data", "all", options, interval: DistributedFitTests.Soon);
        await DistributedFitTests.AssertSame(cluster, "slow", data, data.Expected(options), model);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("slow")).Failures);
    }

    // Looks at no token.
    private sealed class Silent(bool counts) : IShardSource
    {
        public TaskCompletionSource Asked { get; } = new();

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
            => counts ? new(3) : new(Never<int>());

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
            => new(Never<NmfData<float>>());

        private Task<T> Never<T>()
        {
            Asked.TrySetResult();
            return new TaskCompletionSource<T>().Task;
        }
    }
}
