using System.Collections.Concurrent;
using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Sources and sinks that block the thread that calls them, as those that read files do: whoever does not need
/// them goes on, on a silo that computes on one thread.</summary>
public sealed class BlockingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Blocked => ["fit", "stream", "transform", "count", "store"];

    [Theory]
    [MemberData(nameof(Blocked))]
    public async Task Whoever_blocks_keeps_no_other_waiting(string blocked)
    {
        using var gate = new ManualResetEventSlim();
        var (data, options) = (new Data(), DistributedFitTests.Options("KL"));
        var source = new Blocking(new Data(), gate) { Counts = blocked == "count" };
        var sink = new BlockingSink(gate);
        var model = data.Expected(options);
        await using var cluster = await Cluster.Start(1, data, more: silo => silo
            .AddNmfShardSource("blocks", source).AddNmfShardSink("blocks", sink));
        try
        {
            var waiting = blocked switch
            {
                "stream" => cluster.Nmf.FitOnlineAsync("blocked", "blocks", "all", OnlineFitTests.Options(1), 2),
                "transform" => cluster.Nmf.TransformAsync(model, "blocks", "all", "memory", "blocked"),
                "store" => Store(),
                _ => (Task)cluster.Nmf.FitAsync("blocked", "blocks", "all", options),
            };
            await (blocked == "store" ? sink.Blocks : source.Blocks).Task.WaitAsync(Long);

            var other = await cluster.Nmf.FitAsync(
                "other", "data", "all", options, interval: DistributedFitTests.Soon).WaitAsync(Long);
            await DistributedFitTests.AssertSame(cluster, "other", data, model, other);
            await cluster.Nmf.TransformAsync(model, "data", "all", "memory", "other").WaitAsync(Long);
            await cluster.Nmf.FitOnlineAsync(
                "other stream", "data", "all", OnlineFitTests.Options(1), 2, interval: DistributedFitTests.Soon)
                .WaitAsync(Long);
            await cluster.Nmf.StoreActivationsAsync("other", "memory", "stored").WaitAsync(Long);
            Assert.False(waiting.IsCompleted);
            gate.Set();
            await waiting.WaitAsync(Long);
        }
        finally
        {
            gate.Set();
        }

        async Task Store()
        {
            await cluster.Nmf.FitAsync("blocked", "data", "all", options, interval: DistributedFitTests.Soon);
            await cluster.Nmf.StoreActivationsAsync("blocked", "blocks", "here");
            Assert.Equal(Enumerable.Range(0, data.Shards), sink.Stored.Order());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fit_whose_source_blocks_is_forgotten_and_begun_again(bool isStream)
    {
        using var gate = new ManualResetEventSlim();
        var (data, options) = (new Data(), DistributedFitTests.Options("KL"));
        var source = new Blocking(data, gate);
        await using var cluster = await Cluster.Start(1, source);
        try
        {
            await (isStream ? cluster.Nmf.StartOnlineAsync("blocked", "data", "all", OnlineFitTests.Options(1), 2)
                : cluster.Nmf.StartAsync("blocked", "data", "all", options));
            await source.Blocks.Task.WaitAsync(Long);
            await cluster.Nmf.CancelAsync("blocked").WaitAsync(Long);
            await cluster.Nmf.ForgetAsync("blocked").WaitAsync(Long);

            // What the source was asked first it still does; what stood behind that is asked no more.
            source.IsOpen = true;
            var model = await cluster.Nmf.FitAsync(
                "blocked", "data", "all", options, interval: DistributedFitTests.Soon).WaitAsync(Long);
            await DistributedFitTests.AssertSame(cluster, "blocked", data, data.Expected(options), model);
            Assert.Equal(data.Shards, data.Loads);
            Assert.Equal(1, source.Waiting);
        }
        finally
        {
            gate.Set();
        }
    }

    private sealed class Blocking(Data data, ManualResetEventSlim gate) : IShardSource
    {
        private int _waiting;

        public TaskCompletionSource Blocks { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether it blocks when it counts, and not when it loads.</summary>
        public bool Counts { get; init; }

        public bool IsOpen { get; set; }

        public int Waiting => _waiting;

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
        {
            if (Counts)
                Wait();
            return data.CountAsync(address, cancellationToken);
        }

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
        {
            if (!Counts && !IsOpen)
                Wait();
            return data.LoadAsync(address, shard, cancellationToken);
        }

        private void Wait()
        {
            Interlocked.Increment(ref _waiting);
            Blocks.TrySetResult();
            gate.Wait();
        }
    }

    private sealed class BlockingSink(ManualResetEventSlim gate) : IShardSink
    {
        public TaskCompletionSource Blocks { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<int> Stored { get; } = [];

        public Task StoreAsync(
            string address, int shard, Matrix<float> activations, CancellationToken cancellationToken)
        {
            Blocks.TrySetResult();
            gate.Wait(CancellationToken.None);
            Stored.Enqueue(shard);
            return Task.CompletedTask;
        }
    }
}
