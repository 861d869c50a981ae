using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class OnlineNmfTests
{
    private const int Samples = 120;
    private const int Features = 17;
    private const int Rank = 3;

    private static readonly OnlineNmfOptions Options = new() { Rank = Rank, Beta = 1, Threads = 1 };

    [Fact]
    public void A_batch_of_zeros_teaches_nothing_and_is_counted()
    {
        var zeros = NmfData<float>.FromDense(new float[5 * Features], 5, Features, isBatch: true);
        Assert.Contains("isBatch", Assert.Throws<NmfDataException>(
            () => NmfData<float>.FromDense(new float[5 * Features], 5, Features)).Message);
        using var learner = new OnlineNmf<float>(Options with { Beta = 2 });
        Assert.Equal(0, learner.PartialFit(zeros));
        Assert.Null(learner.Features);
        learner.PartialFit(Batch(1));
        var before = learner.ToModel().Dictionary.ToRowMajor();
        Assert.Equal(0, learner.PartialFit(zeros));
        Assert.Equal(before, learner.ToModel().Dictionary.ToRowMajor());
        Assert.Equal(Samples + 10, learner.SamplesSeen);
    }

    [Fact]
    public void A_saved_learner_goes_on_with_the_same_bits()
    {
        var path = Path.GetTempFileName();
        try
        {
            var first = Batch(1);
            var second = Batch(2);
            foreach (var options in new[] { Options, Options with { Beta = 2 }, Options with { Beta = 0.5 } })
            {
                using var learner = new OnlineNmf<float>(options);
                learner.PartialFit(first);
                learner.Save(path);
                using var loaded = OnlineNmf<float>.Load(path, options);
                Assert.Equal(learner.PartialFit(second), loaded.PartialFit(second));
                var expected = learner.ToModel();
                var actual = loaded.ToModel();
                Assert.Equal(expected.Dictionary.ToRowMajor(), actual.Dictionary.ToRowMajor());
                Assert.Equal(expected.Contributions, actual.Contributions);
                Assert.Equal(2L * Samples, loaded.SamplesSeen);
                Assert.Equal(2, loaded.BatchesSeen);
            }

            Assert.Contains(
                "beta is 0.5 there but 1 here",
                Assert.Throws<NmfCheckpointException>(() => OnlineNmf<float>.Load(path, Options)).Message);
            Assert.Contains("precision is Single there but Double here", Assert.Throws<NmfCheckpointException>(
                () => OnlineNmf<double>.Load(path, Options with { Beta = 0.5 })).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_model_can_be_taken_at_any_time_and_is_a_copy()
    {
        var first = Batch(1);
        var second = Batch(2);
        using var learner = new OnlineNmf<float>(Options);
        learner.PartialFit(first);
        var early = learner.ToModel();
        var dictionary = early.Dictionary.ToRowMajor();
        learner.PartialFit(second);
        var late = learner.ToModel();

        Assert.Equal(dictionary, early.Dictionary.ToRowMajor());
        Assert.NotEqual(dictionary, late.Dictionary.ToRowMajor());
        var activations = late.Transform(first);
        Assert.Equal(Samples, activations.Rows);
        for (var k = 0; k < Rank; k++)
            Assert.Equal(1, Enumerable.Range(0, Features).Sum(f => late.Dictionary[f, k]), 1e-5);
    }

    private static NmfProblem[] ProblemsThatAreMore =>
    [
        new BetaNmf(1) { Penalties = [new LogPenalty(0.1, 1)] },
        new BetaNmf(1) { Known = KnownComponents.FromColumns([Enumerable.Repeat(1f, Features).ToArray()]) },
        new AutomaticRelevance(1),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_model_of_more_than_a_divergence_is_no_start(int number)
    {
        var model = NmfFactorizer.Fit(Batch(1), new NmfOptions { Rank = Rank, Problem = ProblemsThatAreMore[number] });
        var options = Options with { Rank = model.Dictionary.Columns };
        var error = Assert.Throws<ArgumentException>(() => OnlineNmf<float>.FromModel(model, options));
        Assert.Contains("give its Dictionary to the constructor", error.Message);
        using var learner = new OnlineNmf<float>(options, model.Dictionary);
        Assert.True(learner.PartialFit(Batch(2)) > 0);
    }

    [Fact]
    public void New_data_move_a_model_the_less_the_more_it_counts()
    {
        var first = Batch(1);
        var second = Batch(2);
        var model = NmfFactorizer.Fit(
            first, new NmfOptions { Rank = Rank, Problem = 1, Scale = ComponentScale.UnitSum });
        double Distance(double weight)
        {
            using var learner = OnlineNmf<float>.FromModel(
                model, Options with { StartWeight = weight, Learning = new() { Forgetting = 1 } });
            // From where the model begins here: its zeros are raised.
            var before = Dictionary(learner);
            learner.PartialFit(second);
            return Math.Sqrt(Dictionary(learner).Zip(before).Sum(
                p => (p.First - p.Second) * (p.First - p.Second)));
        }

        float[] Dictionary(OnlineNmf<float> learner)
        {
            var dictionary = learner.CopyDictionary();
            Components.Rescale(dictionary, new Matrix<float>(0, Rank), ComponentScale.UnitSum);
            return dictionary.ToRowMajor();
        }

        var distances = new[] { 0.0, Samples, 10 * Samples, 1e9 }.Select(Distance).ToArray();
        Assert.Equal(distances.OrderDescending(), distances);
        Assert.True(distances[0] > 0.01 && distances[3] < 1e-5);
    }

    [Fact]
    public void A_stream_that_changes_is_followed_and_a_feature_that_was_never_seen_comes_in()
    {
        // The first half of the stream lives on the first eight features, the second on the last nine.
        NmfData<double> Part(int seed, int from, int to)
        {
            var values = TestData.Positive(Samples, Features, Rank, seed);
            for (var i = 0; i < values.Length; i++)
                values[i] = i % Features >= from && i % Features < to ? values[i] : 0;
            return TestData.Dense<double>(values, Samples, Features);
        }

        foreach (var beta in new[] { 1, 1.5, 2 })
        {
            using var learner = new OnlineNmf<double>(Options with { Beta = beta,
                Initialization = NmfInitialization.Random, Learning = new() { ForgettingPeriod = Samples } });
            var before = Part(1, 0, 8);
            var after = Part(2, 8, Features);
            for (var i = 0; i < 20; i++)
                learner.PartialFit(before);
            var surprised = learner.PartialFit(after);
            double used = 0;
            for (var i = 0; i < 40; i++)
                used = learner.PartialFit(after);
            Assert.True(used < 0.2 * surprised, $"beta {beta}: {surprised} -> {used}");
        }
    }

    [Fact]
    public void Bad_batches_and_options_are_named()
    {
        var batch = Batch(1);
        var narrow = TestData.Dense<float>(TestData.Positive(5, 4, 2, 1), 5, 4);
        using var learner = new OnlineNmf<float>(Options);
        Assert.Throws<InvalidOperationException>(learner.ToModel);
        learner.PartialFit(batch);
        Assert.Contains(
            "has 4 features, but the dictionary has 17",
            Assert.Throws<ArgumentException>(() => learner.PartialFit(narrow)).Message);
        using var spectra = new OnlineNmf<float>(Options with { Beta = 0 });
        Assert.Contains(
            "is 0, where the divergence with beta = 0 is infinite",
            Assert.Throws<NmfDataException>(() => spectra.PartialFit(batch)).Message);
        var dictionary = new Matrix<float>(Features, 2);
        Assert.Contains(
            "has 2 components, but the rank is 3",
            Assert.Throws<ArgumentException>(() => new OnlineNmf<float>(Options, dictionary)).Message);
        var negative = new Matrix<float>(Features, Rank);
        negative[4, 1] = -1;
        Assert.Contains(
            "feature 4, component 1",
            Assert.Throws<NmfDataException>(() => new OnlineNmf<float>(Options, negative)).Message);
        Assert.Throws<FileNotFoundException>(() => OnlineNmf<float>.Load("/nonexistent.learner", Options));
        foreach (var (options, words) in new (OnlineNmfOptions, string)[]
        {
            (Options with { BatchSize = 0 }, "The batch size must be greater than zero."),
            (Options with { Passes = 0 }, "The number of passes must be greater than zero."),
            (Options with { Learning = new() { Forgetting = 0 } },
                "The forgetting must be greater than 0 and at most 1."),
            (Options with { Learning = new() { Forgetting = 1.1 } },
                "The forgetting must be greater than 0 and at most 1."),
            (Options with { Learning = new() { Forgetting = double.NaN } },
                "The forgetting must be greater than 0 and at most 1."),
            (Options with { Learning = new() { ForgettingPeriod = 0 } },
                "The forgetting period must be greater than zero."),
            (Options with { StartWeight = -1 }, "The weight of the start must be finite and not negative."),
            (Options with { Learning = new() { InnerIterations = 0 } },
                "The number of inner iterations must be between 1 and 1000000."),
            (Options with { Learning = new() { InnerTolerance = -1 } }, "The inner tolerance must not be negative."),
            (Options with { Learning = new() { Update = OnlineUpdate.LeastSquares } },
                "minimises the divergence with beta = 2 only, not that with beta = 1"),
            (Options with { Learning = new() { Update = (OnlineUpdate)7 } }, "There is no online update 7."),
            (Options with { Rank = 0 }, "The rank must be greater than zero."),
        })
        {
            Assert.Contains(words, Assert.Throws<ArgumentException>(() => new OnlineNmf<float>(options)).Message);
        }
    }

    private static NmfData<float> Batch(int seed)
        => TestData.Dense<float>(TestData.Counts(Samples, Features, Rank, seed), Samples, Features);
}
