using System.Collections.Concurrent;
using Nmf.Distributed.Grains;
using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>What a sink may count on: every shard at least once, one call for it at a time where no silo dies, and
/// nothing more once the caller has been told that it is over.</summary>
public sealed class SinkTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_comes_into_a_sink_behind_a_transform_that_has_failed_or_was_cancelled(bool isCancelled)
    {
        using var cancel = new CancellationTokenSource();
        var (data, inside, left) = (new Data(), 0, 0);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = new Sink(async (shard, _, token) =>
        {
            // Shards 0 to 2 are on one silo, 3 and 4 on the other.
            if (shard < 2)
                return;
            if (shard == 2)
            {
                await entered.Task;
                throw new ArgumentException("There is no such table.");
            }

            Interlocked.Increment(ref inside);
            if (isCancelled)
                await cancel.CancelAsync();
            entered.TrySetResult();
            await Task.WhenAny(Task.Delay(Long, token));

            // It has noticed, and ends what it has begun.
            await Task.Delay(500, CancellationToken.None);
            Interlocked.Increment(ref left);
        });
        await using var cluster = await Cluster.Start(2, data, more: silo => silo.AddNmfShardSink("sink", sink));
        var model = NmfFactorizer.Fit(data.Whole(), DistributedFitTests.Options("KL"));
        var running = cluster.Nmf.TransformAsync(
            model, "data", "all", "sink", "here", cancellationToken: cancel.Token);
        if (isCancelled)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Long));
        else
            await Assert.ThrowsAsync<ShardFaultException>(() => running.WaitAsync(Long));
        Assert.True(inside > 0);
        Assert.Equal(inside, left);
    }

    [Fact]
    public async Task Two_who_have_the_activations_stored_at_once_do_not_begin_each_others_again()
    {
        var data = new Data(shards: 2);
        var stored = new ConcurrentQueue<(string, int)>();

        // Longer than one call waits.
        var sink = new Sink(async (shard, address, token) =>
        {
            await Task.Delay(TransformShard.Patience + TimeSpan.FromSeconds(1), token);
            stored.Enqueue((address, shard));
        });
        await using var cluster = await Cluster.Start(1, data, more: silo => silo.AddNmfShardSink("sink", sink));
        await cluster.Nmf.FitAsync(
            "fit", "data", "all", DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon);
        await Task.WhenAll(
            new[] { "a", "b" }.Select(address => cluster.Nmf.StoreActivationsAsync("fit", "sink", address)))
            .WaitAsync(Long);
        Assert.Equal([("a", 0), ("a", 1), ("b", 0), ("b", 1)], stored.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sink_that_fails_half_way_or_behind_its_end_has_the_whole_in_the_end(bool kills)
    {
        // Rows are written one by one, from the first on whenever it is called.
        var rows = new ConcurrentDictionary<(string, int), float[][]>();
        var (calls, atOnce) = (new ConcurrentDictionary<(string, int), int>(), new ConcurrentDictionary<int, int>());
        var (most, halves) = (0, 0);
        var data = new Data();
        var (half, killed) = (New(), New());
        var sink = new MatrixSink(async (address, shard, h, token) =>
        {
            var call = calls.AddOrUpdate((address, shard), 1, (_, before) => before + 1);
            most = Math.Max(most, atOnce.AddOrUpdate(shard, 1, (_, before) => before + 1));
            try
            {
                var target = rows[(address, shard)] = new float[h.Rows][];
                for (var n = 0; n < h.Rows; n++)
                {
                    if (n == h.Rows / 2 && call == 1)
                    {
                        if (Interlocked.Increment(ref halves) == 2)
                            half.TrySetResult();
                        if (kills)
                            await killed.Task.WaitAsync(Long, token);
                        throw new IOException("The disk is full.");
                    }

                    target[n] = h.Row(n).ToArray();
                }

                if (call == 2)
                    throw new IOException("The share has not answered.");
            }
            finally
            {
                atOnce.AddOrUpdate(shard, 0, (_, before) => before - 1);
            }
        });
        await using var cluster = await Cluster.Start(
            2, data, more: silo => silo.AddNmfShardSink("sink", sink), kills: kills);
        var model = await cluster.Nmf.FitAsync(
            "fit", "data", "all", DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon);
        foreach (var (address, store) in new (string, Func<Task>)[]
        {
            ("stored", () => cluster.Nmf.StoreActivationsAsync("fit", "sink", "stored")),
            ("transformed", () => cluster.Nmf.TransformAsync(model, "data", "all", "sink", "transformed")),
        })
        {
            (half, killed, halves) = (New(), New(), 0);
            var running = store();
            if (kills)
            {
                // Both silos are in the middle of a shard.
                await half.Task.WaitAsync(Long);
                await cluster.Kill(0);
                await cluster.Kill(0);
                killed.SetResult();
            }

            await running.WaitAsync(2 * Long);
            Assert.Equal(
                model.Transform(data.Whole()).ToRowMajor(),
                Enumerable.Range(0, data.Shards).SelectMany(s => rows[(address, s)].SelectMany(row => row)));
        }

        if (!kills)
        {
            Assert.Equal(1, most);
            Assert.All(calls, each => Assert.Equal(3, each.Value));
        }

        static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Sink(Func<int, string, CancellationToken, Task> store) : IShardSink
    {
        public Task StoreAsync(
            string address, int shard, Matrix<float> activations, CancellationToken cancellationToken)
            => store(shard, address, cancellationToken);
    }

    private sealed class MatrixSink(Func<string, int, Matrix<float>, CancellationToken, Task> store) : IShardSink
    {
        public Task StoreAsync(
            string address, int shard, Matrix<float> activations, CancellationToken cancellationToken)
            => store(address, shard, activations, cancellationToken);
    }
}
