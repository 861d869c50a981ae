using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests.Sharding;

public sealed class ShardedFitTests
{
    private const int Samples = 83;
    private const int Features = 29;
    private const int Rank = 4;

    private static readonly string[] Kinds =
        ["KL", "KL extrapolated", "HALS", "least squares", "IS", "penalties", "relevance", "missing"];

    public static TheoryData<string> KindsOfFit => [.. Kinds];

    public static TheoryData<string, string> Refusals => new()
    {
        { "NNDSVD", "needs all data in one place" },
        { "SharedNewton", "The solver SharedNewton does not go with Shards" },
        { "JointMajorizationMinimization", "The solver JointMajorizationMinimization does not go with Shards" },
        { "ExtrapolatedHals", "The solver ExtrapolatedHals does not go with Shards" },
        { "ExtrapolatedNewton", "The solver ExtrapolatedNewton does not go with Shards" },
        { "extrapolated IS", "judged by the objective, not row by row" },
        { "known", "Known components do not go with Shards" },
        { "annealing", "Annealing does not go with Shards" },
        { "smoothness", "SmoothnessPenalty does not go with Shards: it ties samples" },
        { "IS smoothness", "does not go with Shards" },
        { "seeds", "SeedPenalty does not go with Shards" },
        { "robust", "does not go with Shards" },
        { "abundances", "does not go with Shards" },
        { "alpha", "does not go with Shards" },
        { "pruning", "set Prune to false" },
        { "more shards than samples", "There are 200 shards for 83 samples" },
        { "other sizes", "The shards have 3 samples, but the data 83" },
        { "zeros that stay", "does not go with shards" },
        { "HALS with missing entries", "needs every entry" },
    };

    [Theory]
    [MemberData(nameof(KindsOfFit))]
    public void Shards_that_never_meet_give_the_bits_of_one_process(string kind)
    {
        Compare<float>(kind, sparse: false);
        Compare<double>(kind, sparse: false);
        if (kind != "IS")
            Compare<float>(kind, sparse: true);
    }

    [Theory]
    [MemberData(nameof(KindsOfFit))]
    public void Shards_change_nothing_but_the_order_of_additions(string kind)
    {
        var data = Data<double>(kind, sparse: false);
        var options = Options(kind) with { Iterations = new() { MaximumIterations = 25, Tolerance = 0 } };
        options = options with { Solver = options.EffectiveSolverFor(data) };
        using var team = new WorkTeam(2);
        var sharded = Solver<double>.Create(data, options, TestData.Start<double>(Samples, Features, Rank, 3), team);
        var whole = Solver<double>.Create(
            data, options with { Shards = null }, TestData.Start<double>(Samples, Features, Rank, 3), team);
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(whole.Objective(), sharded.Objective(), 1e-8 * Math.Abs(whole.Objective()));
            sharded.Step();
            whole.Step();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(83)]
    public void A_fit_ends_where_it_does_without_shards(int shards)
    {
        var data = Data<double>("KL", sparse: false);
        var options = Options("KL") with
        {
            Shards = shards, Initialization = NmfInitialization.Random,
            Iterations = new() { MaximumIterations = 300, Tolerance = 0 },
        };
        var sharded = NmfFactorizer.Fit(data, options);
        var whole = NmfFactorizer.Fit(data, options with { Shards = null });
        Assert.Equal(whole.Objective, sharded.Objective, 1e-5 * whole.Objective);
        Assert.Equal(whole.ExplainedPart, sharded.ExplainedPart, 1e-5);
        Assert.Equal(whole.Contributions, sharded.Contributions, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(sharded.Activations.ToRowMajor(), sharded.Transform(data).ToRowMajor());
    }

    [Fact]
    public void A_given_dictionary_is_taken_as_it_is()
    {
        var data = Data<double>("KL", sparse: false);
        var options = Options("KL") with { Iterations = new() { MaximumIterations = 200 } };
        var given = TestData.Start<double>(Samples, Features, Rank, 9).Dictionary;
        var model = NmfFactorizer.Fit(data, options, new NmfStart<double>(given));
        var none = options with { Iterations = new() { MaximumIterations = 0 } };
        var before = NmfFactorizer.Fit(data, none, new NmfStart<double>(given));
        Assert.True(model.Objective < before.Objective);

        // The components are those given, in another scale and order.
        Assert.Equal(
            Enumerable.Range(0, Rank).Select(k => given[0, k] / given[1, k]).Order(),
            Enumerable.Range(0, Rank).Select(k => before.Dictionary[0, k] / before.Dictionary[1, k]).Order(),
            (a, b) => Math.Abs(a - b) < 1e-12 * Math.Abs(a));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_does_not_go_with_shards_is_refused_by_name(string choice, string message)
    {
        var data = Data<double>(choice == "HALS with missing entries" ? "missing" : "IS", sparse: false);
        var options = new NmfOptions { Rank = Rank, Problem = 1, Shards = 4 };
        NmfStart<double>? start = null;
        options = choice switch
        {
            "NNDSVD" => options with { Initialization = NmfInitialization.Nndsvd },
            "extrapolated IS" => options with
            {
                Problem = 0, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate,
            },
            "ExtrapolatedHals" => options with { Problem = 2, Solver = NmfSolver.ExtrapolatedHals },
            "known" => options with { Problem = new BetaNmf(1) { Known = KnownComponents.FromDictionary(
                TestData.Start<double>(Samples, Features, 1, 1).Dictionary) } },
            "annealing" => options with { Problem = new BetaNmf(0) { Annealing = new BetaAnnealing() } },
            "smoothness" => options with { Problem = new BetaNmf(1) { Penalties = [new SmoothnessPenalty(1)] } },
            "IS smoothness" => options with { Problem = new BetaNmf(0) { Penalties =
                [new ItakuraSaitoSmoothness(1)] } },
            "seeds" => options with { Problem = new BetaNmf(1) { Penalties =
                [new SeedPenalty([[0], [1], [], []])] } },
            "robust" => options with { Problem = new RobustNmf(1) },
            "abundances" => options with { Problem = new AbundanceNmf() },
            "alpha" => options with { Problem = new AlphaDivergence(0.5) },
            "pruning" => options with { Problem = new AutomaticRelevance(1) },
            "more shards than samples" => options with { Shards = 200 },
            "other sizes" => options with { Shards = NmfShards.OfSizes([1, 2]) },
            "HALS with missing entries" => options with { Problem = 2, Solver = NmfSolver.Hals },
            "zeros that stay" => options,
            _ => options with { Solver = Enum.Parse<NmfSolver>(choice) },
        };
        if (choice == "zeros that stay")
        {
            var given = TestData.Start<double>(Samples, Features, Rank, 1);
            given.Activations![0, 0] = 0;
            start = new NmfStart<double>(given.Dictionary, given.Activations) { KeepsActivationZeros = true };
        }

        var error = Assert.ThrowsAny<ArgumentException>(() => NmfFactorizer.Fit(data, options, start));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Boundaries_follow_the_rule()
    {
        Assert.Equal([0, 3, 6, 10], NmfShards.Of(3).Boundaries(10));
        Assert.Equal([0, 4, 5], NmfShards.OfSizes([4, 1]).Boundaries(5));
        Assert.Equal("[4, 1]", NmfShards.OfSizes([4, 1]).ToString());
        Assert.Equal("3", NmfShards.FromInt32(3).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => NmfShards.Of(0));
        Assert.Contains(
            "Shard 1 has 0 samples", Assert.Throws<ArgumentException>(() => NmfShards.OfSizes([4, 0])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NmfShards.OfSizes([]));
    }

    // What many machines do, each of which has the data of its shard alone.
    private static void Compare<T>(string kind, bool sparse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = Data<T>(kind, sparse);
        var options = Options(kind);
        var expected = NmfFactorizer.Fit(data, options);

        var starts = options.Shards!.Boundaries(Samples);
        using var team = new WorkTeam(1);
        var loaded = starts.Zip(starts.Skip(1), (from, to) => Copy(data.RowsFrom(from, to - from), kind, sparse))
            .ToArray();
        var facts = ShardFacts.Of([.. loaded.Select(ShardFacts.Of)]);
        var unit = ShardSpec.UnitOf<T>(options, facts, null);
        var spec = ShardSpec.Of(options, facts, unit);
        var apart = new Apart<T>([.. loaded.Select((shard, s) => ShardWorker<T>.Create(
            spec, new Own<T>(shard, unit, options), ShardWorker<T>.RandomActivations(
                spec, 0, starts[s], starts[s + 1] - starts[s]), new WorkTeam(1 + (s % 2))))]);
        var coordinator = ShardCoordinator<T>.Create(
            spec, ShardCoordinator<T>.RandomDictionary(spec, 0), apart, team);
        var report = FitLoop.Run(coordinator, options.Iterations, null, CancellationToken.None);
        var ended = ShardedEnd<T>.Run(coordinator, options, facts, unit, report.Iterations, team);

        Assert.Equal(expected.Dictionary.ToRowMajor(), ended.Dictionary.ToRowMajor());
        Assert.Equal(expected.Activations.ToRowMajor(), apart.Workers.SelectMany(worker => worker.H.ToRowMajor()));
        Assert.Equal(expected.Objective, ended.Objective);
        Assert.Equal(expected.ExplainedPart, ended.ExplainedPart);
        Assert.Equal(expected.Contributions, ended.Contributions);
        Assert.Equal(expected.Relevance?.Weights, ended.Relevance?.Weights);
        Assert.Equal(
            expected.Report.History.Select(point => point.Objective),
            report.History.Select(point => options.Problem.InUnit(unit).ObjectiveOf(point.Objective, unit, new(
                facts.Samples, facts.Features, facts.InUnit(unit.Data).Mean), Rank)),
            (a, b) => Math.Abs(a - b) <= 1e-12 * Math.Abs(a));
    }

    private static NmfData<T> Copy<T>(NmfData<T> part, string kind, bool sparse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!sparse)
        {
            return NmfData<T>.FromMatrix(
                part.Dense!.Clone(), kind == "missing" ? MissingValues.NaN : MissingValues.Error, isBatch: true);
        }

        return NmfData<T>.FromMatrix(
            part.Sparse!.RowsFrom(0, part.Samples), kind == "missing" ? AbsentEntries.Missing : AbsentEntries.Zero,
            isBatch: true);
    }

    private static NmfOptions Options(string kind)
    {
        var options = new NmfOptions
        {
            Rank = Rank, Problem = 1, Shards = 5, Seed = 7, Threads = 2, Solver = NmfSolver.MultiplicativeUpdate,
            Iterations = new() { MaximumIterations = 63, Tolerance = 0 },
        };
        return kind switch
        {
            "KL extrapolated" => options with { Solver = NmfSolver.Auto },
            "HALS" => options with { Problem = 2, Solver = NmfSolver.Auto },
            "least squares" => options with { Problem = 2 },
            "IS" => options with { Problem = 0, Solver = NmfSolver.MajorizationMinimization },
            "penalties" => options with
            {
                Solver = NmfSolver.Auto,
                Problem = new BetaNmf(1) { Penalties = [new L1Penalty(0.1), new LogPenalty(0.05, 0.2)] },
            },
            "relevance" => options with
            {
                Solver = NmfSolver.Auto, Problem = new AutomaticRelevance(1) { Prune = false, Dispersion = 0.05 },
            },
            _ => options,
        };
    }

    // In a unit that is none, so that every fit has to find its own.
    private static NmfData<T> Data<T>(string kind, bool sparse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = Array.ConvertAll(
            kind == "IS" ? TestData.Positive(Samples, Features, Rank, 2) : TestData.Counts(Samples, Features, Rank, 2),
            v => kind == "relevance" ? v : 24 * v);
        if (kind != "missing")
        {
            return sparse ? TestData.Sparse<T>(values, Samples, Features)
                : TestData.Dense<T>(values, Samples, Features);
        }

        values = [.. values.Select((v, i) => i % 7 is 3 or 5 ? double.NaN : v)];
        return sparse ? TestData.SparseObserved<T>(values, Samples, Features)
            : TestData.DenseObserved<T>(values, Samples, Features);
    }

    private sealed class Apart<T>(ShardWorker<T>[] workers) : IShards<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public ShardWorker<T>[] Workers => workers;

        public void Ask(ShardRequest<T> request, ShardSums<T> sums)
        {
            var all = Ask(request, sums, 0, workers.Length);
            for (var m = 0; m < sums.Matrices.Length; m++)
                all.Matrices[m].CopyTo(sums.Matrices[m]);
            all.Numbers.CopyTo(sums.Numbers, 0);
        }

        private ShardSums<T> Ask(ShardRequest<T> request, ShardSums<T> like, int from, int to)
        {
            if (to - from == 1)
            {
                var answer = like.Alike();
                workers[from].Answer(request, answer);
                return answer;
            }

            var middle = NmfShards.Middle(from, to);
            var (second, first) = (Ask(request, like, middle, to), Ask(request, like, from, middle));
            first.Add(second);
            return first;
        }
    }

    private sealed class Own<T>(NmfData<T> data, FitUnit unit, NmfOptions options) : IShardData<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public NmfData<T> InUnit { get; } = data.IntoUnit(unit, options.Problem.Entry);

        public NmfData<T> TakeOriginal()
        {
            InUnit.Multiply(unit.Data);
            return data;
        }

        public void ReturnOriginal() => InUnit.Multiply(-unit.Data);
    }
}
