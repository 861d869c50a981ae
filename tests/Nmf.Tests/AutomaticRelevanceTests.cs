using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Automatic relevance determination against numbers of an independent numpy program, and what it is for:
/// finding planted ranks.</summary>
public sealed class AutomaticRelevanceTests
{
    private static readonly int[] Iterations = [0, 1, 2, 10, 100];

    public static TheoryData<RelevancePrior, double, double, double[], double[]> Trajectories => new()
    {
        { RelevancePrior.Exponential,
            0, 2.5, [202.3431416897, 173.2938458166, 170.9429138982, 90.2420164393, 86.3473453967],
            [0.07943251, 0.07943251, 2.09480108] },
        { RelevancePrior.Exponential, 1, 2.5,
            [384.2124866835, 229.5381281252, 226.5412222165, 195.3240346596, 183.8341064163],
            [1.51438634, 1.19757972, 1.18163357] },
        { RelevancePrior.Exponential, 2, 2.5,
            [1332.9311394071, 576.1878577088, 553.4634760188, 348.3835480766, 290.6811807790],
            [1.51219644, 1.28839371, 1.2781651] },
        { RelevancePrior.HalfNormal, 0, 5,
            [183.7061090548, 151.8057390767, 147.5865814568, 145.0375719995, 137.9252495426],
            [1.24522603, 1.24522673, 4.7090554] },
        { RelevancePrior.HalfNormal, 1, 5,
            [365.5754540487, 218.5533664186, 201.4079829927, 190.4636901079, 168.4912159865],
            [3.55247189, 3.3776382, 3.01511113] },
        { RelevancePrior.HalfNormal, 2, 5,
            [1314.2941067722, 554.1168874226, 531.6235211283, 332.5944099808, 273.9148994231],
            [3.86218525, 3.50170557, 3.3019266] },
        { RelevancePrior.Mixed, 0, 3,
            [170.3591787012, 140.9234110554, 137.9269320951, 121.2645030177, 100.0301524965],
            [0.26847854, 0.26847854, 2.75355771] },
        { RelevancePrior.Mixed, 1, 3,
            [352.2285236951, 196.1843636383, 191.1778864311, 175.3861479409, 154.7369061625],
            [1.71587601, 1.70990508, 1.63742051] },
        { RelevancePrior.Mixed, 2, 3,
            [1300.9471764186, 554.3322880995, 531.542597033, 330.3699331791, 260.3569532707],
            [2.02378514, 1.79914322, 1.65158516] },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives_and_relevances(
        RelevancePrior prior, double beta, double shape, double[] golden, double[] relevance)
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        using var team = new WorkTeam(1);
        var solver = Solver<double>.Create(data, Options(prior, beta, shape), start, team);
        Follow(solver, golden, 1e-9);
        var terms = solver.Terms();
        Assert.Equal(
            prior switch { RelevancePrior.Exponential => 1.390069, RelevancePrior.HalfNormal => 16.187929,
                _ => 3.75869951 }, terms.RelevanceParameters!.Scale, 1e-6);
        Assert.Equal(
            prior switch { RelevancePrior.Exponential => 0.07943251, RelevancePrior.HalfNormal => 1.24522529,
                _ => 0.26847854 }, terms.RelevanceParameters.Floor, 1e-8);
        for (var k = 0; k < relevance.Length; k++)
            Assert.Equal(relevance[k], terms.Relevance![k], 1e-7);
    }

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Float_follows_the_golden_objectives(
        RelevancePrior prior, double beta, double shape, double[] golden, double[] relevance)
    {
        Assert.Equal(Fixture.Rank, relevance.Length);
        var data = Fixture.Data<float>();
        var start = Fixture.Start<float>();
        using var team = new WorkTeam(1);
        var solver = Solver<float>.Create(data, Options(prior, beta, shape), start, team);
        Follow(solver, golden, 5e-6);
    }

    [Theory]
    [InlineData(RelevancePrior.Exponential, 0, 5)]
    [InlineData(RelevancePrior.Exponential, 0, 50)]
    [InlineData(RelevancePrior.Exponential, 1, 5)]
    [InlineData(RelevancePrior.Exponential, 1, 200)]
    [InlineData(RelevancePrior.HalfNormal, 0, 5)]
    [InlineData(RelevancePrior.HalfNormal, 1, 50)]
    [InlineData(RelevancePrior.Mixed, 0, 5)]
    [InlineData(RelevancePrior.Mixed, 1, 50)]
    public void The_planted_rank_is_found(RelevancePrior prior, double beta, double shape)
    {
        var data = PlantedRank.Data(beta, seed: 1);
        var options = new NmfOptions
        {
            Rank = 15, Problem = new AutomaticRelevance(beta) { Prior = prior, Shape = shape },
            Iterations = new() { MaximumIterations = 4000, Tolerance = 1e-6, CheckInterval = 20 }, Seed = 2,
        };
        var model = NmfFactorizer.Fit(data, options);
        Assert.Equal(PlantedRank.Rank, model.Relevance!.EffectiveRank);
        Assert.Equal(PlantedRank.Rank, model.Dictionary.Columns);
        Assert.Equal(15, model.Relevance.StartingRank);
        Assert.Equal(model.Relevance.Weights.OrderDescending(), model.Relevance.SortedWeights.Take(PlantedRank.Rank));
        var objectives = model.Report.History.Select(p => p.Objective).ToArray();
        for (var i = 1; i < objectives.Length; i++)
            Assert.True(
                objectives[i] <= objectives[i - 1] + (1e-6 * Math.Abs(objectives[i - 1])),
                $"Check {i}: {objectives[i - 1]:R} -> {objectives[i]:R}");
    }

    [Fact]
    public void Removing_dead_components_changes_the_time_and_not_the_answer()
    {
        var data = PlantedRank.Data(1, seed: 3);
        var options = new NmfOptions
        {
            Rank = 15, Problem = new AutomaticRelevance(1) { Shape = 5 },
            Iterations = new() { MaximumIterations = 3000, Tolerance = 1e-6 }, Seed = 4,
        };
        var pruned = NmfFactorizer.Fit(data, options);
        var whole = NmfFactorizer.Fit(
            data, options with { Problem = (AutomaticRelevance)options.Problem with { Prune = false } });
        Assert.Equal(whole.Relevance!.EffectiveRank, pruned.Relevance!.EffectiveRank);
        Assert.Equal(whole.Report.Objective, pruned.Report.Objective, 1e-4 * Math.Abs(whole.Report.Objective));
        for (var k = 0; k < whole.Relevance.EffectiveRank; k++)
            Assert.Equal(whole.Relevance.Weights[k], pruned.Relevance.Weights[k], 1e-3 * whole.Relevance.Weights[k]);
    }

    [Fact]
    public void A_solver_removes_the_components_that_have_died()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        using var team = new WorkTeam(1);
        var solver = Solver<double>.Create(data, Options(RelevancePrior.Exponential, 0, 2.5), start, team);
        for (var i = 0; i < 100; i++)
            solver.Step();
        var before = solver.Objective();
        solver.BetweenChecks();
        Assert.Equal(1, solver.W.Columns);
        Assert.Equal(1, solver.Factors.Activations!.Columns);
        Assert.Equal(before, solver.Objective(), 1e-9 * before);
        solver.Step();
        Assert.True(solver.Objective() <= before);
    }

    [Theory]
    [InlineData(RelevancePrior.Exponential, 1)]
    [InlineData(RelevancePrior.HalfNormal, 1)]
    [InlineData(RelevancePrior.Exponential, 2)]
    [InlineData(RelevancePrior.HalfNormal, 2)]
    [InlineData(RelevancePrior.Exponential, 0)]
    [InlineData(RelevancePrior.HalfNormal, 0)]
    [InlineData(RelevancePrior.Mixed, 1)]
    [InlineData(RelevancePrior.Mixed, 2)]
    public void Inference_for_the_training_rows_finds_the_activations_of_the_fit(RelevancePrior prior, double beta)
    {
        var data = PlantedRank.Data(beta, seed: 5);
        var options = new NmfOptions
        {
            Rank = 5, Problem = new AutomaticRelevance(beta) { Prior = prior, Shape = 5 },
            Iterations = new() { MaximumIterations = 4000, Tolerance = 1e-8, CheckInterval = 100 }, Seed = 6,
            Inference = new() { Tolerance = 1e-7, MaximumIterations = 20000 },
            Initialization = NmfInitialization.Nndsvda, Scale = ComponentScale.UnitNorm,
        };

        // The solver's own activations, after the scale and order of a model, are what the rows give for the
        // dictionary and the relevances.
        using var team = new WorkTeam(1);
        var start = options.Problem.CreateStart(data, options, 0, team, default);
        var solver = Solver<double>.Create(data, options, start, team);
        FitLoop.Run(solver, options.Iterations, null, CancellationToken.None);
        var inferred = Inference.Run(
            solver.W, data, options.Problem, options.Inference, solver.Terms().Penalty, team, CancellationToken.None);
        var (expected, actual) = (solver.H.ToRowMajor(), inferred.ToRowMajor());
        var largest = expected.Max();
        var worst = expected.Zip(actual, (x, y) => Math.Abs(x - y)).Max() / largest;
        Assert.True(worst < (beta == 0 ? 1e-2 : 2e-3), $"Largest deviation {worst:G3} of the largest activation.");

        // Without the penalty it is another answer: the test would otherwise prove nothing.
        var plain = Inference.Run(
            solver.W, data, options.Problem, options.Inference, null, team, CancellationToken.None);
        Assert.True(expected.Zip(plain.ToRowMajor(), (x, y) => Math.Abs(x - y)).Max() / largest > 5 * worst);
    }

    [Fact]
    public void Priors_that_outweigh_the_data_are_an_error()
    {
        var data = PlantedRank.Data(1, seed: 7);
        var error = Assert.Throws<NmfNumericalException>(() => NmfFactorizer.Fit(
            data, new NmfOptions { Rank = 5, Problem = new AutomaticRelevance(1) { Dispersion = 1e4 },
                Iterations = new() { MaximumIterations = 500 } }));
        Assert.Contains("No component is relevant", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, null, "dispersion")]
    [InlineData(double.NaN, null, null, "dispersion")]
    [InlineData(1, 2.0, null, "shape")]
    [InlineData(1, double.PositiveInfinity, null, "shape")]
    [InlineData(1, null, 0.0, "scale")]
    public void Options_out_of_range_are_named(double dispersion, double? shape, double? scale, string named)
    {
        var options = new NmfOptions { Rank = 3, Problem =
            new AutomaticRelevance() { Dispersion = dispersion, Shape = shape, Scale = scale } };
        Assert.Contains(named, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_solver_is_refused()
    {
        var options = new NmfOptions { Rank = 3, Solver = NmfSolver.Hals, Problem = new AutomaticRelevance() };
        Assert.Contains(
            "leave the solver Auto", Assert.Throws<ArgumentException>(options.Validate).Message,
            StringComparison.Ordinal);
    }

    private static NmfOptions Options(RelevancePrior prior, double beta, double shape)
        => new() { Rank = Fixture.Rank, Problem = new AutomaticRelevance(beta) { Prior = prior, Shape = shape } };

    private static void Follow<T>(Solver<T> solver, double[] golden, double relative)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            Assert.Equal(golden[i], solver.Objective(), (relative * golden[i]) + 6e-11);
        }
    }
}
