using System.Numerics;
using System.Text.Json;
using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Audio.Tests;

/// <summary>Against <c>tests/goldens/make_transform_goldens.py</c>.</summary>
public sealed class TransformGoldenTests
{
    private static readonly JsonDocument Document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "transform.json")));

    public static TheoryData<int> Cases => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Iterations_are_those_of_numpy(int number)
    {
        var golden = Document.RootElement[number];
        using var team = new WorkTeam(2);
        var solver = Create<double>(golden, team);
        var objectives = golden.Numbers("objectives");
        Assert.Equal(13, objectives.Length);
        Close(objectives[0], solver.Objective());
        foreach (var expected in objectives[1..])
        {
            solver.Step();
            Close(expected, solver.Objective());
        }

        Assert.Equal(golden.GetProperty("trials").GetInt32(), solver.Trials);
        foreach (var (name, matrix) in new[]
        {
            ("transform", solver.Transform), ("dictionary", solver.Dictionary), ("activations", solver.Activations),
        })
            Assert.All(golden.Numbers(name).Zip(matrix.ToRowMajor()), pair => Close(pair.First, pair.Second));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_objective_never_increases_and_the_transform_stays_orthogonal(int number)
    {
        using var team = new WorkTeam(1);
        var solver = Create<double>(Document.RootElement[number], team);
        var previous = solver.Objective();
        for (var i = 0; i < 230; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(current <= previous + (1e-11 * previous), $"{i}: {previous:R} -> {current:R}");
            previous = current;
        }

        AssertOrthogonal(solver.Transform, 1e-12);
        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 100; i++)
                solver.Step();
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Single_precision_follows_double(int number)
    {
        var golden = Document.RootElement[number];
        using var team = new WorkTeam(1);
        var (single, twice) = (Create<float>(golden, team), Create<double>(golden, team));
        for (var i = 0; i < 5; i++)
        {
            single.Step();
            twice.Step();
            Assert.Equal(twice.Objective(), single.Objective(), 2e-4 * twice.Objective());
        }

        for (var i = 0; i < 220; i++)
        {
            var previous = single.Objective();
            single.Step();
            Assert.True(single.Objective() <= previous + (2e-6 * previous));
        }

        AssertOrthogonal(single.Transform, 2e-5);
    }

    [Fact]
    public void A_transform_that_is_kept_stays_and_a_learnt_one_fits_better()
    {
        var golden = Document.RootElement[0];
        using var team = new WorkTeam(1);
        var (kept, learnt) = (Create<double>(golden, team, isFixed: true), Create<double>(golden, team));
        for (var i = 0; i < 60; i++)
        {
            kept.Step();
            learnt.Step();
        }

        Assert.Equal(golden.Numbers("start"), kept.Transform.ToRowMajor());
        Assert.True(learnt.Objective() < 0.7 * kept.Objective(), $"{learnt.Objective()}, {kept.Objective()}");
    }

    internal static void AssertOrthogonal<T>(Matrix<T> transform, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < transform.Rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                double sum = 0;
                for (var t = 0; t < transform.Columns; t++)
                    sum += double.CreateChecked(transform[i, t]) * double.CreateChecked(transform[j, t]);
                Assert.Equal(i == j ? 1 : 0, sum, tolerance);
            }
        }
    }

    private static TransformSolver<T> Create<T>(JsonElement golden, WorkTeam team, bool isFixed = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int Fact(string name) => golden.GetProperty(name).GetInt32();
        var (size, frames, rank) = (Fact("size"), Fact("frames"), Fact("rank"));
        var (w, h) = (Signals.Noise(size * rank, 5), Signals.Noise(frames * rank, 6));
        return new TransformSolver<T>(
            Matrix(golden.Numbers("x"), frames, size), Matrix(golden.Numbers("start"), size, size),
            Matrix([.. w.Select(u => 0.5 + (0.4 * u))], size, rank),
            Matrix([.. h.Select(u => 0.5 + (0.4 * u))], frames, rank),
            golden.GetProperty("floor").GetDouble(), golden.GetProperty("sparsity").GetDouble(), isFixed, team);

        static Matrix<T> Matrix(double[] values, int rows, int columns)
            => Matrix<T>.FromRowMajor([.. values.Select(v => T.CreateChecked(v))], rows, columns);
    }

    private static void Close(double expected, double actual)
        => Assert.Equal(expected, actual, 1e-9 * Math.Max(1, Math.Abs(expected)));
}
