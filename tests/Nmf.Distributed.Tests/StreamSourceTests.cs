using Nmf.Distributed.Grains;
using Orleans.Runtime;

namespace Nmf.Distributed.Tests;

/// <summary>Fits to streams of the user, which may have no end, wait, or not do what they have to.</summary>
public sealed class StreamSourceTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_stream_without_an_end_is_learnt_until_it_is_cancelled()
    {
        var stream = new Streams(2) { Available = 12 };
        await using var cluster = await Cluster.Start(
            2, new Data(), more: silo => silo.AddNmfStreamSource("endless", stream), kills: true);
        await cluster.Nmf.StartOnlineAsync("endless", "endless", "all", Options(1) with { BatchSize = 5, Passes = 1 });
        var snapshot = await SnapshotOf(12);
        Assert.Equal(12, snapshot.Report.Iterations);
        await cluster.Nmf.CancelAsync("endless").WaitAsync(Long);
        Assert.Equal(FitState.Cancelled, (await cluster.Nmf.GetStatusAsync("endless")).State);

        // More have come when it is started again, elsewhere.
        stream.Available = 25;
        await cluster.Kill(0);
        await cluster.Nmf.StartOnlineAsync("endless", "endless", "all", Options(1) with { BatchSize = 5, Passes = 1 });

        snapshot = await SnapshotOf(25);
        using var learner = new OnlineNmf<float>(Options(1) with { Threads = 1 });
        for (var round = 0; round < 25; round++)
            learner.PartialFit([stream.Batch(0, round, 5), stream.Batch(1, round, 5)]);
        Assert.Equal(learner.ToModel().Dictionary.ToRowMajor(), snapshot.Dictionary.ToRowMajor());
        await cluster.Nmf.CancelAsync("endless").WaitAsync(Long);

        // Both parts wait for samples that do not come; the checkpoint is behind what is told of the progress.
        async Task<NmfModel<float>> SnapshotOf(int round)
        {
            while (true)
            {
                try
                {
                    if (await cluster.Nmf.GetSnapshotAsync("endless") is var found && found.Report.Iterations >= round)
                        return found;
                }
                catch (Exception e) when (e is ShardFaultException or OrleansException or TimeoutException)
                {
                    // There is none yet, or its silo has died.
                }

                await Task.Delay(50);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Parts_that_end_early_or_are_empty_and_batches_of_zeros_have_the_bits_of_one_process(int silos)
    {
        var stream = new Streams(4) { Ends = [5, 0, 7, 2], Zeros = 2, Last = 3 };
        await using var cluster = await Start(silos, stream);
        foreach (var beta in new[] { 1, 1.5, 2 })
        {
            var model = await Fit(cluster, $"uneven {beta}", Options(beta));
            OnlineFitTests.AssertSame(
                OnlineFactorizer.Fit([.. Enumerable.Range(0, 4).Select(stream.Part)], Options(beta)), model);
        }
    }

    [Fact]
    public async Task Whoever_waits_for_samples_keeps_no_other_fit_waiting()
    {
        // One silo that computes on one thread.
        var stream = new Streams(2) { Available = 3 };
        var data = new Data();
        await using var cluster = await Start(1, stream, data);
        await cluster.Nmf.StartOnlineAsync("waits", "stream", "all", Options(1));
        await cluster.Reach("waits", 3);
        var options = DistributedFitTests.Options("KL");
        var model = await cluster.Nmf.FitAsync("other", "data", "all", options, interval: DistributedFitTests.Soon)
            .WaitAsync(Long);
        await DistributedFitTests.AssertSame(cluster, "other", data, data.Expected(options), model);
        await cluster.Nmf.CancelAsync("waits").WaitAsync(Long);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(3, true)]
    public async Task A_stream_that_waits_is_cancelled_forgotten_and_begun_again(int available, bool isDeaf)
    {
        // Before its first batch, or behind some; whether its source looks at the token or not.
        var stream = new Streams(2) { Available = available, IsDeaf = isDeaf };
        await using var cluster = await Start(2, stream);
        await cluster.Nmf.StartOnlineAsync("waits", "stream", "all", Options(1));
        await stream.Waits.Task.WaitAsync(Long);
        await cluster.Reach("waits", available);
        await cluster.Nmf.CancelAsync("waits").WaitAsync(Long);
        Assert.Equal(FitState.Cancelled, (await cluster.Nmf.GetStatusAsync("waits")).State);
        await cluster.Nmf.ForgetAsync("waits").WaitAsync(Long);
        stream.Ends = [8, 6];
        stream.Available = int.MaxValue;
        var model = await Fit(cluster, "waits", Options(1)).WaitAsync(Long);
        OnlineFitTests.AssertSame(OnlineFactorizer.Fit([stream.Part(0), stream.Part(1)], Options(1)), model);
        await stream.AssertClosed();
    }

    [Fact]
    public async Task A_stream_is_closed_when_its_fit_has_ended_however()
    {
        var stream = new Streams(3) { Ends = [5000, 5000, 5000] };
        await using var cluster = await Start(2, stream);
        await cluster.Nmf.StartOnlineAsync("cancelled", "stream", "all", Options(1));
        await cluster.Reach("cancelled", 20);
        await cluster.Nmf.CancelAsync("cancelled");
        await stream.AssertClosed();

        stream.Poison = (1, 30);
        await Assert.ThrowsAsync<ShardFaultException>(() => Fit(cluster, "failed", Options(1)));
        await stream.AssertClosed();
    }

    [Theory]
    [InlineData("short", 4, "The batch before this one had fewer samples than the batch size of 8")]
    [InlineData("long", 3, "A batch has 9 samples, more than the batch size of 8")]
    [InlineData("null", 3, "The source has given null in the place of a batch")]
    [InlineData("narrow", 3, "A batch has 8 features after 24 samples, but the source has announced 9")]
    [InlineData("negative", 3, "The entry at sample 1, feature 2 is negative (-3)")]
    public async Task A_batch_that_is_none_is_told_with_its_place(string kind, int batch, string message)
    {
        var stream = new Streams(3) { Ends = [9, 9, 9] };
        switch (kind)
        {
            case "null": stream.IsNull = (1, 3); break;
            case "narrow": stream.Narrow = (1, 3); break;
            case "negative": stream.Poison = (1, 3); break;
            default: stream.Sized = (1, 3, kind == "short" ? 5 : 9); break;
        }

        await using var cluster = await Start(2, stream);
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => Fit(cluster, kind, Options(1)));
        Assert.StartsWith(
            $"Part 1 (part 1 of all): batch {batch}: {message}", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync(kind)).Failures);
    }

    [Fact]
    public async Task Several_who_ask_for_snapshots_at_once_are_all_given_one()
    {
        // A dictionary that comes in several calls, and a checkpoint after every round.
        var stream = new Streams(2, features: 9000);
        await using var cluster = await Start(2, stream);
        await cluster.Nmf.StartOnlineAsync("asked", "stream", "all", Options(1));
        await cluster.Reach("asked", 3);
        var rounds = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            var seen = new List<int>();
            for (var i = 0; i < 8; i++)
            {
                var model = await cluster.Nmf.GetSnapshotAsync("asked");
                Assert.Equal(9000, model.Dictionary.Rows);
                seen.Add(model.Report.Iterations);
            }

            return seen;
        }));
        await cluster.Nmf.CancelAsync("asked");
        Assert.All(rounds, seen => Assert.Equal(seen.Order(), seen));
    }

    private static OnlineNmfOptions Options(double beta) => OnlineFitTests.Options(beta) with { BatchSize = 8 };

    private static Task<Cluster> Start(int silos, Streams stream, Data? data = null)
        => Cluster.Start(silos, data ?? new Data(), more: silo => silo.AddNmfStreamSource("stream", stream));

    private static Task<NmfModel<float>> Fit(Cluster cluster, string fit, OnlineNmfOptions options)
        => cluster.Nmf.FitOnlineAsync(fit, "stream", "all", options, interval: DistributedFitTests.Soon);
}
