using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>What every model and solver must satisfy; a new one is tested by a subclass of a few lines.</summary>
public abstract partial class ModelContract
{
    private const int Samples = 37;
    private const int Features = 29;
    private const int Rank = 4;

    protected abstract NmfOptions Options(int rank);

    private double Beta => Options(1).Problem.BetaOrNull ?? BetaDivergence.Euclidean;

    /// <summary>Whether the path depends on the number of stored entries, as where a solver weighs the cost of a
    /// product against that of a sweep. Then sparse and dense storage are compared on data without zeros.</summary>
    protected virtual bool PathDependsOnStoredEntries => false;

    /// <summary>Whether the objective has terms beside the divergence: then an exact factorisation is no fixed point,
    /// and no fit is exact.</summary>
    protected virtual bool IsPenalized => false;

    /// <summary>Whether the problem of one row has one minimum, so that inference finds the
    /// activations of the fit.</summary>
    protected virtual bool RowsAreConvex => Options(1).Problem.IsInferenceConvex;

    private bool AllowsZeros => Options(1).Problem.Entry.AllowsZeros;

    private double[] Values => Data(Samples, Features, AllowsZeros, 1);

    /// <summary>Whether a sample of zeros gets zero activations.</summary>
    protected virtual bool ZeroSamplesAreFittedByZeros => true;

    /// <summary>Whether a feature of zeros gets zeros in the dictionary.</summary>
    protected virtual bool ZeroFeaturesAreFittedByZeros => true;

    /// <summary>Whether a rank as large as the data can represent any data.</summary>
    protected virtual bool FitsAnything => true;

    /// <summary>Whether factors that fit the data exactly have a zero gradient and a zero objective.</summary>
    protected virtual bool ExactDataAreFixed => true;

    /// <summary>Whether data without zeros are taken in sparse storage, too.</summary>
    protected virtual bool TakesSparseData => Beta > 0;

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
        var solver = Solver<double>.Create(data, Options(Rank), start, team);
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
        var solver = Solver<float>.Create(data, Options(Rank), start, team);
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
        var solver = Solver<double>.Create(data, Options(Rank), start, team);
        Assert.Equal(0, solver.Objective(), 1e-9);
        for (var i = 0; i < 3; i++)
            solver.Step();
        AssertClose(w, solver.W.ToRowMajor(), 1e-9);
        AssertClose(h, solver.H.ToRowMajor(), 1e-9);
    }

    [Fact]
    public void A_seed_reproduces_a_fit_and_another_seed_does_not()
    {
        var options = Options(Rank) with { Iterations = Options(Rank).Iterations with { MaximumIterations = 20 },
            Initialization = NmfInitialization.Random, Seed = 3 };
        var data = Dense<float>(Values, Samples, Features);
        var first = NmfFactorizer.Fit(data, options);
        var second = NmfFactorizer.Fit(data, options);
        var other = NmfFactorizer.Fit(data, options with { Seed = 4 });
        Assert.Equal(first.Dictionary.ToRowMajor(), second.Dictionary.ToRowMajor());
        Assert.Equal(first.Activations.ToRowMajor(), second.Activations.ToRowMajor());
        Assert.NotEqual(first.Dictionary.ToRowMajor(), other.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_does_not_change_a_bit(bool sparse)
    {
        const int samples = 700, features = 90;
        var values = Data(samples, features, AllowsZeros, 2);
        var data = sparse ? Sparse<float>(values, samples, features) : Dense<float>(values, samples, features);
        if (sparse && !TakesSparseData)
        {
            AssertRefusesSparse(() => NmfFactorizer.Fit(data, Options(Rank)));
            return;
        }

        // A few updates of the rows show a rounding that differs as well as a thousand, which end in one point
        // from wherever they came.
        var options = Options(Rank) with { Iterations = Options(Rank).Iterations with { MaximumIterations = 10 },
            Inference = Options(Rank).Inference with { MaximumIterations = 20 } };
        var one = NmfFactorizer.Fit(data, options with { Threads = 1 });
        foreach (var threads in new[] { 2, 3, 5 })
        {
            var many = NmfFactorizer.Fit(data, options with { Threads = threads });
            Assert.Equal(one.Dictionary.ToRowMajor(), many.Dictionary.ToRowMajor());
            Assert.Equal(one.Activations.ToRowMajor(), many.Activations.ToRowMajor());
            Assert.Equal(one.Report.History.Select(p => p.Objective), many.Report.History.Select(p => p.Objective));
        }
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
            AssertRefusesSparse(() => Solver<double>.Create(sparse, Options(Rank), startB, team));
            return;
        }

        var a = Solver<double>.Create(dense, Options(Rank), startA, team);
        var b = Solver<double>.Create(sparse, Options(Rank), startB, team);
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
        var a = Solver<float>.Create(single, Options(Rank), startA, team);
        var b = Solver<double>.Create(@double, Options(Rank), startB, team);
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
        var order = Enumerable.Range(0, Samples).Select(n => (n * 10) % Samples).ToArray();
        Assert.Equal(Samples, order.Distinct().Count());
        var permuted = order.SelectMany(n => Values.Skip(n * Features).Take(Features)).ToArray();
        var data = Dense<double>(Values, Samples, Features);
        var permutedData = Dense<double>(permuted, Samples, Features);
        var start = Start<double>(Samples, Features, Rank, 13);
        var permutedStart = Start<double>(Samples, Features, Rank, 13);
        for (var n = 0; n < Samples; n++)
            start.Activations!.Row(order[n]).CopyTo(permutedStart.Activations!.Row(n));
        using var team = new WorkTeam(1);
        var a = Solver<double>.Create(data, Options(Rank), start, team);
        var b = Solver<double>.Create(permutedData, Options(Rank), permutedStart, team);
        for (var i = 0; i < 5; i++)
        {
            a.Step();
            b.Step();
        }

        for (var n = 0; n < Samples; n++)
            AssertClose(a.H.Row(order[n]).ToArray(), b.H.Row(n).ToArray(), 1e-8);
    }

    [Theory]
    [InlineData(1, 12, 1)]
    [InlineData(12, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(9, 3, 7)]
    [InlineData(2, 40, 5)]
    public void Extreme_shapes_fit(int samples, int features, int rank)
    {
        var data = Dense<float>(Data(samples, features, false, 3), samples, features);
        var model = NmfFactorizer.Fit(data, Options(rank) with { Iterations =
            Options(rank).Iterations with { MaximumIterations = 300, Tolerance = 0 } });
        Assert.All(
            model.Dictionary.ToRowMajor().Concat(model.Activations.ToRowMajor()),
            v => Assert.True(v >= 0 && float.IsFinite(v)));
        Assert.True(model.Report.Objective <= model.Report.History[0].Objective + (1e-5 * Math.Abs(
            model.Report.History[0].Objective)) + (1e-6 * data.Sum));
        if (FitsAnything && !IsPenalized && rank >= Math.Min(samples, features))
            Assert.True(
                model.ExplainedPart > 0.98,
                $"A rank of {rank} can fit exactly, but the explained part is {model.ExplainedPart}.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zero_rows_and_columns_get_zeros(bool sparse)
    {
        var values = Values;
        for (var i = 0; i < Features; i++)
            values[(5 * Features) + i] = 0;
        for (var n = 0; n < Samples; n++)
            values[(n * Features) + 8] = 0;
        var data = sparse ? Sparse<float>(values, Samples, Features) : Dense<float>(values, Samples, Features);
        var options = Options(Rank) with { Iterations = Options(Rank).Iterations with { MaximumIterations = 400,
            Tolerance = 0 }, Initialization = NmfInitialization.Random };
        if (!AllowsZeros)
        {
            var error = Assert.Throws<NmfDataException>(() => NmfFactorizer.Fit(data, options));
            Assert.Contains("sample 0, feature 8", error.Message, StringComparison.Ordinal);
            return;
        }

        var model = NmfFactorizer.Fit(data, options);
        var largestActivation = model.Activations.ToRowMajor().Max();
        var largestWeight = model.Dictionary.ToRowMajor().Max();
        Assert.All(
            model.Dictionary.ToRowMajor().Concat(model.Activations.ToRowMajor()),
            v => Assert.True(v >= 0 && float.IsFinite(v)));
        if (ZeroSamplesAreFittedByZeros)
            Assert.All(model.Activations.Row(5).ToArray(), v => Assert.Equal(0, v, 1e-3f * largestActivation));
        if (ZeroFeaturesAreFittedByZeros)
            Assert.All(model.Dictionary.Row(8).ToArray(), v => Assert.Equal(0, v, 1e-3f * largestWeight));
        else
            AssertLessThanAverage(model, 8);
    }

    [Fact]
    public void The_activations_of_the_fit_are_what_transform_gives()
    {
        foreach (var sparse in TakesSparseData ? [false, true] : new[] { false })
        {
            var data = sparse ? Sparse<float>(Values, Samples, Features) : Dense<float>(Values, Samples, Features);
            var model = NmfFactorizer.Fit(data, Options(Rank));
            var again = model.Transform(data);
            if (RowsAreConvex)
            {
                Assert.Equal(model.Activations.ToRowMajor(), again.ToRowMajor());
                Assert.True(
                    IsPenalized || model.Objective <= model.Report.Objective * (1 + 1e-4),
                    $"{model.Objective} against {model.Report.Objective}");
            }
            else
            {
                // The model keeps the activations of the fit, and inference may end in another minimum of some
                // rows: about as good a one.
                using var team = new WorkTeam(1);
                var objective = Options(Rank).Problem.Evaluate(data, model.Dictionary, again, null, team).Value;
                Assert.InRange(objective, 0.96 * model.Objective, 1.03 * model.Objective);
            }
        }
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var data = Dense<float>(Values, Samples, Features);
        var start = Start<float>(Samples, Features, Rank, 21);
        using var team = new WorkTeam(1);
        var solver = Solver<float>.Create(data, Options(Rank), start, team);
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

    private static void AssertRefusesSparse(Action action)
        => Assert.Contains(
            "of sparse data needs a finite β > 0", Assert.Throws<ArgumentOutOfRangeException>(action).Message,
            StringComparison.Ordinal);

    private static void AssertLessThanAverage(NmfModel<float> model, int feature)
    {
        var sums = new double[Features];
        var row = new float[Features];
        for (var n = 0; n < Samples; n++)
        {
            model.ReconstructRow(model.Activations.Row(n), row);
            for (var f = 0; f < Features; f++)
                sums[f] += row[f];
        }

        Assert.True(
            sums[feature] < sums.Average(),
            $"The model sums to {sums[feature]} over the feature of zeros, "
            + $"to {sums.Average()} over the average feature.");
    }

    protected static void AssertClose<T>(T[] expected, T[] actual, double relative)
        where T : IFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Select(double.CreateChecked).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(double.CreateChecked(expected[i]), double.CreateChecked(actual[i]), relative * largest);
    }
}
