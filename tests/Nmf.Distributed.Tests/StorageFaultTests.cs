using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Messages;
using Nmf.Distributed.Storage;
using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed.Tests;

/// <summary>Storage that fails, data that change, fits that are cancelled, fail and go on.</summary>
public sealed class StorageFaultTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public async Task Writes_that_fail_before_or_after_they_were_done_cost_time_but_no_bits()
    {
        var data = new Data();
        var writes = 0;
        var options = Options(40);
        await using var cluster = await Start(
            2, data, (_, _) => (Interlocked.Increment(ref writes) % 37) switch
            {
                11 => Fault.Before,
                29 => Fault.After,
                _ => Fault.None,
            }, sharding => (sharding.MostFailures, sharding.LongestDelay) = (1000, TimeSpan.FromSeconds(0.1)));
        var model = await Fit(cluster, "flaky", options);
        await DistributedFitTests.AssertSame(cluster, "flaky", data, data.Expected(options), model);
        Assert.True(writes > 40);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task The_last_write_of_a_fit_may_fail(Fault fault)
    {
        var data = new Data();
        var faults = 0;
        var options = Options(31);
        await using var cluster = await Start(
            1, data, (_, state) => state is FitRecord { State: FitState.Completed }
                && Interlocked.Increment(ref faults) == 1 ? fault : Fault.None);
        var model = await Fit(cluster, "last", options);
        Assert.True(faults >= 1);
        await DistributedFitTests.AssertSame(cluster, "last", data, data.Expected(options), model);
    }

    [Fact]
    public async Task A_failure_that_cannot_be_stored_is_told_and_the_silo_lives()
    {
        var data = new Data { Loading = _ => throw new FormatException("It is broken.") };
        await using var cluster = await Start(
            1, data, (_, state) => state is FitRecord { State: FitState.Failed } ? Fault.Before : Fault.None);
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => Fit(cluster, "broken", Options(10)));
        Assert.Contains("It is broken.", error.Message, StringComparison.Ordinal);
        Assert.Contains("could not be stored", error.Message, StringComparison.Ordinal);
        Assert.Equal(FitState.Unknown, (await cluster.Nmf.GetStatusAsync("another")).State);
    }

    [Fact]
    public async Task Data_that_change_while_a_fit_runs_are_noticed()
    {
        var isChanged = false;
        var values = Enumerable.Range(0, 40).Select(i => 1f + (i % 7)).ToArray();
        var source = new GivenShards(4, values, values, values);

        // Two entries change places: sums are what they were.
        source.Override = shard => shard == 2 && isChanged ? [values[1], values[0], .. values[2..]] : values;
        await using var cluster = await Cluster.Start(2, source);
        var running = Fit(cluster, "changed", Options(100_000));
        await cluster.Reach("changed", 10);
        isChanged = true;
        await cluster.Deactivate(cluster.Grains.GetGrain<Grains.IShardLeaf>("changed/3/2/3"));
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => running);
        Assert.Contains("shard 2 of all has changed since the fit began", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fit_that_was_given_up_goes_on_from_its_checkpoint_when_it_is_started_again()
    {
        var data = new Data();
        var options = Options(400);
        await using var cluster = await Cluster.Start(2, data, sharding => sharding.MostFailures = 0);
        cluster.Brake.Hold(40);
        var running = Fit(cluster, "given up", options);
        await cluster.Brake.Reached();
        await cluster.Deactivate(DistributedFitTests.Leaf(cluster, data, "given up", 1));
        cluster.Brake.Release();
        await Assert.ThrowsAsync<ShardFaultException>(() => running);
        await cluster.Nmf.StartAsync("given up", "data", "all", options);
        Assert.InRange((await cluster.Nmf.GetStatusAsync("given up")).Iteration, 10, 400);
        var model = await Fit(cluster, "given up", options);
        await DistributedFitTests.AssertSame(cluster, "given up", data, data.Expected(options), model);
    }

    [Fact]
    public async Task A_fit_is_cancelled_while_its_shards_load_and_tells_how_it_goes()
    {
        using var gate = new ManualResetEventSlim();
        var data = new Data { Loading = _ => gate.Wait() };
        await using var cluster = await Cluster.Start(1, data);
        await cluster.Nmf.StartAsync("early", "data", "all", Options(30));
        while (data.Loads == 0)
            await Task.Delay(10);
        Assert.Equal(FitState.Running, (await cluster.Nmf.GetStatusAsync("early")).State);
        await cluster.Nmf.CancelAsync("early");
        Assert.Equal(FitState.Cancelled, (await cluster.Nmf.GetStatusAsync("early")).State);
        gate.Set();
        var model = await Fit(cluster, "early", Options(30));
        await DistributedFitTests.AssertSame(cluster, "early", data, data.Expected(Options(30)), model);
        Assert.Equal(data.Shards, data.Loads);
    }

    [Fact]
    public async Task Starting_cancelling_and_forgetting_at_once_leaves_a_fit_that_can_be_made()
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(2, data);
        var random = new Random(3);
        for (var i = 0; i < 6; i++)
        {
            var starts = Enumerable.Range(0, 4).Select(_ => cluster.Nmf.StartAsync("one", "data", "all", Options(60)));
            await Task.WhenAll(starts);
            await Task.Delay(random.Next(60));
            await Task.WhenAll(
                cluster.Nmf.CancelAsync("one"), cluster.Nmf.GetStatusAsync("one"), cluster.Nmf.CancelAsync("one"));
            if (i % 2 == 1)
                await cluster.Nmf.ForgetAsync("one");
        }

        var models = await Task.WhenAll(Fit(cluster, "one", Options(60)), Fit(cluster, "one", Options(60)));
        await DistributedFitTests.AssertSame(cluster, "one", data, data.Expected(Options(60)), models[1]);
    }

    [Fact]
    public async Task Activations_that_are_taken_in_parts_are_read_once()
    {
        var reads = 0;
        var data = new Data(shards: 2, samples: 18_000, features: 5, rank: 2);
        await using var cluster = await Start(1, data, (_, _) => Fault.None, read: name =>
        {
            if (name.StartsWith("model", StringComparison.Ordinal))
                Interlocked.Increment(ref reads);
        });
        await Fit(cluster, "parts", Options(2));
        var expected = await cluster.Nmf.GetActivationsAsync("parts", 1);
        await cluster.Deactivate(DistributedFitTests.Leaf(cluster, data, "parts", 1));
        reads = 0;
        var again = await cluster.Nmf.GetActivationsAsync("parts", 1);
        Assert.Equal(expected.ToRowMajor(), again.ToRowMajor());
        Assert.Equal(1, reads);
    }

    /// <summary>When a write fails.</summary>
    public enum Fault
    {
        /// <summary>It does not.</summary>
        None,

        /// <summary>Nothing was written.</summary>
        Before,

        /// <summary>It was written, but nobody was told.</summary>
        After,
    }

    private static Task<NmfModel<float>> Fit(Cluster cluster, string name, NmfOptions options)
        => cluster.Nmf.FitAsync(name, "data", "all", options, interval: DistributedFitTests.Soon);

    private static NmfOptions Options(int iterations) => DistributedFitTests.Options("extrapolated") with
    {
        Iterations = new() { MaximumIterations = iterations, Tolerance = 0, CheckInterval = 5 },
    };

    private Task<Cluster> Start(
        int silos, IShardSource source, Func<string, object?, Fault> fault, Action<ShardingOptions>? configure = null,
        Action<string>? read = null)
        => Cluster.Start(silos, source, configure, silo => silo.Services.AddKeyedSingleton<IGrainStorage>(
            "nmf", (services, _) => new FaultyStorage(
                ActivatorUtilities.CreateInstance<FileGrainStorage>(services, _folder.FullName), fault, read)));

    private sealed class FaultyStorage(
        IGrainStorage inner, Func<string, object?, Fault> fault, Action<string>? read) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            read?.Invoke(stateName);
            return inner.ReadStateAsync(stateName, grainId, grainState);
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var kind = fault(stateName, grainState.State);
            if (kind == Fault.Before)
                throw new IOException("The storage does not answer.");
            var etag = grainState.ETag;
            await inner.WriteStateAsync(stateName, grainId, grainState);
            if (kind != Fault.After)
                return;
            grainState.ETag = etag;
            throw new IOException("The storage has not answered.");
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
            => inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
