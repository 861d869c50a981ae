using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Tests;

/// <summary>Fits to streams whose parts are on silos: the bits of one process with the same parts.</summary>
public sealed class OnlineFitTests
{
    private static TimeSpan Soon => DistributedFitTests.Soon;

    // The long test of the brief one: KILLS=20.
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("KILLS"), out var kills) ? kills : 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_bits_are_those_of_one_process_for_any_number_of_silos(int silos)
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(silos, data);
        foreach (var (options, parts) in new (OnlineNmfOptions, int?)[]
        {
            (Options(1), null), (Options(1), 2), (Options(2), 3), (Options(1.5), null),
            (Options(2) with { Learning = new() { Update = OnlineUpdate.MajorizationMinimization } }, 1),
        })
        {
            var fit = $"beta {options.Beta}, {options.Learning.Update}, {parts} parts";
            var model = await cluster.Nmf.FitOnlineAsync(fit, "data", "all", options, parts, interval: Soon);
            AssertSame(Expected(data, options, parts), model);
            var status = await cluster.Nmf.GetStatusAsync(fit);
            Assert.Equal((FitState.Completed, parts ?? data.Shards, 0), (status.State, status.Shards, status.Failures));
        }

        var places = Enumerable.Range(0, data.Shards).Select(s => cluster.SiloOf(
            DistributedFitTests.Leaf(cluster, data, "beta 1, Auto,  parts", s))).ToArray();
        Assert.Equal(silos, places.Distinct().Count());
    }

    [Fact]
    public async Task Matrices_larger_than_a_message_come_in_parts()
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(2, data, sharding =>
        {
            sharding.MostMessageBytes = 100;
            sharding.MostStoredBytes = 77;
        });
        foreach (var beta in new[] { 1, 1.5, 2 })
        {
            var model = await cluster.Nmf.FitOnlineAsync(
                $"small {beta}", "data", "all", Options(beta), interval: Soon);
            AssertSame(Expected(data, Options(beta), null), model);
        }
    }

    [Fact]
    public async Task Silos_die_at_random_moments_the_coordinators_among_them()
    {
        var data = new Data();
        var random = new Random(7);
        var options = Options(1) with { Passes = 12, BatchSize = 8 };
        var expected = Expected(data, options, 3);
        await using var cluster = await Cluster.Start(
            2, data, sharding => sharding.MostFailures = 100, kills: true);
        for (var i = 0; i < Kills; i++)
        {
            var fit = $"kill {i}";
            var (moment, isCoordinator) = (random.Next(0, 80), i % 3 != 1);
            var reached = new TaskCompletionSource();
            var running = cluster.Nmf.FitOnlineAsync(
                fit, "data", "all", options, 3, new DistributedFitTests.Progress(status =>
                {
                    if (status.Iteration >= moment)
                        reached.TrySetResult();
                }), Soon);
            await Task.WhenAny(reached.Task, running);
            var silo = cluster.SiloOf(cluster.Grains.GetGrain<IFitGrain>(fit));
            await cluster.Kill(silo < 0 || isCoordinator ? Math.Max(silo, 0) : 1 - silo);
            AssertSame(expected, await running);
        }
    }

    [Fact]
    public async Task A_part_that_is_deactivated_goes_on_at_its_place()
    {
        var data = new Data();
        var options = Options(2) with { Passes = 60, BatchSize = 8 };
        await using var cluster = await Cluster.Start(2, data);
        cluster.Brake.Hold(20);
        var running = cluster.Nmf.FitOnlineAsync("gone", "data", "all", options, interval: Soon);
        for (var part = 1; part <= 3; part++)
        {
            await cluster.Brake.Reached();
            await cluster.Deactivate(DistributedFitTests.Leaf(cluster, data, "gone", part));
            cluster.Brake.Release();
            if (part < 3)
                cluster.Brake.Hold(20);
        }

        AssertSame(Expected(data, options, null), await running);
        Assert.InRange((await cluster.Nmf.GetStatusAsync("gone")).Failures, 3, 20);
    }

    [Fact]
    public async Task What_is_wrong_in_a_batch_is_named_with_part_batch_and_row()
    {
        var (good, bad) = (new float[40], new float[40]);
        Array.Fill(good, 1);
        Array.Fill(bad, 1);
        bad[(7 * 4) + 2] = -3;
        await using var cluster = await Cluster.Start(2, new GivenShards(4, good, good, good, bad, good));
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
            "poison", "data", "all", Options(1) with { BatchSize = 10 }, 2, interval: Soon));

        // Part 1 has the shards 2 to 4; the second of them is its second batch.
        Assert.Contains("Part 1 (shard 2 of all to shard 4 of all): batch 1: shard 3 of all: ", error.Message,
            StringComparison.Ordinal);
        Assert.Contains("sample 7, feature 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("-3", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("poison")).Failures);

        // A zero where the divergence is infinite.
        bad[(7 * 4) + 2] = 0;
        error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
            "zero", "data", "all", Options(0) with { BatchSize = 10 }, interval: Soon));
        Assert.Contains("Part 3 (shard 3 of all): batch 0: The entry at sample 7, feature 2 is 0", error.Message,
            StringComparison.Ordinal);

        error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
            "too many", "data", "all", Options(1), 6, interval: Soon));
        Assert.Contains("has 5 shards at all, which do not make 6 parts", error.Message, StringComparison.Ordinal);
        bad[0] = float.NaN;
        error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
            "missing", "data", "all", Options(1), interval: Soon));
        Assert.Contains("missing entries or weights, which cannot be learnt online", error.Message,
            StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
            "nowhere", "other", "all", Options(1), interval: Soon));
        Assert.Contains("no source 'other'", error.Message, StringComparison.Ordinal);

        // Its name serves another fit, also one of all samples at once, and then one to a stream again.
        (bad[0], bad[1], bad[(7 * 4) + 2]) = (1, 5, 2);
        var shards = new GivenShards(4, good, good, good, bad, good);
        var options = DistributedFitTests.Options("KL");
        foreach (var _ in new[] { 1, 2 })
        {
            var model = await cluster.Nmf.FitAsync("poison", "data", "all", options, interval: Soon);
            Assert.Equal(shards.Expected(options).Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
            await cluster.Nmf.ForgetAsync("poison");
            bad[2] = float.NaN;
            await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
                "poison", "data", "all", Options(1), interval: Soon));
            bad[2] = 1;
        }
    }

    [Fact]
    public async Task A_cancelled_fit_goes_on_when_it_is_started_again_and_tells_what_it_knows()
    {
        var data = new Data();
        var options = Options(1) with { Passes = 100, BatchSize = 8 };
        await using var cluster = await Cluster.Start(2, data);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Nmf.FitOnlineAsync(
            "stop", "data", "all", options, 2, new DistributedFitTests.Progress(status =>
            {
                if (status.Iteration >= 30)
                    cancel.Cancel();
            }), Soon, cancellationToken: cancel.Token));
        var status = await cluster.Nmf.GetStatusAsync("stop");
        Assert.Equal(FitState.Cancelled, status.State);
        Assert.True(status is { Iteration: >= 30, Pass: >= 2, Samples: > 0 } && double.IsFinite(status.Objective));

        // The snapshot is the learner of one process after as many rounds.
        var snapshot = await cluster.Nmf.GetSnapshotAsync("stop");
        using var learner = Learner(data, options, 2, snapshot.Report.Iterations);
        Assert.Equal(learner.ToModel().Dictionary.ToRowMajor(), snapshot.Dictionary.ToRowMajor());
        Assert.Equal(learner.ToModel().Contributions, snapshot.Contributions);

        var model = await cluster.Nmf.FitOnlineAsync("stop", "data", "all", options, 2, interval: Soon);
        AssertSame(Expected(data, options, 2), model);
        var error = await Assert.ThrowsAsync<ShardFaultException>(
            () => cluster.Nmf.StartOnlineAsync("stop", "data", "all", options, 3));
        Assert.Contains("has other data or options", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.GetActivationsAsync("stop", 0));
        error = await Assert.ThrowsAsync<ShardFaultException>(
            () => cluster.Nmf.StoreActivationsAsync("stop", "memory", "here"));
        Assert.Contains("keeps no activations", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_that_change_and_sources_that_fail_for_a_while()
    {
        var failures = 0;
        var data = new Data();
        data.Loading = shard =>
        {
            if (shard == 2 && Interlocked.Increment(ref failures) is 2 or 3)
                throw new IOException("The share is not there.");
        };
        await using var cluster = await Cluster.Start(2, data);
        var model = await cluster.Nmf.FitOnlineAsync("throws", "data", "all", Options(1), 2, interval: Soon);
        var expected = Expected(new Data(), Options(1), 2);
        AssertSame(expected, model);
        Assert.True((await cluster.Nmf.GetStatusAsync("throws")).Failures > 0);

        var values = Enumerable.Range(0, 40).Select(i => 1f + (i % 7)).ToArray();
        var isChanged = false;
        var source = new GivenShards(4, values, values, values)
        {
            Override = shard => shard == 2 && isChanged ? [values[1], values[0], .. values[2..]] : values,
        };
        await using var other = await Cluster.Start(2, source);
        var running = other.Nmf.FitOnlineAsync(
            "changed", "data", "all", Options(1) with { Passes = 100_000, Rank = 2 }, interval: Soon);
        await other.Reach("changed", 10);
        isChanged = true;
        await other.Deactivate(other.Grains.GetGrain<IShardLeaf>("changed/3/2/3"));
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => running);
        Assert.Contains("shard 2 of all has changed since the fit began", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_survive_their_journey_and_what_does_not_go_is_refused()
    {
        var options = new OnlineNmfOptions
        {
            Rank = 7, Beta = 0.5, BatchSize = 9, Passes = 3, Tolerance = 0.25, StartWeight = 11, Seed = 5,
            Initialization = NmfInitialization.Random, Scale = ComponentScale.None,
            Inference = new() { Tolerance = 0.5, MaximumIterations = 12 },
            Learning = new()
            {
                Update = OnlineUpdate.MajorizationMinimization, Forgetting = 0.3, ForgettingPeriod = 77,
                InnerIterations = 8, InnerTolerance = 0.125,
            },
        };
        var spec = OnlineSpec.Of("data", "all", options, 4);
        Assert.Equal(options, spec.Online!.ToOptions(spec));
        Assert.Contains(
            "leave Threads null",
            Assert.Throws<ArgumentException>(() => OnlineSpec.Of("data", "all", options with { Threads = 2 }, 4))
                .Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => OnlineSpec.Of("data", "all", options with { Rank = 0 }, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => OnlineSpec.Of("data", "all", options, 0));
    }

    internal static OnlineNmfOptions Options(double beta) => new()
    {
        Rank = 4, Beta = beta, BatchSize = 12, Passes = 3, Tolerance = 0, Seed = 3,
    };

    private static INmfBatchSource<float>[] Parts(Data data, int? parts)
    {
        var count = parts ?? data.Shards;
        return [.. Enumerable.Range(0, count).Select(p => NmfBatchSource.FromShards(
            data, "all", p * data.Shards / count, (p + 1) * data.Shards / count))];
    }

    private static NmfModel<float> Expected(Data data, OnlineNmfOptions options, int? parts)
        => OnlineFactorizer.Fit(Parts(data, parts), options with { Threads = 1 });

    private static OnlineNmf<float> Learner(Data data, OnlineNmfOptions options, int parts, int rounds)
    {
        var learner = new OnlineNmf<float>(options with { Threads = 1 });
        while (true)
        {
            var readers = Parts(data, parts).Select(
                part => part.Read(options.BatchSize, 0, default).GetEnumerator()).ToArray();
            while (true)
            {
                var batches = readers.Select(reader => reader.MoveNext() ? reader.Current : null).ToArray();
                if (Array.TrueForAll(batches, batch => batch is null))
                    break;
                learner.PartialFit(batches);
                if (--rounds == 0)
                    return learner;
            }

            learner.SamplesOfPass ??= learner.SamplesSeen;
        }
    }

    internal static void AssertSame(NmfModel<float> expected, NmfModel<float> actual)
    {
        Assert.Equal(expected.Dictionary.ToRowMajor(), actual.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, actual.Objective);
        Assert.Equal(expected.ExplainedPart, actual.ExplainedPart);
        Assert.Equal(expected.Contributions, actual.Contributions);
        Assert.Equal(expected.Report.Iterations, actual.Report.Iterations);
        Assert.Equal(expected.Report.StopReason, actual.Report.StopReason);
        Assert.Equal(
            expected.Report.History.Select(point => (point.Iteration, point.Objective)),
            actual.Report.History.Select(point => (point.Iteration, point.Objective)));
        Assert.Equal(expected.Options.Problem, actual.Options.Problem);
        Assert.Equal(expected.Options.Inference, actual.Options.Inference);
    }
}
