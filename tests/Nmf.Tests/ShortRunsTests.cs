using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Starts that are the best of several short runs.</summary>
public sealed class ShortRunsTests
{
    private const int Samples = 60;
    private const int Features = 40;
    private const int Runs = 4;
    private const int Iterations = 15;

    private static readonly NmfOptions Options = new()
    {
        Rank = 5, Problem = BetaDivergence.ItakuraSaito, Initialization = NmfInitialization.ShortRuns, Seed = 3,
        Iterations = new() { MaximumIterations = 20, Tolerance = 0 },
    };

    private static NmfData<double> Data => TestData.Dense<double>(
        TestData.Positive(Samples, Features, 5, 1), Samples, Features);

    public static TheoryData<NmfProblem> Problems => new(
        BetaDivergence.ItakuraSaito, BetaDivergence.KullbackLeibler, new MeasureNmf(new AlphaDivergence(0.5)),
        new BetaNmf(0) { Penalties = [new LogPenalty(0.1, 1)] });

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_start_is_the_run_that_ended_lowest(NmfProblem problem)
    {
        using var team = new WorkTeam(1);
        var options = Options with { Problem = problem };
        var objectives = Enumerable.Range(0, 2 * Runs).Select(number =>
        {
            var random = options with { Initialization = NmfInitialization.Random };
            var solver = Solver<double>.Create(
                Data, random, problem.CreateStart(Data, random, number, team, default), team);
            for (var i = 0; i < Iterations; i++)
                solver.Step();
            return solver.Objective();
        }).ToArray();
        for (var number = 0; number < 2; number++)
        {
            var start = problem.CreateStart(Data, options, number, team, default);
            Assert.Equal(
                objectives[(number * Runs)..((number + 1) * Runs)].Min(),
                Solver<double>.Create(Data, options, start, team).Objective(), 1e-9 * Math.Abs(objectives.Min()));
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_and_numbers_are_positive()
    {
        var models = new[] { 1, 3 }.Select(threads => NmfFactorizer.Fit(
            TestData.Dense<float>(TestData.Positive(Samples, Features, 5, 1), Samples, Features),
            Options with { Threads = threads, Starts = 2 })).ToArray();
        Assert.Equal(models[0].Dictionary.ToRowMajor(), models[1].Dictionary.ToRowMajor());
        Assert.Equal(models[0].Activations.ToRowMajor(), models[1].Activations.ToRowMajor());
        Assert.All(models[0].Dictionary.ToRowMajor(), w => Assert.True(w > 0));
    }

    [Fact]
    public void They_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        using var team = new WorkTeam(1);
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => Options.Problem.CreateStart(Data, Options, 0, team, source.Token));
    }

    /// <summary>Where the divergence is not convex, relevances decide about components of a plain fit.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(0.5, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Relevances_begin_with_them_below_beta_1(double beta, bool isShortRuns)
    {
        using var team = new WorkTeam(1);
        var options = Options with { Problem = new AutomaticRelevance(beta), Initialization = NmfInitialization.Auto };
        var start = options.Problem.CreateStart(Data, options, 0, team, default);
        var plain = Options with { Problem = beta };
        Assert.Equal(isShortRuns, start.Dictionary.ToRowMajor().SequenceEqual(
            plain.Problem.CreateStart(Data, plain, 0, team, default).Dictionary.ToRowMajor()));
    }

    [Fact]
    public void Abundances_do_not_take_them()
        => Assert.Contains("start from samples", Assert.Throws<ArgumentException>(
            () => NmfFactorizer.Fit(Data, Options with { Problem = new AbundanceNmf() })).Message,
            StringComparison.Ordinal);
}
