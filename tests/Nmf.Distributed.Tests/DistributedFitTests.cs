using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Tests;

public sealed class DistributedFitTests
{
    public static TheoryData<string> Kinds => ["KL", "extrapolated", "HALS", "penalties", "groups", "relevance"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task The_bits_are_those_of_one_process_for_any_number_of_silos(int silos)
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(silos, data);
        foreach (var kind in Kinds.Select(row => row.Data).Where(kind => silos == 2 || kind is "KL" or "HALS"))
        {
            var options = Options(kind);
            var model = await cluster.Nmf.FitAsync(kind, "data", "all", options, interval: Soon);
            await AssertSame(cluster, kind, data, data.Expected(options), model);
        }

        Assert.True(cluster.SiloOf(Leaf(cluster, data, "KL", 0)) >= 0);
        var places = Enumerable.Range(0, data.Shards)
            .Select(s => cluster.SiloOf(Leaf(cluster, data, "KL", s))).ToArray();
        Assert.Equal(silos, places.Distinct().Count());

        // Neighbours are together.
        Assert.Equal(silos - 1, places.Zip(places.Skip(1)).Count(pair => pair.First != pair.Second));

        // The dictionary and the sums go over no link between the fit and the root of its tree, which is with shard 0.
        Assert.Equal(places[0], cluster.SiloOf(cluster.Grains.GetGrain<IFitGrain>("KL")));
    }

    [Fact]
    public void Every_silo_has_a_run_of_shards_and_the_roots_of_some_fits()
    {
        foreach (var (silos, shards) in new[] { (1, 3), (3, 3), (3, 8), (5, 12) })
        {
            var firsts = new HashSet<int>();
            for (var fit = 0; fit < 100; fit++)
            {
                int[] places = [.. Enumerable.Range(0, shards).Select(
                    s => ShardPlacementDirector.Place(new NodeKey($"fit {fit}", shards, s, s + 1), silos))];
                Assert.Equal(Enumerable.Range(0, silos), places.Distinct().Order());
                Assert.Equal(silos - 1, places.Zip(places.Skip(1)).Count(pair => pair.First != pair.Second));
                firsts.Add(places[0]);
            }

            Assert.Equal(silos, firsts.Count);
        }
    }

    [Fact]
    public async Task Matrices_larger_than_a_message_come_in_parts()
    {
        var data = new Data();
        var options = Options("extrapolated");
        await using var cluster = await Cluster.Start(2, data, sharding =>
        {
            sharding.MostMessageBytes = 100;
            sharding.MostStoredBytes = 77;
        });
        var model = await cluster.Nmf.FitAsync("small", "data", "all", options, interval: Soon);
        await AssertSame(cluster, "small", data, data.Expected(options), model);
    }

    [Fact]
    public async Task Shards_store_the_activations_where_they_are()
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(2, data);
        var model = await cluster.Nmf.FitAsync("store", "data", "all", Options("KL"), interval: Soon);
        await cluster.Nmf.StoreActivationsAsync("store", "memory", "here");
        var whole = model.Transform(data.Whole()).ToRowMajor();
        Assert.Equal(
            whole, Enumerable.Range(0, data.Shards).SelectMany(s => cluster.Sink.Stored[("here", s)]));

        // A shard that has gone since reads them from the storage.
        await cluster.Deactivate(Leaf(cluster, data, "store", 3));
        await cluster.Nmf.StoreActivationsAsync("store", "memory", "again");
        Assert.Equal(
            whole, Enumerable.Range(0, data.Shards).SelectMany(s => cluster.Sink.Stored[("again", s)]));
        var error = await Assert.ThrowsAsync<ShardFaultException>(
            () => cluster.Nmf.StoreActivationsAsync("store", "nowhere", ""));
        Assert.Contains("no sink 'nowhere'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_fit_goes_on_when_it_is_started_again()
    {
        var data = new Data();
        var options = Options("KL") with
        {
            Iterations = new() { MaximumIterations = 400, Tolerance = 0, CheckInterval = 2 },
        };
        await using var cluster = await Cluster.Start(2, data);
        using var cancel = new CancellationTokenSource();
        var progress = new Progress(status =>
        {
            if (status.Iteration >= 20)
                cancel.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => cluster.Nmf.FitAsync(
                "stop", "data", "all", options, progress, Soon, cancellationToken: cancel.Token));
        var status = await cluster.Nmf.GetStatusAsync("stop");
        Assert.Equal(FitState.Cancelled, status.State);
        Assert.InRange(status.Iteration, 20, 399);
        var model = await cluster.Nmf.FitAsync("stop", "data", "all", options, interval: Soon);
        await AssertSame(cluster, "stop", data, data.Expected(options), model);
    }

    [Fact]
    public async Task A_name_belongs_to_one_fit_until_it_is_forgotten()
    {
        var data = new Data();
        await using var cluster = await Cluster.Start(1, data);
        Assert.Equal(FitState.Unknown, (await cluster.Nmf.GetStatusAsync("name")).State);
        await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.GetModelAsync("name"));
        await cluster.Nmf.FitAsync("name", "data", "all", Options("KL"), interval: Soon);
        await cluster.Nmf.StartAsync("name", "data", "all", Options("KL"));
        var error = await Assert.ThrowsAsync<ShardFaultException>(
            () => cluster.Nmf.StartAsync("name", "data", "all", Options("HALS")));
        Assert.Contains("has other data or options", error.Message, StringComparison.Ordinal);
        await cluster.Nmf.ForgetAsync("name");
        Assert.Equal(FitState.Unknown, (await cluster.Nmf.GetStatusAsync("name")).State);
        var model = await cluster.Nmf.FitAsync("name", "data", "all", Options("HALS"), interval: Soon);
        await AssertSame(cluster, "name", data, data.Expected(Options("HALS")), model);
    }

    [Fact]
    public void What_does_not_go_is_refused_before_anything_is_sent()
    {
        Refused(new NmfOptions { Rank = 2, Problem = new RobustNmf(1) }, "does not go with Shards");
        Refused(new NmfOptions { Rank = 2, Solver = NmfSolver.ExtrapolatedHals }, "does not go with Shards");
        Refused(new NmfOptions { Rank = 2, Shards = 3 }, "leave Shards null");
        Refused(new NmfOptions { Rank = 2, Starts = 3 }, "one start, not 3");
        Refused(new NmfOptions { Rank = 2, Threads = 3 }, "leave Threads null");
        Refused(
            new NmfOptions { Rank = 2, Iterations = new() { TimeLimit = TimeSpan.FromHours(1) } }, "no time limit");
        Refused(
            new NmfOptions { Rank = 2, Iterations = new() { ReturnsWhenCancelled = true } }, "ReturnsWhenCancelled");

        static void Refused(NmfOptions options, string message) => Assert.Contains(
            message,
            Assert.ThrowsAny<ArgumentException>(() => FitSpec.Of("data", "all", options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_without_storage_does_not_start_and_says_what_is_missing()
    {
        var error = await Record.ExceptionAsync(
            () => Cluster.Start(1, new Data(), sharding => sharding.StorageName = "elsewhere"));
        Assert.Contains("no grain storage 'elsewhere'", $"{error}", StringComparison.Ordinal);
    }

    [Fact]
    public void Options_survive_their_journey()
    {
        foreach (var kind in Kinds.Select(row => row.Data))
        {
            var options = Options(kind);
            var again = FitSpec.Of("data", "all", options).ToOptions();
            var facts = new[] { options, again }.Select(each =>
            {
                var list = new CheckpointFacts();
                each.AddTo(list);
                return string.Join("; ", new[] { "Penalties", "Beta", "Rank", "Seed", "Prior", "Dispersion", "Shape",
                    "ScaleOfPrior", "Solver", "InferenceTolerance" }.Select(name => list[name]));
            }).ToArray();
            Assert.Equal(facts[0], facts[1]);
            Assert.Equal(options.Iterations, again.Iterations);
        }
    }

    internal static TimeSpan Soon => TimeSpan.FromSeconds(0.02);

    internal static NmfOptions Options(string kind)
    {
        var options = new NmfOptions
        {
            Rank = 4, Problem = 1, Seed = 5, Solver = NmfSolver.MultiplicativeUpdate,
            Iterations = new() { MaximumIterations = 30, Tolerance = 0 },
        };
        return kind switch
        {
            "extrapolated" => options with { Solver = NmfSolver.Auto },
            "HALS" => options with { Solver = NmfSolver.Auto, Problem = 2 },
            "penalties" => options with
            {
                Solver = NmfSolver.Auto, Problem = new BetaNmf(1) { Penalties =
                    [new L1Penalty(0.1), new L2Penalty(0.2) { Factor = PenalizedFactor.Dictionary },
                    new LogPenalty(0.05, 0.2)] },
            },
            "groups" => options with
            {
                Solver = NmfSolver.Auto, Problem = new BetaNmf(1) { Penalties =
                    [new GroupPenalty([[0, 1], [2, 3]], [0.1, 0.2], 0.3)] },
            },
            "relevance" => options with
            {
                Solver = NmfSolver.Auto, Problem = new AutomaticRelevance(1) { Prune = false, Dispersion = 0.05 },
            },
            _ => options,
        };
    }

    internal static async Task AssertSame(
        Cluster cluster, string fit, Data data, NmfModel<float> expected, NmfModel<float> actual)
    {
        Assert.Equal(expected.Dictionary.ToRowMajor(), actual.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, actual.Objective);
        Assert.Equal(expected.ExplainedPart, actual.ExplainedPart);
        Assert.Equal(expected.Contributions, actual.Contributions);
        Assert.Equal(
            expected.Report.History.Select(point => (point.Iteration, point.Objective)),
            actual.Report.History.Select(point => (point.Iteration, point.Objective)));
        Assert.Equal(expected.Report.StopReason, actual.Report.StopReason);
        Assert.Equal(expected.Relevance?.SortedWeights, actual.Relevance?.SortedWeights);
        var h = new List<float>();
        for (var s = 0; s < data.Shards; s++)
            h.AddRange((await cluster.Nmf.GetActivationsAsync(fit, s)).ToRowMajor());
        Assert.Equal(expected.Activations.ToRowMajor(), h);
        var whole = data.Whole();
        Assert.Equal(expected.Transform(whole).ToRowMajor(), actual.Transform(whole).ToRowMajor());
    }

    internal static IShardLeaf Leaf(Cluster cluster, Data data, string fit, int shard)
        => cluster.Grains.GetGrain<IShardLeaf>(new NodeKey(fit, data.Shards, shard, shard + 1).ToString());

    internal sealed class Progress(Action<DistributedFitStatus> action) : IProgress<DistributedFitStatus>
    {
        public void Report(DistributedFitStatus value) => action(value);
    }
}
