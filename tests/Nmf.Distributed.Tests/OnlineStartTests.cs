using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Fits to streams that start from a given dictionary: the bits of one process that starts from it.</summary>
public sealed class OnlineStartTests
{
    private const int Features = 40;
    private const int Rank = 4;

    private static TimeSpan Soon => DistributedFitTests.Soon;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_bits_are_those_of_one_process_for_any_number_of_silos(int silos)
    {
        var (data, w) = (new Data(), Start());
        await using var cluster = await Cluster.Start(
            silos, data, sharding => (sharding.MostMessageBytes, sharding.MostStoredBytes) = (
                silos == 2 ? 100 : 1 << 20, 77));
        foreach (var (beta, weight) in new (double, double?)[] { (1, null), (2, 1000), (1.5, 0) })
        {
            var options = OnlineFitTests.Options(beta) with { StartWeight = weight };
            var model = await cluster.Nmf.FitOnlineAsync(
                $"beta {beta}", "data", "all", options, 3, interval: Soon, dictionary: w);
            OnlineFitTests.AssertSame(Expected(data, options, w), model);

            // It is another start than that from the first batch.
            Assert.NotEqual(
                Expected(data, options, null).Report.History[0].Objective, model.Report.History[0].Objective);
        }

        Assert.Equal(Start().ToRowMajor(), w.ToRowMajor());
    }

    [Fact]
    public async Task Parts_that_begin_with_zeros_leave_the_dictionary_as_it_is_until_there_is_something()
    {
        var stream = new Streams(3, Features) { Ends = [4, 6, 3], Zeros = 2 };
        var options = OnlineFitTests.Options(1) with { BatchSize = 8 };
        await using var cluster = await Cluster.Start(
            2, new Data(), more: silo => silo.AddNmfStreamSource("stream", stream));
        var model = await cluster.Nmf.FitOnlineAsync(
            "zeros", "stream", "all", options, interval: Soon, dictionary: Start());
        OnlineFitTests.AssertSame(
            OnlineFactorizer.Fit([.. Enumerable.Range(0, 3).Select(stream.Part)], options, Start()), model);
    }

    [Fact]
    public async Task Silos_die_at_random_moments_the_coordinators_among_them()
    {
        var (data, random) = (new Data(), new Random(13));
        var options = OnlineFitTests.Options(1) with { Passes = 12, BatchSize = 8 };
        var expected = Expected(data, options, Start());

        // With a checkpoint after every round, and with none: then it begins at the dictionary again.
        foreach (var interval in new[] { TimeSpan.Zero, TimeSpan.FromHours(1) })
        {
            await using var cluster = await Cluster.Start(
                2, data, sharding => (sharding.MostFailures, sharding.CheckpointInterval) = (100, interval),
                kills: true);
            for (var i = 0; i < 2; i++)
            {
                var fit = $"kill {i}";
                var moment = random.Next(0, 60);
                var reached = new TaskCompletionSource();
                var running = cluster.Nmf.FitOnlineAsync(
                    fit, "data", "all", options, 3, new DistributedFitTests.Progress(status =>
                    {
                        if (status.Iteration >= moment)
                            reached.TrySetResult();
                    }), Soon, Start());
                await Task.WhenAny(reached.Task, running);
                var silo = cluster.SiloOf(cluster.Grains.GetGrain<IFitGrain>(fit));
                await cluster.Kill(silo < 0 || i == 0 ? Math.Max(silo, 0) : 1 - silo);
                OnlineFitTests.AssertSame(expected, await running);
            }
        }
    }

    [Fact]
    public async Task What_does_not_go_is_refused_and_another_dictionary_is_another_fit()
    {
        var (data, options) = (new Data(), OnlineFitTests.Options(1));
        Refused(new Matrix<float>(Features, Rank + 1), "has 5 components, but the rank is 4");
        Refused(new Matrix<float>(Features, Rank), "are zero");
        var negative = Start();
        negative[7, 2] = -1;
        Refused(negative, "has -1 at feature 7, component 2");
        await using var cluster = await Cluster.Start(2, data);
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitOnlineAsync(
            "narrow", "data", "all", options, interval: Soon, dictionary: Start(Features - 1)));
        Assert.Contains(
            "The dictionary has 39 features, but the samples have 40", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("narrow")).Failures);

        await cluster.Nmf.FitOnlineAsync("given", "data", "all", options, interval: Soon, dictionary: Start());
        await cluster.Nmf.StartOnlineAsync("given", "data", "all", options, dictionary: Start());
        var other = Start();
        other[0, 0] += 1;
        foreach (var w in new[] { null, other })
        {
            error = await Assert.ThrowsAsync<ShardFaultException>(
                () => cluster.Nmf.StartOnlineAsync("given", "data", "all", options, dictionary: w));
            Assert.Contains("has other data or options", error.Message, StringComparison.Ordinal);
        }

        void Refused(Matrix<float> w, string message) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => OnlineSpec.Of("data", "all", options, 3, w)).Message,
            StringComparison.Ordinal);
    }

    internal static NmfModel<float> Expected(Data data, OnlineNmfOptions options, Matrix<float>? dictionary)
        => OnlineFactorizer.Fit(
            [.. Enumerable.Range(0, 3).Select(p => NmfBatchSource.FromShards(
                data, "all", p * data.Shards / 3, (p + 1) * data.Shards / 3))],
            options with { Threads = 1 }, dictionary);

    internal static Matrix<float> Start(int features = Features)
    {
        var random = new Random(17);
        var w = new Matrix<float>(features, Rank);
        for (var f = 0; f < features; f++)
        {
            for (var k = 0; k < Rank; k++)
                w[f, k] = (f + k) % 5 == 0 ? 0 : 8 * random.NextSingle();
        }

        return w;
    }
}
