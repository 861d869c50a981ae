using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>
/// What every model that <see cref="NmfFactorizer"/> fits must satisfy beside what its solver must; a new one is
/// tested by a subclass of a few lines.
/// </summary>
public abstract partial class ModelContract : SolverContract
{
    protected abstract NmfOptions Options(int rank);

    private protected override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => Solver<T>.Create(data, Options(start.Dictionary.Columns, data.Samples), start, team);

    protected override bool AllowsZeros => Options(1).Problem.Entry.AllowsZeros;

    protected override bool TakesSparseData => Beta > 0;

    /// <summary>The same where what is asked for depends on the number of samples.</summary>
    protected virtual NmfOptions Options(int rank, int samples) => Options(rank);

    /// <summary>Whether sparse data are taken where the rows that are not zero are dense.</summary>
    protected virtual bool TakesSparseDataWithZeroRows => TakesSparseData;

    private double Beta => Options(1).Problem.BetaOrNull ?? BetaDivergence.Euclidean;

    /// <summary>Whether the problem of one row has one minimum, so that inference finds the
    /// activations of the fit.</summary>
    protected virtual bool RowsAreConvex => Options(1).Problem.IsInferenceConvex;

    /// <summary>Whether a sample of zeros gets zero activations.</summary>
    protected virtual bool ZeroSamplesAreFittedByZeros => true;

    /// <summary>Whether a feature of zeros gets zeros in the dictionary.</summary>
    protected virtual bool ZeroFeaturesAreFittedByZeros => true;

    /// <summary>Whether a rank as large as the data can represent any data.</summary>
    protected virtual bool FitsAnything => true;

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

    [Theory]
    [InlineData(1, 12, 1)]
    [InlineData(12, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(9, 3, 7)]
    [InlineData(2, 40, 5)]
    public void Extreme_shapes_fit(int samples, int features, int rank)
    {
        var data = Dense<float>(Data(samples, features, false, 3), samples, features);
        var model = NmfFactorizer.Fit(data, Options(rank, samples) with { Iterations =
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

        if (sparse && !TakesSparseDataWithZeroRows)
        {
            AssertRefusesSparse(() => NmfFactorizer.Fit(data, options));
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

    private void AssertLessThanAverage(NmfModel<float> model, int feature)
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
}
