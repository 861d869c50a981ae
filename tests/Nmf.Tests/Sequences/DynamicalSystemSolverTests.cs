using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests.Sequences;

/// <summary>
/// Golden objectives of the nonnegative dynamical system on the fixture, computed by an independent numpy program that
/// agrees with the authors' code, and the properties of its solver. The goldens hold Σ (v/y + log y) and Σ α (h/g + log
/// g - log h): the divergences without their constants.
/// </summary>
public sealed class DynamicalSystemSolverTests
{
    public static TheoryData<DynamicalSystemForm, double, double, int[], double[]> Trajectories => new()
    {
        {
            DynamicalSystemForm.ItakuraSaito, 2, 0.01, [0, 1, 2, 10, 100, 1000],
            [251.4727291355, 194.8019967501, 188.8790522303, 186.4220678135, 182.3018760970, 181.3629877387]
        },
        {
            DynamicalSystemForm.MaximumAPosteriori, 0.5, 8.0 / 3 * 1e-6, [0, 1, 2, 3, 4, 5],
            [206.1427642249, 166.0641089560, 161.3085288593, 157.5459490842, 153.6601415423, 149.5715502918]
        },
        {
            DynamicalSystemForm.MaximumAPosteriori, 2, 8.0 / 3 * 1e-6, [0, 1, 2, 3, 4, 5],
            [249.7012621794, 201.0684630040, 194.5943467926, 191.1549996928, 188.2414994796, 185.4864034658]
        },
        {
            DynamicalSystemForm.MaximumAPosteriori, 5, 8.0 / 3 * 1e-6, [0, 1, 2, 3, 4, 5],
            [336.8182580882, 270.4905439640, 259.7315842831, 255.4274504572, 252.7708871692, 250.6440681775]
        },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives(
        DynamicalSystemForm form, double shape, double penalty, int[] iterations, double[] golden)
        => AssertTrajectory<double>(form, shape, penalty, iterations, golden, 1e-9, 1e-6);

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Float_follows_the_golden_objectives(
        DynamicalSystemForm form, double shape, double penalty, int[] iterations, double[] golden)
        => AssertTrajectory<float>(form, shape, penalty, iterations, golden, 2e-6, 2e-5);

    [Theory]
    [InlineData(DynamicalSystemForm.ItakuraSaito, 0.01)]
    [InlineData(DynamicalSystemForm.ItakuraSaito, 1)]
    [InlineData(DynamicalSystemForm.ItakuraSaito, 50)]
    [InlineData(DynamicalSystemForm.MaximumAPosteriori, 0.01)]
    [InlineData(DynamicalSystemForm.MaximumAPosteriori, 5)]
    public void The_objective_never_increases(DynamicalSystemForm form, double shape)
    {
        const int samples = 60, features = 20, rank = 5;
        var data = TestData.Dense<double>(TestData.Positive(samples, features, rank, 3), samples, features);
        using var team = new WorkTeam(2);
        var options = new DynamicalSystemOptions { Rank = rank, Shape = shape, Form = form };
        var factors = SequenceFit.CreateStart<double>(data, options, null, 0, team);
        var transitions = new Matrix<double>(rank, rank);
        DynamicalSystemStart<double>.Mix(transitions, 0, options.Seed, 0);
        var start = new DynamicalSystemStart<double>(factors.Dictionary, transitions, factors.Activations);
        var solver = new DynamicalSystemSolver<double>(
            data, options, SequenceLayout.FromLengths([1, 30, 2, 27]), start, team);
        var previous = solver.Objective();
        for (var i = 0; i < 200; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(
                current <= previous + (1e-9 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.All(solver.H.ToRowMajor(), v => Assert.True(v > 0 && double.IsFinite(v)));
        Assert.All(start.Transitions.ToRowMajor(), v => Assert.True(v >= 0 && double.IsFinite(v)));
    }

    [Fact]
    public void Identity_transitions_give_the_objective_of_reversed_smooth_factorisation()
    {
        var data = Fixture.Data<double>();
        using var team = new WorkTeam(1);
        var factors = Fixture.Start<double>();
        var identity = Matrix<double>.FromRowMajor([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3);
        var start = new DynamicalSystemStart<double>(factors.Dictionary, identity, factors.Activations);
        var solver = new DynamicalSystemSolver<double>(
            data, new DynamicalSystemOptions { Rank = 3, Shape = 2 }, SequenceLayout.One(8), start, team);
        Assert.Equal(65.5474313548, solver.Objective(), 1e-9);
    }

    [Fact]
    public void A_shape_of_zero_is_plain_majorisation_minimisation()
    {
        var data = Fixture.Data<double>();
        using var team = new WorkTeam(1);
        var start = FixtureStart<double>();
        var solver = new DynamicalSystemSolver<double>(
            data, new DynamicalSystemOptions { Rank = 3, Shape = 0 }, SequenceLayout.One(8), start, team);
        for (var i = 0; i < 10; i++)
            solver.Step();
        Assert.Equal(9.4409512480, solver.Objective(), 1e-8);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public void The_number_of_threads_does_not_change_a_bit(int rank)
    {
        const int samples = 90, features = 40;
        var data = TestData.Dense<float>(TestData.Positive(samples, features, 4, 7), samples, features);
        var options =
            new DynamicalSystemOptions { Rank = rank, Iterations = new() { MaximumIterations = 10 }, Threads = 1 };
        var sequences = SequenceLayout.FromLengths([40, 50]);
        var one = DynamicalSystem.Fit(data, options, sequences);
        var three = DynamicalSystem.Fit(data, options with { Threads = 3 }, sequences);
        Assert.Equal(one.Activations.ToRowMajor(), three.Activations.ToRowMajor());
        Assert.Equal(one.Dictionary.ToRowMajor(), three.Dictionary.ToRowMajor());
        Assert.Equal(one.Transitions.ToRowMajor(), three.Transitions.ToRowMajor());
        Assert.Equal(one.Report.History.Select(p => p.Objective), three.Report.History.Select(p => p.Objective));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var data = Fixture.Data<float>();
        var start = FixtureStart<float>();
        using var team = new WorkTeam(1);
        var solver = new DynamicalSystemSolver<float>(
            data, new DynamicalSystemOptions { Rank = 3 }, SequenceLayout.FromLengths([3, 5]), start, team);
        Kernels.Tests.Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 60; i++)
            {
                solver.Step();
                solver.Objective();
            }
        });
    }

    internal static DynamicalSystemStart<T> FixtureStart<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = Fixture.Start<T>();
        var transitions = new Matrix<T>(3, 3);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
                transitions[i, j] = T.CreateChecked(0.5 + (((i + (2 * j)) % 3) / 3.0));
        }

        return new DynamicalSystemStart<T>(factors.Dictionary, transitions, factors.Activations);
    }

    private static void AssertTrajectory<T>(
        DynamicalSystemForm form, double shape, double penalty, int[] iterations, double[] golden, double relative,
        double relativeAtEnd)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = Fixture.Data<T>();
        var start = FixtureStart<T>();
        using var team = new WorkTeam(1);
        var options = new DynamicalSystemOptions { Rank = 3, Shape = shape, Form = form, DictionaryPenalty = penalty };
        var solver = new DynamicalSystemSolver<T>(data, options, SequenceLayout.One(Fixture.Samples), start, team);
        var constant = Fixture.Values<double>()
            .Sum(v => Math.Log(v) + 1) + (shape * Fixture.Rank * (Fixture.Samples - 1));
        var done = 0;
        for (var i = 0; i < iterations.Length; i++)
        {
            for (; done < iterations[i]; done++)
                solver.Step();
            Assert.Equal(
                golden[i], solver.Objective() + constant,
                ((iterations[i] == 1000 ? relativeAtEnd : relative) * golden[i]) + 6e-11);
        }
    }
}
