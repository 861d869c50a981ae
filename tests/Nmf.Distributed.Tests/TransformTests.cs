using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Activations of new shards, inferred where they are loaded.</summary>
public sealed class TransformTests
{
    [Theory]
    [InlineData("KL", 1)]
    [InlineData("KL", 3)]
    [InlineData("HALS", 2)]
    [InlineData("penalties", 2)]
    [InlineData("groups", 2)]
    [InlineData("relevance", 2)]
    public async Task The_bits_are_those_of_the_model_at_hand(string kind, int silos)
    {
        var data = new Data();
        var model = NmfFactorizer.Fit(data.Whole(), DistributedFitTests.Options(kind));
        await using var cluster = await Cluster.Start(
            silos, data, sharding => sharding.MostMessageBytes = silos == 3 ? 100 : 1 << 20);
        var seen = new List<DistributedTransformStatus>();
        var sizes = await cluster.Nmf.TransformAsync(
            model, "data", "all", "memory", "here", new Progress(seen.Add));
        Assert.Equal(data.Sizes, sizes);
        Assert.Equal(model.Transform(data.Whole()).ToRowMajor(), Stored(cluster, data, "here"));
        Assert.Equal(data.Shards, data.Loads);
        Assert.Equal(Enumerable.Range(1, data.Shards), seen.Select(status => status.Done));
        Assert.Equal((data.Shards, (long)data.Sizes.Sum(), 0), (seen[^1].Shards, seen[^1].Samples, seen[^1].Failures));
    }

    [Fact]
    public async Task A_model_of_a_stream_and_missing_entries()
    {
        var shards = Enumerable.Range(0, 4).Select(s =>
        {
            var random = new Random(s);
            return Enumerable.Range(0, 60).Select(i => i % 7 == 3 ? float.NaN : random.Next(0, 9)).ToArray();
        }).ToArray();
        var source = new GivenShards(6, shards);
        var full = NmfData<float>.FromDense([.. shards[0].Select(v => float.IsNaN(v) ? 1 : v)], 10, 6);
        using var learner = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 3, Beta = 1.5 });
        learner.PartialFit(full);
        var model = learner.ToModel();
        await using var cluster = await Cluster.Start(2, source);
        await cluster.Nmf.TransformAsync(model, "data", "all", "memory", "here");
        for (var s = 0; s < 4; s++)
        {
            var expected = model.Transform(await source.LoadAsync("all", s, default));
            Assert.Equal(expected.ToRowMajor(), cluster.Sink.Stored[("here", s)]);
        }
    }

    [Fact]
    public async Task A_silo_that_dies_costs_time_but_no_shard()
    {
        var loads = 0;
        using var gate = new ManualResetEventSlim();
        var data = new Data(shards: 12)
        {
            Loading = _ =>
            {
                // Both silos are in the middle of it.
                if (Interlocked.Increment(ref loads) > 3)
                    gate.Wait(TimeSpan.FromMinutes(1));
            },
        };
        var model = NmfFactorizer.Fit(new Data(shards: 12).Whole(), DistributedFitTests.Options("KL"));
        await using var cluster = await Cluster.Start(2, data, kills: true);
        var failures = 0;
        var running = cluster.Nmf.TransformAsync(
            model, "data", "all", "memory", "here", new Progress(status => failures = status.Failures));
        while (loads < 5)
            await Task.Delay(10);
        await cluster.Kill(0);
        gate.Set();
        Assert.Equal(data.Sizes, await running);
        Assert.Equal(model.Transform(data.Whole()).ToRowMajor(), Stored(cluster, data, "here"));
        Assert.True(failures > 0);
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_what_passes_is_tried_again()
    {
        var (good, bad) = (new float[40], new float[40]);
        Array.Fill(good, 1);
        Array.Fill(bad, 1);
        bad[(7 * 4) + 2] = -3;
        var model = NmfFactorizer.Fit(
            NmfData<float>.FromDense([.. good.Select((v, i) => v + (i % 3))], 10, 4),
            new NmfOptions { Rank = 2, Problem = 1 });
        await using var cluster = await Cluster.Start(2, new GivenShards(4, good, good, bad));
        async Task<string> Message(string source, string address, string sink) => (await Assert
            .ThrowsAsync<ShardFaultException>(
                () => cluster.Nmf.TransformAsync(model, source, address, sink, "here"))).Message;
        var message = await Message("data", "all", "memory");
        Assert.Contains("Shard 2 (shard 2 of all)", message, StringComparison.Ordinal);
        Assert.Contains("sample 7, feature 2", message, StringComparison.Ordinal);
        bad[(7 * 4) + 2] = 1;
        message = await Message("data", "uneven", "memory");
        Assert.Contains("Shard 1 (shard 1 of uneven): The data have 3 features, but the dictionary has 4", message,
            StringComparison.Ordinal);
        Assert.Contains("no source 'other'", await Message("other", "all", "memory"), StringComparison.Ordinal);
        Assert.Contains("no sink 'other'", await Message("data", "all", "other"), StringComparison.Ordinal);
        var robust = NmfFactorizer.Fit(
            NmfData<float>.FromDense([.. good.Select((v, i) => v + (i % 3))], 10, 4),
            new NmfOptions { Rank = 2, Problem = new RobustNmf(1) { Lambda = 1 } });
        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => cluster.Nmf.TransformAsync(robust, "data", "all", "memory", "here"));
        Assert.Contains("not inferred on silos", refused.Message, StringComparison.Ordinal);

        var failures = 0;
        var flaky = new Data
        {
            Loading = shard =>
            {
                if (shard == 2 && Interlocked.Increment(ref failures) <= 2)
                    throw new IOException("The share is not there.");
            },
        };
        await using var other = await Cluster.Start(1, flaky);
        var fitted = NmfFactorizer.Fit(flaky.Whole(), DistributedFitTests.Options("KL"));
        await other.Nmf.TransformAsync(fitted, "data", "all", "memory", "here");
        Assert.Equal(fitted.Transform(flaky.Whole()).ToRowMajor(), Stored(other, flaky, "here"));
        Assert.Equal(flaky.Shards + 2, flaky.Loads);
    }

    [Fact]
    public async Task Silos_of_several_kinds_are_refused_unless_they_are_allowed()
    {
        foreach (var allowed in new[] { false, true })
        {
            var (data, silos) = (new Data(), 0);
            var model = NmfFactorizer.Fit(data.Whole(), DistributedFitTests.Options("KL"));
            await using var cluster = await Cluster.Start(2, data, sharding =>
            {
                sharding.AllowMixedVectorWidths = allowed;
                sharding.Processor = $"kind {Interlocked.Increment(ref silos) % 2}";
            });
            var running = cluster.Nmf.TransformAsync(model, "data", "all", "memory", "here");
            if (allowed)
            {
                Assert.Equal(data.Sizes, await running);
                continue;
            }

            var error = await Assert.ThrowsAsync<ShardFaultException>(() => running);
            Assert.Matches(
                "shard . of all is on a silo with kind ., and the transform on one with kind .", error.Message);
            Assert.Contains(nameof(ShardingOptions.AllowMixedVectorWidths), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_source_that_counts_for_longer_than_a_call_is_waited_for()
    {
        var source = new SlowCount(TimeSpan.Parse(Grains.ClientCall.Timeout) + TimeSpan.FromSeconds(2));
        var model = NmfFactorizer.Fit(source.Data.Whole(), DistributedFitTests.Options("KL"));
        await using var cluster = await Cluster.Start(1, source);
        var running = cluster.Nmf.TransformAsync(model, "data", "all", "memory", "here");
        Assert.Equal(source.Data.Sizes, await running.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(1, source.Counts);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_by_nobody_here_is_tried_again()
    {
        // As a client of the web does when it has waited for long enough.
        var failures = 4;
        void Fail(int shard)
        {
            if (shard == 2 && Interlocked.Decrement(ref failures) >= 0)
                throw new TaskCanceledException("The request was canceled due to the configured Timeout.");
        }

        var data = new Data();
        var model = NmfFactorizer.Fit(data.Whole(), DistributedFitTests.Options("KL"));
        data.Loading = shard => Fail(failures > 2 ? shard : -1);
        var sink = new FailingSink(Fail);
        await using var cluster = await Cluster.Start(2, data, more: silo => silo.AddNmfShardSink("fails", sink));
        DistributedTransformStatus? last = null;
        await cluster.Nmf.TransformAsync(
            model, "data", "all", "fails", "here", new Progress(status => last = status));
        Assert.Equal((data.Shards, 4), (last!.Done, last.Failures));
        Assert.Equal(Enumerable.Range(0, data.Shards), sink.Stored.Order());
    }

    [Fact]
    public async Task A_sink_that_fails_is_named_with_the_shard_and_asked_again_where_that_may_help()
    {
        Exception? failure = null;
        var failures = 0;
        var sink = new FailingSink(shard =>
        {
            if (shard == 2 && Interlocked.Decrement(ref failures) >= 0)
                throw failure!;
        });
        var data = new Data();
        await using var cluster = await Cluster.Start(2, data, more: silo => silo.AddNmfShardSink("fails", sink));
        var model = await cluster.Nmf.FitAsync(
            "fit", "data", "all", DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon);
        foreach (var store in new Func<Task>[]
        {
            () => cluster.Nmf.TransformAsync(model, "data", "all", "fails", "here"),
            () => cluster.Nmf.StoreActivationsAsync("fit", "fails", "here"),
        })
        {
            foreach (var passing in new Exception[]
            {
                new IOException("The disk is full."), new TaskCanceledException("It took too long."),
                new InvalidOperationException("The table is locked."),
            })
            {
                sink.Stored.Clear();
                (failure, failures) = (passing, 2);
                await store();
                Assert.Equal(Enumerable.Range(0, data.Shards), sink.Stored.Order());
            }

            (failure, failures) = (new ArgumentException("There is no such table."), int.MaxValue);
            var error = await Assert.ThrowsAsync<ShardFaultException>(store);
            Assert.Matches("^Shard 2.*: the sink 'fails': There is no such table", error.Message);
        }
    }

    [Fact]
    public async Task It_is_cancelled_on_the_silos_too()
    {
        using var cancel = new CancellationTokenSource();
        var source = new Waiting();
        await using var cluster = await Cluster.Start(1, source);
        var model = NmfFactorizer.Fit(
            NmfData<float>.FromDense([1, 2, 3, 4], 2, 2), new NmfOptions { Rank = 1, Problem = 1 });
        var running = cluster.Nmf.TransformAsync(
            model, "data", "all", "memory", "here", cancellationToken: cancel.Token);
        await source.Waits.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(60)));
        await source.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(cluster.Sink.Stored);
    }

    private static float[] Stored(Cluster cluster, Data data, string address)
        => [.. Enumerable.Range(0, data.Shards).SelectMany(s => cluster.Sink.Stored[(address, s)])];

    private sealed class Progress(Action<DistributedTransformStatus> report) : IProgress<DistributedTransformStatus>
    {
        public void Report(DistributedTransformStatus value) => report(value);
    }

    private sealed class FailingSink(Action<int> fail) : IShardSink
    {
        public System.Collections.Concurrent.ConcurrentQueue<int> Stored { get; } = [];

        public async Task StoreAsync(
            string address, int shard, Matrix<float> activations, CancellationToken cancellationToken)
        {
            await Task.Yield();
            fail(shard);
            Stored.Enqueue(shard);
        }
    }

    private sealed class SlowCount(TimeSpan time) : IShardSource
    {
        private int _counts;

        public Data Data { get; } = new();

        public int Counts => _counts;

        public async ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _counts);
            await Task.Delay(time, cancellationToken);
            return Data.Shards;
        }

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
            => Data.LoadAsync(address, shard, cancellationToken);
    }

    private sealed class Waiting : IShardSource
    {
        public TaskCompletionSource Waits { get; } = new();

        public TaskCompletionSource Stopped { get; } = new();

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(3);

        public async ValueTask<NmfData<float>> LoadAsync(
            string address, int shard, CancellationToken cancellationToken)
        {
            Waits.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Stopped.TrySetResult();
                throw;
            }

            throw new InvalidOperationException();
        }
    }
}
