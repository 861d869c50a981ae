using System.Numerics;
using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>
/// Objectives on the fixture for measures of fit other than the β-divergence, and with an outlier term, as an
/// independent numpy program gives them (tests/goldens/make_measures.py), which finds the outlier part by a
/// root finder, entry by entry.
/// </summary>
public sealed class GoldenMeasureTests
{
    private static readonly int[] Iterations = [0, 1, 2, 10, 100];

    private static readonly Goldens Reference = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "measures.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<double> Alphas => [.. Reference.Alpha.Select(golden => golden.Alpha)];

    public static TheoryData<double, double, bool> Robust
        => [.. Reference.Robust.Select(golden => (golden.Beta, golden.Lambda, golden.Samples))];

    [Theory]
    [MemberData(nameof(Alphas))]
    public void Alpha_divergences_follow_the_golden_objectives(double alpha)
    {
        var golden = Reference.Alpha.Single(g => g.Alpha == alpha).Objectives;
        AssertTrajectory<double>(new AlphaDivergence(alpha), golden, 1e-9);
        AssertTrajectory<float>(new AlphaDivergence(alpha), golden, 2e-5);
    }

    [Fact]
    public void The_logistic_loss_follows_the_golden_objectives()
    {
        Run<double>(1e-9);
        Run<float>(2e-5);

        static void Run<T>(double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => AssertTrajectory(
                new BregmanDivergence(new LogisticGenerator()), Reference.Logistic, tolerance,
                Array.ConvertAll(Fixture.Values<T>(), v => T.CreateChecked((double.CreateChecked(v) - 0.5) / 18)),
                Start<T>(8, sumsToOne: false));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.25, 1.5)]
    public void The_bernoulli_likelihood_follows_the_golden_objectives(double a, double b)
    {
        var golden = Reference.Bernoulli.Single(g => g.A == a && g.B == b).Objectives;
        Run<double>(1e-9);
        Run<float>(2e-5);

        void Run<T>(double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => AssertTrajectory(
                new BernoulliLikelihood(a, b), golden, tolerance,
                Array.ConvertAll(Fixture.Values<T>(), v => double.CreateChecked(v) % 3 == 0 ? T.One : T.Zero),
                Start<T>(2, sumsToOne: true));
    }

    [Theory]
    [MemberData(nameof(Robust))]
    public void Robust_factorisation_follows_the_golden_objectives(double beta, double lambda, bool samples)
    {
        var golden = Reference.Robust.Single(g => g.Beta == beta && g.Samples == samples).Objectives;
        var problem = new RobustNmf(beta, lambda, samples ? OutlierKind.Samples : OutlierKind.Entries);
        var options = new NmfOptions { Rank = Fixture.Rank, Problem = problem };
        var start = Fixture.Start<double>();
        AssertTrajectory(options, golden, 1e-8, Fixture.Values<double>(), start);
        var single = Fixture.Start<float>();
        AssertTrajectory(options, golden, 5e-5, Fixture.Values<float>(), single);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    public void Bregman_generators_of_beta_divergences_recover_them(int index, double beta)
    {
        IBregmanGenerator generator = new IBregmanGenerator[] { new KullbackLeiblerGenerator(),
            new EuclideanGenerator(), new ItakuraSaitoGenerator() }[index];
        using var team = new WorkTeam(1);
        var data = Fixture.Data<double>();
        var startA = Fixture.Start<double>();
        var startB = Fixture.Start<double>();
        var plain = Solver<double>.Create(
            data, new NmfOptions { Rank = Fixture.Rank, Problem = beta, Solver = NmfSolver.MultiplicativeUpdate },
            startA, team);
        var bregman = Solver<double>.Create(
            data, new NmfOptions { Rank = Fixture.Rank, Problem = new BregmanDivergence(generator) }, startB, team);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(plain.Objective(), bregman.Objective(), 1e-12 * plain.Objective());
            plain.Step();
            bregman.Step();
        }

        Assert.All(
            plain.W.ToRowMajor().Zip(bregman.W.ToRowMajor()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-11 * pair.First));
    }

    private static void AssertTrajectory<T>(MeasureOfFit measure, double[] golden, double relative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => AssertTrajectory(measure, golden, relative, Fixture.Values<T>(), Fixture.Start<T>());

    private static void AssertTrajectory<T>(
        MeasureOfFit measure, double[] golden, double relative, T[] values, NmfStart<T> start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AssertTrajectory(new NmfOptions { Rank = Fixture.Rank, Problem = measure }, golden, relative, values, start);
    }

    private static void AssertTrajectory<T>(
        NmfOptions options, double[] golden, double relative, T[] values, NmfStart<T> start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = NmfData<T>.FromDense(values, Fixture.Samples, Fixture.Features);
        using var team = new WorkTeam(1);
        var solver = Solver<T>.Create(data, options, start, team);
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            Assert.Equal(golden[i], solver.Objective(), relative * Math.Abs(golden[i]));
        }
    }

    private static NmfStart<T> Start<T>(double divisor, bool sumsToOne)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var start = Fixture.Start<T>();
        var w = start.Dictionary.Clone();
        for (var f = 0; f < w.Rows; f++)
        {
            var sum = w.Row(f).ToArray().Aggregate(T.Zero, (a, b) => a + b);
            foreach (ref var value in w.Row(f))
                value = sumsToOne ? value / sum : value;
        }

        return new NmfStart<T>(
            w,
            Matrix<T>.FromRowMajor(
                Array.ConvertAll(start.Activations!.ToRowMajor(), h => h / T.CreateChecked(divisor)), Fixture.Samples,
                Fixture.Rank));
    }

    private sealed record Goldens(
        AlphaGolden[] Alpha, double[] Logistic, BernoulliGolden[] Bernoulli, RobustGolden[] Robust);

    private sealed record AlphaGolden(double Alpha, double[] Objectives);

    private sealed record BernoulliGolden(double A, double B, double[] Objectives);

    private sealed record RobustGolden(double Beta, double Lambda, bool Samples, double[] Objectives);
}
