using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests.Sequences;

/// <summary>Golden objectives of smooth IS-NMF on the fixture, computed by an independent numpy program, and the
/// properties of its solver.</summary>
public sealed class SmoothSolverTests
{
    private static readonly int[] Iterations = [0, 1, 2, 10, 100, 1000];

    public static TheoryData<SmoothnessDirection, double[]> Trajectories => new()
    {
        { SmoothnessDirection.PreviousAgainstCurrent,
            [64.4796583792, 16.2308132278, 12.7051244841, 12.0696206858, 10.0245962641, 9.7635807334] },
        { SmoothnessDirection.CurrentAgainstPrevious,
            [65.5474313548, 16.2095671194, 12.6618959779, 12.0403809394, 10.0393018140, 9.6772620915] },
    };

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Double_follows_the_golden_objectives(SmoothnessDirection direction, double[] golden)
        => AssertTrajectory<double>(direction, golden, 1e-9, 1e-6);

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void Float_follows_the_golden_objectives(SmoothnessDirection direction, double[] golden)
        => AssertTrajectory<float>(direction, golden, 2e-6, 2e-5);

    [Fact]
    public void Without_smoothness_the_trajectory_is_that_of_plain_majorisation_minimisation()
    {
        var data = Fixture.Data<double>();
        var start = Fixture.Start<double>();
        using var team = new WorkTeam(1);
        var solver = new SmoothSolver<double>(
            data, new SmoothNmfOptions { Rank = 3, Smoothness = 0 }, SequenceLayout.One(8), start, team);
        for (var i = 0; i < 10; i++)
            solver.Step();
        Assert.Equal(9.4409512480, solver.Objective(), 1e-8);
    }

    [Theory]
    [InlineData(0.5, SmoothnessDirection.PreviousAgainstCurrent)]
    [InlineData(10, SmoothnessDirection.PreviousAgainstCurrent)]
    [InlineData(100, SmoothnessDirection.CurrentAgainstPrevious)]
    public void The_objective_never_increases(double smoothness, SmoothnessDirection direction)
    {
        const int samples = 60, features = 20, rank = 5;
        var data = TestData.Dense<double>(TestData.Positive(samples, features, rank, 3), samples, features);
        var start = TestData.Start<double>(samples, features, rank, 4);
        using var team = new WorkTeam(2);
        var options = new SmoothNmfOptions { Rank = rank, Smoothness = smoothness, Direction = direction };
        var solver = new SmoothSolver<double>(data, options, SequenceLayout.FromLengths([1, 30, 2, 27]), start, team);
        var previous = solver.Objective();
        for (var i = 0; i < 200; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(current <= previous * (1 + 1e-10), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.All(solver.H.ToRowMajor(), v => Assert.True(v > 0 && double.IsFinite(v)));
    }

    [Theory]
    [InlineData(SmoothnessDirection.PreviousAgainstCurrent)]
    [InlineData(SmoothnessDirection.CurrentAgainstPrevious)]
    public void Activations_at_the_floor_stay_finite_with_and_without_smoothness(SmoothnessDirection direction)
    {
        // A component that the data do not have, in single precision: c = h² neg is no longer a normal number.
        const int samples = 12, features = 6;
        var data = TestData.Dense<float>(
            [.. Enumerable.Range(0, samples * features).Select(i => i % features < 3 ? 1.0 + (i % 5) : 1e-12)], samples,
            features);
        var start = TestData.Start<float>(samples, features, 3, 6);
        start.Activations!.Row(samples - 1)[0] = 0;
        start.Activations.Row(0)[0] = 0;
        for (var f = 0; f < features; f++)
            start.Dictionary[f, 2] = f < 3 ? 0 : 1;
        using var team = new WorkTeam(1);
        var solver = new SmoothSolver<float>(
            data, new SmoothNmfOptions { Rank = 3, ComponentSmoothness = [0, 1e-30, 3], Direction = direction },
            SequenceLayout.FromLengths([1, 11]), start, team);
        var previous = solver.Objective();
        for (var i = 0; i < 200; i++)
        {
            solver.Step();
            Assert.All(solver.H.ToRowMajor(), v => Assert.True(v > 0 && float.IsFinite(v)));
        }

        Assert.True(solver.Objective() < previous);
    }

    [Fact]
    public void The_objective_is_the_sum_over_independent_sequences()
    {
        const int features = 9, rank = 3;
        int[] lengths = [4, 1, 7];
        using var team = new WorkTeam(1);
        var options = new SmoothNmfOptions { Rank = rank, Smoothness = 3 };
        var values = TestData.Positive(12, features, rank, 5);
        var all = TestData.Start<double>(12, features, rank, 6);
        double sum = 0;
        var from = 0;
        foreach (var length in lengths)
        {
            var part = TestData.Dense<double>(
                values[(from * features)..((from + length) * features)], length, features);
            var start = NmfStart<double>.FromRowMajor(
                all.Dictionary.ToRowMajor(), all.Activations!.ToRowMajor().AsSpan(from * rank, length * rank), rank);
            var solver = new SmoothSolver<double>(part, options, SequenceLayout.One(length), start, team);
            sum += solver.Objective();
            from += length;
        }

        var data = TestData.Dense<double>(values, 12, features);
        var together = new SmoothSolver<double>(data, options, SequenceLayout.FromLengths(lengths), all, team);
        Assert.Equal(sum, together.Objective(), 1e-9 * sum);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(70)]
    public void The_number_of_threads_does_not_change_a_bit(int rank)
    {
        const int samples = 90, features = 40;
        var data = TestData.Dense<float>(TestData.Positive(samples, features, 4, 7), samples, features);
        var options = new SmoothNmfOptions
        {
            Rank = rank, Smoothness = 5, Iterations = new() { MaximumIterations = 10 }, Threads = 1
        };
        var sequences = SequenceLayout.FromLengths([40, 50]);
        var one = SmoothNmf.Fit(data, options, sequences);
        var three = SmoothNmf.Fit(data, options with { Threads = 3 }, sequences);
        Assert.Equal(one.Activations.ToRowMajor(), three.Activations.ToRowMajor());
        Assert.Equal(one.Dictionary.ToRowMajor(), three.Dictionary.ToRowMajor());
        Assert.Equal(one.Report.History.Select(p => p.Objective), three.Report.History.Select(p => p.Objective));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var data = Fixture.Data<float>();
        var start = Fixture.Start<float>();
        using var team = new WorkTeam(1);
        var options = new SmoothNmfOptions { Rank = 3 };
        var solver = new SmoothSolver<float>(data, options, SequenceLayout.FromLengths([3, 5]), start, team, known: 1);
        Kernels.Tests.Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                solver.Step();
                solver.Objective();
            }
        });
    }

    private static void AssertTrajectory<T>(
        SmoothnessDirection direction, double[] golden, double relative, double relativeAtEnd)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var data = Fixture.Data<T>();
        var start = Fixture.Start<T>();
        using var team = new WorkTeam(1);
        var options = new SmoothNmfOptions { Rank = Fixture.Rank, Smoothness = 2, Direction = direction };
        var solver = new SmoothSolver<T>(data, options, SequenceLayout.One(Fixture.Samples), start, team);
        var done = 0;
        for (var i = 0; i < Iterations.Length; i++)
        {
            for (; done < Iterations[i]; done++)
                solver.Step();
            Assert.Equal(
                golden[i], solver.Objective(),
                ((Iterations[i] == 1000 ? relativeAtEnd : relative) * golden[i]) + 6e-11);
        }
    }
}
