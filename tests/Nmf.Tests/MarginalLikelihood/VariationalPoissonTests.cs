using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Tests;

/// <summary>The Gamma-Poisson model by variational expectation-maximisation: trajectories, descent, and what
/// vanishes.</summary>
public sealed class VariationalPoissonTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Trajectories_are_those_of_an_independent_program(int which)
    {
        var golden = MarginalGoldens.Values.Poisson[which];
        using var team = new WorkTeam(1);
        var solver = OfFixture<double>(golden.Shape, team);
        for (var i = 0; i < golden.Iterations.Length; i++)
        {
            if (i > 0)
                solver.Step();
            var state = golden.Iterations[i];
            Assert.Equal(state.Objective, solver.Objective(), 1e-9 * state.Objective);
            AssertNear(state.Dictionary, solver.W.ToRowMajor(), 1e-9);
            AssertNear(state.Rates, solver.Rate, 1e-9);
        }
    }

    [Fact]
    public void Single_precision_follows()
    {
        var golden = MarginalGoldens.Values.Poisson[0];
        using var team = new WorkTeam(1);
        var solver = OfFixture<float>(golden.Shape, team);
        for (var i = 1; i < golden.Iterations.Length; i++)
            solver.Step();
        Assert.Equal(golden.Iterations[^1].Objective, solver.Objective(), 1e-4 * golden.Iterations[^1].Objective);
    }

    [Theory]
    [InlineData(false, 1.0)]
    [InlineData(true, 1.0)]
    [InlineData(false, 0.2)]
    [InlineData(true, null)]
    public void The_bound_never_decreases_and_a_step_allocates_nothing(bool sparse, double? shape)
    {
        var values = TestData.Counts(57, 31, 4, 2);
        var data = sparse ? TestData.Sparse<double>(values, 57, 31) : TestData.Dense<double>(values, 57, 31);
        using var team = new WorkTeam(1);
        var solver = Started(data, 9, shape, team);
        var previous = solver.Objective();
        for (var i = 0; i < 250; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(
                current <= previous + (1e-12 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
            if (i % 7 == 0)
                solver.BetweenChecks();
        }

        Allocation.AssertNone(() =>
        {
            solver.Step();
            solver.Objective();
        });
    }

    [Fact]
    public void Superfluous_components_vanish()
    {
        var planted = PlantedCounts.Create(300, 40, 4, 3);
        var model = MarginalLikelihood.Fit(planted, new MarginalLikelihoodOptions { Rank = 12, Starts = 2, Seed = 3 });
        Assert.Equal(4, model.Rank);
        Assert.Equal(12, model.Options.Rank);
        Assert.Equal(4, model.ToSuggestion().Rank);
        Assert.Equal("so many of 12 are left; the likeliest of 2 starts", model.ToSuggestion().Reason);
        Assert.Equal(1, model.Shares.Sum(), 1e-9);
        Assert.Equal(model.Shares.OrderDescending(), model.Shares);
        for (var k = 0; k < 4; k++)
            Assert.Equal(1, Enumerable.Range(0, 40).Sum(f => model.Dictionary[f, k]), 1e-12);

        // What is expected is what the data have on average.
        var expected = Enumerable.Range(0, 4).Sum(k => model.Shape / model.Rates[k]);
        Assert.Equal(planted.Mean * planted.Features, expected, 1e-3 * expected);
    }

    [Fact]
    public void The_shape_is_found()
    {
        foreach (var shape in new[] { 0.5, 3 })
        {
            var data = PlantedCounts.Create(600, 30, 2, 5, shape, 20);
            var model = MarginalLikelihood.Fit(
                data, new MarginalLikelihoodOptions { Rank = 2, Shape = null, Seed = 1 });
            Assert.Equal(2, model.Rank);
            Assert.InRange(model.Shape, 0.8 * shape, 1.25 * shape);
            var given = MarginalLikelihood.Fit(data, new MarginalLikelihoodOptions { Rank = 2, Seed = 1 });
            Assert.True(model.Report!.Objective < given.Report!.Objective);
        }
    }

    [Fact]
    public void Zeros_one_sample_and_one_component_are_fitted()
    {
        var options = new MarginalLikelihoodOptions { Rank = 3, Iterations = new() { MaximumIterations = 40 } };
        var none = MarginalLikelihood.Fit(
            NmfData<float>.FromDense(new float[12], 3, 4, isBatch: true), options);
        Assert.Equal(1, none.Rank);
        Assert.Equal(0, none.Report!.Objective, 1e-9);
        Assert.All(none.Activations!.LogLikelihood, value => Assert.Equal(0, value, 1e-9));

        var one = MarginalLikelihood.Fit(TestData.Sparse<double>([0, 3, 0, 1], 1, 4), options);
        Assert.True(double.IsFinite(one.Report!.Objective));
        Assert.Equal(0, one.Dictionary[0, 0]);

        double[] empty = [0, 0, 0, 2, 0, 5, 1, 0, 3];
        var holes = MarginalLikelihood.Fit(TestData.Dense<double>(empty, 3, 3), options with { Rank = 1 });
        Assert.Equal(0, holes.Dictionary[1, 0]);
        Assert.True(holes.Activations!.Mean[0, 0] < holes.Activations.Mean[1, 0]);
    }

    [Fact]
    public void Dense_and_sparse_data_lead_to_the_same_model_and_threads_change_no_bit()
    {
        var values = TestData.Counts(300, 31, 4, 2);
        var options = new MarginalLikelihoodOptions
        {
            Rank = 7, Starts = 2, Seed = 4, Threads = 1, Iterations = new() { MaximumIterations = 60 },
        };
        var dense = MarginalLikelihood.Fit(TestData.Dense<double>(values, 300, 31), options);
        var sparse = MarginalLikelihood.Fit(TestData.Sparse<double>(values, 300, 31), options);
        AssertNear(dense.Dictionary.ToRowMajor(), sparse.Dictionary.ToRowMajor(), 1e-8);
        var two = MarginalLikelihood.Fit(TestData.Sparse<double>(values, 300, 31), options with { Threads = 3 });
        Assert.Equal(sparse.Dictionary.ToRowMajor(), two.Dictionary.ToRowMajor());
        Assert.Equal(sparse.Activations!.Deviation.ToRowMajor(), two.Activations!.Deviation.ToRowMajor());
        Assert.Equal(sparse.Report!.StartObjectives, two.Report!.StartObjectives);
        Assert.Equal(2, two.Report.StartObjectives.Distinct().Count());
        var other = MarginalLikelihood.Fit(TestData.Sparse<double>(values, 300, 31), options with { Seed = 5 });
        Assert.NotEqual(sparse.Report.Objective, other.Report!.Objective);
    }

    private static VariationalPoissonSolver<T> OfFixture<T>(double shape, WorkTeam team)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var start = Fixture.Start<T>();
        var a = start.Activations!;
        for (var n = 0; n < a.Rows; n++)
        {
            foreach (ref var x in a.Row(n))
                x *= T.CreateChecked(4);
        }

        return new VariationalPoissonSolver<T>(
            Fixture.Data<T>(), start.Dictionary, a, [shape, shape, shape], [1, 1, 1], false, team);
    }

    private static VariationalPoissonSolver<double> Started(
        NmfData<double> data, int rank, double? shape, WorkTeam team)
    {
        var start = TestData.Start<double>(data.Samples, data.Features, rank, 1);
        double[] Of(double value) => [.. Enumerable.Repeat(value, rank)];
        for (var n = 0; n < data.Samples; n++)
        {
            foreach (ref var x in start.Activations!.Row(n))
                x += 1e-3;
        }

        return new VariationalPoissonSolver<double>(
            data, start.Dictionary, start.Activations!, Of(shape ?? 1), Of(1), shape is null, team);
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * Math.Max(1e-3, expected[i]));
    }
}
