using System.Collections.Concurrent;
using System.Reflection;
using Nmf.Distributed.Grains;
using Nmf.Kernels;
using Orleans.Hosting;

namespace Nmf.Distributed.Tests;

/// <summary>Calls of clients may be lost with their gateway: none lasts, and one that comes again does no more than
/// the first.</summary>
public sealed class ClientCallTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(typeof(IFitGrain))]
    [InlineData(typeof(IShardLeaf))]
    [InlineData(typeof(ITransformModel))]
    [InlineData(typeof(ITransformShard))]
    public void No_call_of_a_client_lasts(Type grain)
    {
        var methods = grain.GetMethods();
        Assert.NotEmpty(methods);
        foreach (var method in methods)
        {
            var timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout ?? Longest;
            Assert.True(timeout <= Longest, $"{grain.Name}.{method.Name}: {timeout}");
        }
    }

    [Fact]
    public async Task A_sink_that_takes_longer_than_a_call_gets_every_shard_once()
    {
        var data = new Data();
        var sink = new SlowSink(TimeSpan.Parse(ClientCall.Timeout) + TimeSpan.FromSeconds(2));
        await using var cluster = await Cluster.Start(2, data, more: silo => silo.AddNmfShardSink("slow", sink));
        var model = await cluster.Nmf.FitAsync(
            "slow", "data", "all", DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon);
        await cluster.Nmf.StoreActivationsAsync("slow", "slow", "here");
        Assert.Equal(Enumerable.Range(0, data.Shards), sink.Stored.Order());

        // Who asks anew is given anew.
        await cluster.Nmf.StoreActivationsAsync("slow", "memory", "here");
        Assert.Equal(
            model.Transform(data.Whole()).ToRowMajor(),
            Enumerable.Range(0, data.Shards).SelectMany(s => cluster.Sink.Stored[("here", s)]));
    }

    private sealed class SlowSink(TimeSpan time) : IShardSink
    {
        public ConcurrentQueue<int> Stored { get; } = [];

        public async Task StoreAsync(
            string address, int shard, Matrix<float> activations, CancellationToken cancellationToken)
        {
            await Task.Delay(time, cancellationToken);
            Stored.Enqueue(shard);
        }
    }
}
