using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>What a fit to a stream must satisfy for every β and update.</summary>
public abstract class OnlineContract
{
    private const int Samples = 230;
    private const int Features = 29;
    private const int Rank = 4;

    protected abstract OnlineNmfOptions Options(int rank);

    private double Beta => Options(1).Beta;

    private bool AllowsZeros => Beta > 0;

    private double[] Values
        => AllowsZeros ? TestData.Counts(Samples, Features, Rank, 1) : TestData.Positive(Samples, Features, Rank, 1);

    private OnlineNmfOptions Small => Options(Rank) with { BatchSize = 32, Passes = 3, Tolerance = 0 };

    [Fact]
    public void Factors_are_nonnegative_and_finite_and_the_averaged_cost_does_not_rise()
    {
        var data = TestData.Dense<double>(Values, Samples, Features);
        var model = Fit(data, Small with { Passes = 8 });

        Assert.All(model.Dictionary.ToRowMajor(), v => Assert.True(v >= 0 && double.IsFinite(v)));
        var costs = model.Report.History.Select(point => point.Objective).ToArray();
        Assert.Equal(8, costs.Length);
        Assert.True(costs[1] < costs[0]);
        // Not guaranteed to fall: a batch is judged before it is learnt, and with forgetting the dictionary
        // follows the last batches.
        for (var i = 1; i < costs.Length; i++)
            Assert.True(costs[i] <= costs[i - 1] * 1.01, $"Pass {i + 1}: {costs[i - 1]:R} -> {costs[i]:R}");
    }

    [Fact]
    public void The_stream_comes_close_to_the_fit_in_memory()
    {
        var data = TestData.Dense<double>(Values, Samples, Features);
        var stream = Fit(data, Options(Rank) with { BatchSize = 32, Passes = 40, Tolerance = 0 });
        var memory = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = Rank, Problem = Beta,
                Iterations = new() { Tolerance = 1e-7, MaximumIterations = 2000 } });

        Assert.True(stream.Objective <= 1.25 * memory.Objective, $"{stream.Objective} against {memory.Objective}");
        Assert.True(stream.ExplainedPart > 0.5);
    }

    [Fact]
    public void The_objective_is_a_close_upper_bound_of_that_of_the_activations_which_transform_gives()
    {
        var data = TestData.Dense<double>(Values, Samples, Features);
        var model = Fit(data, Small);
        var activations = model.Transform(data);
        double expected = 0, constant = 0;
        var values = Values;
        for (var n = 0; n < Samples; n++)
        {
            var row = new double[Features];
            model.ReconstructRow(activations.Row(n), row);
            for (var f = 0; f < Features; f++)
            {
                expected += row[f] == 0 ? 0 : BetaDivergence.Value(values[(n * Features) + f], row[f], Beta);
                constant += BetaDivergence.Value(values[(n * Features) + f], values.Average(), Beta);
            }
        }

        // Where the problem is not convex, the two may also end in different minima.
        Assert.InRange(
            model.Objective, BetaDivergence.IsConvex(Beta) ? expected * (1 - 1e-9) : 0.98 * expected, 1.05 * expected);
        Assert.Equal(1 - (model.Objective / constant), model.ExplainedPart, 1e-6);
        Assert.Equal(1, model.Contributions.Sum(), 1e-9);
        Assert.Equal(model.Contributions.OrderDescending(), model.Contributions);
    }

    [Fact]
    public void A_seed_reproduces_a_fit_and_another_seed_does_not()
    {
        var options = Small with { Initialization = NmfInitialization.Random, Seed = 3 };
        var data = TestData.Dense<float>(Values, Samples, Features);
        var first = Fit(data, options);
        var second = Fit(data, options);
        var other = Fit(data, options with { Seed = 4 });
        Assert.Equal(first.Dictionary.ToRowMajor(), second.Dictionary.ToRowMajor());
        Assert.NotEqual(first.Dictionary.ToRowMajor(), other.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_does_not_change_a_bit(bool sparse)
    {
        const int samples = 150, features = 1000, rank = 17;
        var values =
            AllowsZeros ? TestData.Counts(samples, features, 3, 2) : TestData.Positive(samples, features, 3, 2);
        var data = sparse
            ? TestData.Sparse<float>(values, samples, features)
            : TestData.Dense<float>(values, samples, features);
        var options = Options(rank) with { BatchSize = 100, Passes = 2, Tolerance = 0,
            Learning = Options(rank).Learning with { InnerIterations = 3 },
            Inference = Options(rank).Inference with { MaximumIterations = 5 } };
        if (sparse && !AllowsZeros)
        {
            AssertRefusesSparse(() => Fit(data, options));
            return;
        }

        var one = Fit(data, options with { Threads = 1 });
        foreach (var threads in new[] { 2, 3 })
        {
            var many = Fit(data, options with { Threads = threads });
            Assert.Equal(one.Dictionary.ToRowMajor(), many.Dictionary.ToRowMajor());
            Assert.Equal(one.Report.History.Select(p => p.Objective), many.Report.History.Select(p => p.Objective));
            Assert.Equal(one.Objective, many.Objective);
        }
    }

    [Fact]
    public void Sparse_equals_dense()
    {
        var dense = TestData.Dense<double>(Values, Samples, Features);
        var sparse = TestData.Sparse<double>(Values, Samples, Features);
        var options = Small with { Initialization = NmfInitialization.Random };
        if (!AllowsZeros)
        {
            AssertRefusesSparse(() => Fit(sparse, options));
            return;
        }

        var a = Fit(dense, options);
        var b = Fit(sparse, options);

        Assert.Equal(a.Objective, b.Objective, 1e-9 * a.Objective);
        AssertClose(a.Dictionary, b.Dictionary, 1e-8);
    }

    [Fact]
    public void Float_follows_double()
    {
        var single = TestData.Dense<float>(Values, Samples, Features);
        var @double = TestData.Dense<double>(Array.ConvertAll(Values, v => (double)(float)v), Samples, Features);
        var a = Fit(single, Small);
        var b = Fit(@double, Small);

        Assert.Equal(b.Objective, a.Objective, 1e-3 * b.Objective);
    }

    [Theory]
    [InlineData(1, 12, 1)]
    [InlineData(12, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(9, 3, 7)]
    [InlineData(40, 2, 5)]
    public void Extreme_shapes_fit(int samples, int features, int rank)
    {
        var data = TestData.Dense<float>(TestData.Positive(samples, features, 2, 3), samples, features);
        foreach (var batchSize in new[] { 1, 7, int.MaxValue })
        {
            var model = Fit(data, Options(rank) with { BatchSize = batchSize, Passes = 30, Tolerance = 0 });
            Assert.All(model.Dictionary.ToRowMajor(), v => Assert.True(v >= 0 && float.IsFinite(v)));
            Assert.True(double.IsFinite(model.Objective) && model.ExplainedPart <= 1);
        }
    }

    [Fact]
    public void Zero_samples_features_and_batches_teach_nothing()
    {
        var values = Values;
        for (var n = 0; n < Samples; n++)
        {
            values[(n * Features) + 8] = 0;
            if (n is 50 or (>= 64 and < 96) or < 32)
                Array.Clear(values, n * Features, Features);
        }

        foreach (var sparse in new[] { false, true })
        {
            var data = sparse
                ? TestData.Sparse<float>(values, Samples, Features)
                : TestData.Dense<float>(values, Samples, Features);
            var options = Small with { Passes = 30, Initialization = NmfInitialization.Random };
            if (!AllowsZeros)
            {
                Assert.Contains(
                    "sample 0, feature 0", Assert.Throws<NmfDataException>(() => Fit(data, options)).Message,
                    StringComparison.Ordinal);
                continue;
            }

            var model = Fit(data, options);
            Assert.All(
                model.Dictionary.Row(8).ToArray(),
                v => Assert.Equal(0, v, 1e-3f * model.Dictionary.ToRowMajor().Max()));
            Assert.All(model.Dictionary.ToRowMajor(), v => Assert.True(float.IsFinite(v)));
            Assert.True(model.ExplainedPart > 0);
        }
    }

    [Fact]
    public void Cancellation_stops_within_one_batch()
    {
        using var source = new CancellationTokenSource();
        var data = TestData.Dense<float>(Values, Samples, Features);
        var batches = 0;
        var progress = new Recorder(_ =>
        {
            if (++batches == 11)
                source.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(() => OnlineFactorizer.Fit(
            NmfBatchSource.FromData(data), Small with { Passes = 1000 }, progress: progress,
            cancellationToken: source.Token));

        Assert.Equal(11, batches);
    }

    [Fact]
    public void A_cancelled_batch_leaves_the_learner_as_it_was()
    {
        var data = TestData.Dense<double>(Values, Samples, Features);
        using var learner = new OnlineNmf<double>(Small);
        learner.PartialFit(data);
        var before = learner.CopyDictionary();

        Assert.ThrowsAny<OperationCanceledException>(() => learner.PartialFit(data, new CancellationToken(true)));

        var after = learner.CopyDictionary();
        Assert.Equal(before.ToRowMajor(), after.ToRowMajor());
        Assert.Equal(Samples, learner.SamplesSeen);
    }

    private static NmfModel<T> Fit<T>(NmfData<T> data, OnlineNmfOptions options)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => OnlineFactorizer.Fit(NmfBatchSource.FromData(data), options);

    private static void AssertRefusesSparse(Action action)
        => Assert.Contains(
            "of sparse data needs a finite β > 0", Assert.Throws<ArgumentOutOfRangeException>(action).Message,
            StringComparison.Ordinal);

    private static void AssertClose(Matrix<double> expected, Matrix<double> actual, double relative)
    {
        var largest = expected.ToRowMajor().Max();
        Assert.All(
            expected.ToRowMajor().Zip(actual.ToRowMajor()),
            pair => Assert.Equal(pair.First, pair.Second, relative * largest));
    }

    private sealed class Recorder(Action<OnlineFitProgress> action) : IProgress<OnlineFitProgress>
    {
        public void Report(OnlineFitProgress value) => action(value);
    }
}
