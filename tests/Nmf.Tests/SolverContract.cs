using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>
/// What every solver must satisfy, whatever makes it: of a model that <see cref="NmfFactorizer"/> fits, of
/// sequences, of ratings.
/// </summary>
public abstract partial class SolverContract
{
    private protected const int Features = 29;
    private protected const int Rank = 4;

    /// <summary>Number of samples of most tests.</summary>
    private protected virtual int Samples => 37;

    /// <summary>Whether a zero is at a finite distance from a model.</summary>
    protected abstract bool AllowsZeros { get; }

    /// <summary>Whether data without zeros are taken in sparse storage, too.</summary>
    protected virtual bool TakesSparseData => AllowsZeros;

    /// <summary>An order of the samples that permutes the activations and changes nothing else.</summary>
    private protected virtual int[] Permutation(int samples)
        => [.. Enumerable.Range(0, samples).Select(n => n * 10 % samples)];

    private protected abstract Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Whether the path depends on the number of stored entries, as where a solver weighs the cost of a
    /// product against that of a sweep. Then sparse and dense storage are compared on data without zeros.</summary>
    protected virtual bool PathDependsOnStoredEntries => false;

    /// <summary>Whether the objective has terms beside the divergence: then an exact factorisation is no fixed point,
    /// and no fit is exact.</summary>
    protected virtual bool IsPenalized => false;

    /// <summary>Whether factors that fit the data exactly have a zero gradient and a zero objective.</summary>
    protected virtual bool ExactDataAreFixed => true;

    private protected double[] Values => Data(Samples, Features, AllowsZeros, 1);

    /// <summary>Data that the model can be fitted to, samples x features, with zeros or without.</summary>
    protected virtual double[] Data(int samples, int features, bool zeros, int seed)
        => Edit(
            zeros ? TestData.Counts(samples, features, Rank, seed) : TestData.Positive(samples, features, Rank, seed));

    /// <summary>Factors inside what the model allows.</summary>
    protected virtual NmfStart<T> Start<T>(int samples, int features, int rank, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TestData.Start<T>(samples, features, rank, seed);

    /// <summary>What the data of this model have that plain data have not: NaN where an entry is missing.</summary>
    protected virtual double[] Edit(double[] values) => values;

    protected virtual NmfData<T> Dense<T>(double[] values, int samples, int features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TestData.Dense<T>(values, samples, features);

    protected virtual NmfData<T> Sparse<T>(double[] values, int samples, int features)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TestData.Sparse<T>(values, samples, features);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_objective_never_increases_and_factors_stay_nonnegative_and_finite(int seed)
    {
        var data = Dense<double>(Values, Samples, Features);
        var start = Start<double>(Samples, Features, Rank, seed);
        using var team = new WorkTeam(2);
        var solver = CreateSolver(data, start, team);
        var previous = solver.Objective();
        for (var i = 0; i < 120; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(
                current <= previous + (1e-9 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.All(solver.W.ToRowMajor(), v => Assert.True(v >= 0 && double.IsFinite(v)));
        Assert.All(solver.H.ToRowMajor(), v => Assert.True(v >= 0 && double.IsFinite(v)));
    }

    [Fact]
    public void Float_never_increases_beyond_rounding()
    {
        var data = Dense<float>(Values, Samples, Features);
        var start = Start<float>(Samples, Features, Rank, 5);
        using var team = new WorkTeam(1);
        var solver = CreateSolver(data, start, team);
        var previous = solver.Objective();
        for (var i = 0; i < 120; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(
                current <= previous + (1e-5 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }
    }

    [Fact]
    public void An_exact_factorisation_is_a_fixed_point()
    {
        Assert.SkipWhen(
            !ExactDataAreFixed || IsPenalized,
            "Penalties and priors move factors away from those that fit the data exactly.");
        var start = Start<double>(Samples, Features, Rank, 7);
        var w = start.Dictionary.ToRowMajor();
        var h = start.Activations!.ToRowMajor();
        var values = new double[Samples * Features];
        for (var n = 0; n < Samples; n++)
            for (var f = 0; f < Features; f++)
                for (var k = 0; k < Rank; k++)
                    values[(n * Features) + f] += h[(n * Rank) + k] * w[(f * Rank) + k];
        var data = Dense<double>(Edit(values), Samples, Features);
        using var team = new WorkTeam(1);
        var solver = CreateSolver(data, start, team);
        Assert.Equal(0, solver.Objective(), 1e-9);
        for (var i = 0; i < 3; i++)
            solver.Step();
        AssertClose(w, solver.W.ToRowMajor(), 1e-9);
        AssertClose(h, solver.H.ToRowMajor(), 1e-9);
    }

    [Fact]
    public void Sparse_equals_dense()
    {
        var values = PathDependsOnStoredEntries ? Data(Samples, Features, false, 1) : Values;
        var dense = Dense<double>(values, Samples, Features);
        var sparse = Sparse<double>(values, Samples, Features);
        var startA = Start<double>(Samples, Features, Rank, 11);
        var startB = Start<double>(Samples, Features, Rank, 11);
        using var team = new WorkTeam(1);
        if (!TakesSparseData)
        {
            AssertRefusesSparse(() => CreateSolver(sparse, startB, team));
            return;
        }

        var a = CreateSolver(dense, startA, team);
        var b = CreateSolver(sparse, startB, team);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(a.Objective(), b.Objective(), 1e-9 * Math.Abs(a.Objective()));
            a.Step();
            b.Step();
        }

        AssertClose(a.W.ToRowMajor(), b.W.ToRowMajor(), 1e-8);
        AssertClose(a.H.ToRowMajor(), b.H.ToRowMajor(), 1e-8);
    }

    [Fact]
    public void Float_follows_double()
    {
        var single = Dense<float>(Values, Samples, Features);
        var @double = Dense<double>(Array.ConvertAll(Values, v => (double)(float)v), Samples, Features);
        var startA = Start<float>(Samples, Features, Rank, 12);
        var startB = Start<double>(Samples, Features, Rank, 12);
        using var team = new WorkTeam(1);
        var a = CreateSolver(single, startA, team);
        var b = CreateSolver(@double, startB, team);
        for (var i = 0; i < 30; i++)
        {
            a.Step();
            b.Step();
        }

        Assert.Equal(b.Objective(), a.Objective(), 1e-4 * Math.Abs(b.Objective()));
    }

    [Fact]
    public void Permuted_samples_permute_the_activations()
    {
        var order = Permutation(Samples);
        Assert.Equal(Samples, order.Distinct().Count());
        var permuted = order.SelectMany(n => Values.Skip(n * Features).Take(Features)).ToArray();
        var data = Dense<double>(Values, Samples, Features);
        var permutedData = Dense<double>(permuted, Samples, Features);
        var start = Start<double>(Samples, Features, Rank, 13);
        var permutedStart = Start<double>(Samples, Features, Rank, 13);
        for (var n = 0; n < Samples; n++)
            start.Activations!.Row(order[n]).CopyTo(permutedStart.Activations!.Row(n));
        using var team = new WorkTeam(1);
        var a = CreateSolver(data, start, team);
        var b = CreateSolver(permutedData, permutedStart, team);
        for (var i = 0; i < 5; i++)
        {
            a.Step();
            b.Step();
        }

        for (var n = 0; n < Samples; n++)
            AssertClose(a.H.Row(order[n]).ToArray(), b.H.Row(n).ToArray(), 1e-8);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var data = Dense<float>(Values, Samples, Features);
        var start = Start<float>(Samples, Features, Rank, 21);
        using var team = new WorkTeam(1);
        var solver = CreateSolver(data, start, team);
        Kernels.Tests.Allocation.AssertNone(() =>
        {
            // More than fifty steps, so that the change of scale between the factors is among them.
            for (var i = 0; i < 60; i++)
            {
                solver.Step();
                solver.Objective();
            }
        });
    }

    protected virtual void AssertRefusesSparse(Action action)
        => Assert.Contains(
            "of sparse data needs a finite β > 0", Assert.Throws<ArgumentOutOfRangeException>(action).Message,
            StringComparison.Ordinal);

    protected static void AssertClose<T>(T[] expected, T[] actual, double relative)
        where T : IFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Select(double.CreateChecked).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(double.CreateChecked(expected[i]), double.CreateChecked(actual[i]), relative * largest);
    }
}
