using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Tests.CoFactorisation;

/// <summary>What the contract of solvers asks, of fits of several views.</summary>
public sealed class CoSolverTests
{
    private const int Samples = 37;
    private const int Rank = 4;

    private static readonly double[][] Two = CoFixture.Views(Samples, Rank, 1, 29, 13);
    private static readonly double[][] Three = CoFixture.Views(Samples, Rank, 2, 17, 9, 5);

    public static TheoryData<string, double, double, DictionaryScaling> Couplings
    {
        get
        {
            var data = new TheoryData<string, double, double, DictionaryScaling>();
            double[][] betas = [[1, 1], [0, 0], [2, 2], [0, 1], [1, 2], [0.5, 1.5], [1.5, 3], [-1, 0.5], [1.2, 1.2]];
            foreach (var pair in betas)
            {
                data.Add("L1", pair[0], pair[1], DictionaryScaling.OverViews);
                data.Add("L1", pair[0], pair[1], DictionaryScaling.EachView);
                data.Add("L2", pair[0], pair[1], DictionaryScaling.OverViews);
                data.Add("shared", pair[0], pair[1], DictionaryScaling.OverViews);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Couplings))]
    public void The_objective_never_increases(string coupling, double first, double second, DictionaryScaling scaling)
    {
        using var team = new WorkTeam(1);
        foreach (var weight in new[] { 0.01, 0.3, 10 })
        {
            foreach (var betas in new[] { new[] { first, second }, [first, second, first] })
            {
                var views = CoFixture.Dense<double>(betas.Length == 2 ? Two : Three, Samples);
                var options = CoFixture.Options(Coupling(coupling, weight), Rank, betas) with { Scaling = scaling };
                var solver = CoFixture.Solver(views, options, team);
                var previous = solver.Objective();
                for (var i = 0; i < 60; i++)
                {
                    // Every other time from gradients of its own.
                    solver.Step();
                    if (i % 2 == 0)
                        solver.Step();
                    var current = solver.Objective();
                    Assert.True(
                        current <= previous + (1e-9 * previous), $"{weight}, {i}: {previous:R} -> {current:R}");
                    previous = current;
                }

                Assert.All(
                    CoFixture.Factors(solver).SelectMany(x => x), x => Assert.True(x >= 0 && double.IsFinite(x)));
            }
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var team = new WorkTeam(1);
        foreach (var coupling in new[] { "L1", "L2", "shared" })
        {
            var solver = CoFixture.Solver(
                CoFixture.Dense<double>(Two, Samples), CoFixture.Options(Coupling(coupling, 0.1), Rank, 1, 0), team);
            solver.Step();
            Allocation.AssertNone(() =>
            {
                for (var i = 0; i < 60; i++)
                {
                    solver.Step();
                    solver.Objective();
                }
            });
        }
    }

    [Theory]
    [InlineData("L1")]
    [InlineData("L2")]
    [InlineData("shared")]
    public void Threads_change_no_bit(string coupling)
    {
        // More than one block of rows.
        var data = CoFixture.Dense<double>(CoFixture.Views(300, Rank, 4, 11, 6), 300);
        double[][]? expected = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var team = new WorkTeam(threads);
            var solver = CoFixture.Solver(data, CoFixture.Options(Coupling(coupling, 0.1), Rank, 1, 2), team);
            for (var i = 0; i < 7; i++)
                solver.Step();
            var objective = solver.Objective();
            double[][] result = [.. CoFixture.Factors(solver), [objective]];
            Assert.Equal(expected ?? result, result);
            expected = result;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0.5)]
    public void Shared_activations_of_one_beta_are_a_factorisation_of_the_views_side_by_side(double beta)
    {
        // With the weights 1 the views are what they are.
        using var team = new WorkTeam(1);
        var options = CoFixture.Options(ViewCoupling.Shared, Rank, beta, beta) with
        {
            Views = [new CoNmfView { Beta = beta, Weight = 1 }, new CoNmfView { Beta = beta, Weight = 1 }],
        };
        var views = CoFixture.Dense<double>(Two, Samples);
        var solver = CoFixture.Solver(views, options, team);
        var data = CoupledData<double>.Of(views, options);
        var side = new double[Samples * 42];
        for (var i = 0; i < side.Length; i++)
            side[i] = i % 42 < 29 ? Two[0][(i / 42 * 29) + (i % 42)] : Two[1][(i / 42 * 13) + (i % 42) - 29];
        var stacked = new Matrix<double>(42, Rank);
        for (var f = 0; f < 42; f++)
        {
            var v = f < 29 ? 0 : 1;
            for (var k = 0; k < Rank; k++)
                stacked[f, k] = Math.ScaleB(solver.Dictionaries[v][f - (29 * v), k], data[v].Unit.Data);
        }

        var whole = new MultiplicativeSolver<double>(
            TestData.Dense<double>(side, Samples, 42), beta, BetaDivergence.FastExponent(beta),
            new NmfStart<double>(stacked, solver.Activations[0].Clone()), team);
        for (var i = 0; i < 70; i++)
        {
            Assert.Equal(whole.Objective(), solver.Objective(), 1e-9 * whole.Objective());
            solver.Step();
            whole.Step();
        }
    }

    [Theory]
    [InlineData("L1", 100)]
    [InlineData("L2", 1e6)]
    public void A_strong_coupling_goes_where_shared_activations_go(string coupling, double weight)
    {
        using var team = new WorkTeam(1);
        var views = CoFixture.Dense<double>(Two, Samples);
        var soft = CoFixture.Solver(views, CoFixture.Options(Coupling(coupling, weight), Rank, 1, 1), team);
        soft.Step();
        var data = CoupledData<double>.Of(views, CoFixture.Options(ViewCoupling.Shared, Rank, 1, 1));
        var shared = new SharedCoSolver<double>(
            data, [.. soft.Dictionaries.Select(w => w.Clone())], soft.Activations[0].Clone(), team);
        for (var i = 0; i < 2000; i++)
        {
            soft.Step();
            shared.Step();
        }

        Assert.Equal(shared.Objective(), soft.Objective(), 0.01 * shared.Objective());
        Assert.All(
            soft.Activations[0].ToRowMajor().Zip(soft.Activations[1].ToRowMajor()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void Absolute_values_make_many_activations_exactly_equal_and_they_still_move()
    {
        using var team = new WorkTeam(1);
        var views = CoFixture.Dense<double>(Two, Samples);
        var solver = CoFixture.Solver(views, CoFixture.Options(ViewCoupling.L1(0.05), Rank, 1, 1), team);
        for (var i = 0; i < 500; i++)
            solver.Step();
        var before = solver.Activations[0].ToRowMajor();
        var equal = before.Zip(solver.Activations[1].ToRowMajor()).Select(pair => pair.First == pair.Second).ToArray();
        Assert.InRange(equal.Count(x => x), equal.Length / 4, equal.Length - 1);
        solver.Step();
        var moved = before.Zip(solver.Activations[0].ToRowMajor()).Where((p, i) => equal[i] && p.First != p.Second);
        Assert.True(moved.Count() > equal.Length / 8);
    }

    [Fact]
    public void Columns_of_dictionaries_have_their_sums()
    {
        using var team = new WorkTeam(1);
        var views = CoFixture.Dense<double>(Two, Samples);
        foreach (var scaling in Enum.GetValues<DictionaryScaling>())
        {
            var options = CoFixture.Options(ViewCoupling.L2(1), Rank, 1, 2) with { Scaling = scaling };
            var data = CoupledData<double>.Of(views, options);
            var solver = CoFixture.Solver(views, options, team);
            for (var i = 0; i < 10; i++)
                solver.Step();
            var sums = new double[2][];
            for (var v = 0; v < 2; v++)
                FactorKernels.ColumnSums(solver.Dictionaries[v], sums[v] = new double[Rank]);
            for (var k = 0; k < Rank; k++)
            {
                var (first, second) = (sums[0][k] / data[0].Level, sums[1][k] / data[1].Level);
                Assert.Equal(2, first + second, 1e-12);
                Assert.Equal(scaling == DictionaryScaling.EachView, Math.Abs(first - 1) < 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    public void Other_units_change_no_bit_of_the_activations(int exponent)
    {
        using var team = new WorkTeam(1);
        foreach (var coupling in new[] { "L1", "L2", "shared" })
        {
            var options = CoFixture.Options(Coupling(coupling, 0.1), Rank, 1, 0);
            var solver = CoFixture.Solver(CoFixture.Dense<double>(Two, Samples), options, team);
            var other = CoFixture.Solver(
                CoFixture.Dense<double>([Array.ConvertAll(Two[0], x => Math.ScaleB(x, exponent)), Two[1]], Samples),
                options, team);
            for (var i = 0; i < 20; i++)
            {
                solver.Step();
                other.Step();
            }

            Assert.Equal(CoFixture.Factors(solver), CoFixture.Factors(other));
            Assert.Equal(solver.Objective(), other.Objective());
        }
    }

    [Fact]
    public void Sparse_views_are_fitted_like_dense_ones_and_a_weight_of_zero_is_a_missing_sample()
    {
        using var team = new WorkTeam(1);
        double[][] counts = [.. Two.Select(view => Array.ConvertAll(view, Math.Floor))];
        var weights = Enumerable.Range(0, Samples).Select(n => n % 5 == 0 ? 0.0 : 1).ToArray();
        var masked = counts[1].Select((x, i) => i / 13 % 5 == 0 ? double.NaN : x).ToArray();
        var options = CoFixture.Options(ViewCoupling.L1(0.1), Rank, 1, 1);
        NmfData<double>[][] same =
        [
            CoFixture.Dense<double>([counts[0], masked], Samples),
            [TestData.Sparse<double>(counts[0], Samples, 29),
                TestData.Sparse<double>(counts[1], Samples, 13).WithSampleWeights(weights)],
        ];
        var solvers = Array.ConvertAll(same, views => CoFixture.Solver(views, options, team));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(solvers[0].Objective(), solvers[1].Objective(), 1e-9 * solvers[0].Objective());
            Assert.All(solvers, solver => solver.Step());
        }

        // Nothing but the other view says what a sample is that was not seen.
        for (var n = 0; n < Samples; n += 5)
            Assert.Equal(solvers[0].Activations[0].Row(n).ToArray(), solvers[0].Activations[1].Row(n).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void Activations_at_their_floor_stay_numbers_in_float(double beta)
    {
        foreach (var (isSquared, strength) in new[] { (true, 1e4), (true, 3), (false, 1e4) })
        {
            Matrix<float> Filled(float value) => Matrix<float>.FromRowMajor([.. Enumerable.Repeat(value, 5)], 1, 5);
            var low = Filled(ActivationFloor<float>.Value);
            var update = new CoupledUpdate<float>(
                [new CoupledView<float>(beta, 1, low, Filled(1), Filled(1)),
                    new CoupledView<float>(beta, 1, Filled(1), Filled(1), Filled(1))],
                strength, isSquared, ActivationFloor<float>.Value);
            for (var i = 0; i < 80; i++)
                update.Run(null);
            Assert.All(low.ToRowMajor(), h => Assert.InRange(h, ActivationFloor<float>.Value, 2));
        }
    }

    private static ViewCoupling Coupling(string name, double weight) => name switch
    {
        "L1" => ViewCoupling.L1(weight),
        "L2" => ViewCoupling.L2(weight),
        _ => ViewCoupling.Shared,
    };
}
