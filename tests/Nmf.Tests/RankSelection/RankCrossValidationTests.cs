using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class RankCrossValidationTests
{
    private const int PlantedRank = 5;
    private const int Samples = 80;
    private const int Features = 60;

    private static readonly RankCrossValidationOptions Options = new()
    {
        Ranks = [3, 4, 5, 6, 8],
        Folds = 3,
        Fit = new NmfOptions { Rank = 1, Problem = 1, Iterations = new() { MaximumIterations = 200 } },
    };

    [Theory]
    [InlineData(HeldOutPattern.Entries, 10, false)]
    [InlineData(HeldOutPattern.Entries, 1.5, true)]
    [InlineData(HeldOutPattern.Blocks, 10, false)]
    [InlineData(HeldOutPattern.Blocks, 4, true)]
    public void Planted_components_of_counts_are_counted(HeldOutPattern pattern, double mean, bool sparse)
    {
        var data = Counts(mean, sparse);
        var result = RankCrossValidation.Run(data, Options with { Pattern = pattern });
        Assert.Equal(PlantedRank, result.BestRank);
        Assert.Equal(PlantedRank, result.OneStandardErrorRank);
        Assert.Equal(pattern, result.Pattern);

        // What the fit saw always falls; the rest does not.
        Assert.Equal(
            result.Entries.Select(e => e.TrainingError).OrderDescending(), result.Entries.Select(e => e.TrainingError));
        Assert.True(result[8].Error > result[5].Error);
        Assert.All(result.Entries, e => Assert.True(e.Error > e.TrainingError));
    }

    [Theory]
    [InlineData(HeldOutPattern.Entries)]
    [InlineData(HeldOutPattern.Blocks)]
    public void Sparse_and_dense_data_give_the_same_answer(HeldOutPattern pattern)
    {
        var dense = Counts(1.5, sparse: false);
        var sparse = Counts(1.5, sparse: true);
        var options = Options with { Ranks = [3, 5], Folds = 2, Starts = 1, Pattern = pattern, Fit = Options.Fit with
        {
            Iterations = Options.Fit.Iterations with { MaximumIterations = 50, Tolerance = 0 },
            Initialization = NmfInitialization.Random, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate
        } };
        var (a, b) = (RankCrossValidation.Run(dense, options), RankCrossValidation.Run(sparse, options));
        Assert.Equal(a.HeldOutEntries, b.HeldOutEntries);
        foreach (var (first, second) in a.Entries.Zip(b.Entries))
            for (var fold = 0; fold < 2; fold++)
                Assert.Equal(first.FoldErrors[fold], second.FoldErrors[fold], 1e-3 * first.FoldErrors[fold]);
    }

    [Fact]
    public void The_result_does_not_depend_on_threads_or_concurrent_fits()
    {
        var data = Counts(4, sparse: false);
        foreach (var pattern in new[] { HeldOutPattern.Entries, HeldOutPattern.Blocks })
        {
            var options = Options with { Ranks = [2, 4, 5], Folds = 2, Starts = 2, Pattern = pattern, Fit =
                Options.Fit with { Iterations = Options.Fit.Iterations with { MaximumIterations = 20 } } };
            var expected = RankCrossValidation.Run(data, options with { Threads = 1 });
            foreach (var (threads, concurrent) in new (int, int?)[] { (2, null), (5, 2), (3, 1) })
            {
                var actual = RankCrossValidation.Run(
                    data, options with { Threads = threads, ConcurrentFits = concurrent });
                for (var i = 0; i < 3; i++)
                {
                    Assert.Equal(expected.Entries[i].FoldErrors, actual.Entries[i].FoldErrors);
                    Assert.Equal(expected.Entries[i].TrainingErrors, actual.Entries[i].TrainingErrors);
                }
            }
        }
    }

    [Fact]
    public void The_error_of_a_fold_is_the_divergence_of_its_entries_from_their_predictions()
    {
        var values = TestData.Counts(20, 15, 3, 4);
        var data = TestData.Dense<double>(values, 20, 15);
        var fold = new HeldOutEntries<double>(data, new CounterRandom(3, RandomStreams.HeldOutEntries), 0.1, 0.35);
        var model = NmfFactorizer.Fit(
            fold.Training, new NmfOptions { Rank = 2, Problem = 1, Iterations = new() { MaximumIterations = 30 } });
        var product = model.Reconstruct(model.Activations);
        var floor = fold.Training.Mean / 1000;
        double expected = 0;
        long heldOut = 0;
        for (var n = 0; n < 20; n++)
        {
            for (var f = 0; f < 15; f++)
            {
                if (!double.IsNaN(fold.Training.Dense!.Row(n)[f]))
                {
                    Assert.Equal(values[(n * 15) + f], fold.Training.Dense.Row(n)[f]);
                    continue;
                }

                expected += BetaDivergence.Value(values[(n * 15) + f], Math.Max(floor, product[n, f]), 1);
                heldOut++;
            }
        }

        using var team = new WorkTeam(1);
        Assert.Equal(heldOut, fold.Entries);
        Assert.InRange(heldOut, 45, 105);
        Assert.Equal(expected, fold.Divergence(model, team, default), 1e-9 * expected);
    }

    [Fact]
    public void The_zeros_of_a_sparse_block_count_like_those_of_a_dense_one()
    {
        var values = TestData.Counts(30, 20, 3, 4);
        var start = TestData.Start<double>(30, 20, 3, 2);
        // Two predictions of zero: one for a zero, one for a count.
        var (zero, count) = (Array.IndexOf(values, 0), Array.FindIndex(values, v => v > 0));
        start.Activations!.Row(zero / 20).Clear();
        start.Activations.Row(count / 20).Clear();
        var dense = Matrix<double>.FromRowMajor(values, 30, 20);
        var sparse = TestData.Sparse<double>(values, 30, 20);
        using var team = new WorkTeam(1);
        foreach (var beta in new[] { 0.5, 1, 1.5, 2 })
        {
            var floor = Predictions<double>.Floor(sparse, beta);
            var predictions = new Predictions<double>(start.Dictionary, start.Activations, beta, floor);
            double expected = 0;
            for (var i = 0; i < values.Length; i++)
            {
                var y = Enumerable.Range(0, 3).Sum(k => start.Activations[i / 20, k] * start.Dictionary[i % 20, k]);
                expected += values[i] == 0
                    ? Math.Pow(y, beta) / beta
                    : BetaDivergence.Value(values[i], Math.Max(floor, y), beta);
            }

            Assert.Equal(beta > 1 ? 0 : 1e-3 * values.Average(), floor, 1e-15);
            Assert.Equal(expected, predictions.DivergenceWithZeros(sparse.Sparse!, team, default), 1e-9 * expected);
            Assert.Equal(expected, predictions.Divergence(dense, default), 0.01 * expected);
        }
    }

    [Fact]
    public void Folds_hold_out_every_entry_at_most_once_and_all_of_them_when_they_cover()
    {
        var data = TestData.Dense<double>(TestData.Positive(20, 15, 3, 4), 20, 15);
        var times = new int[20 * 15];
        for (var number = 0; number < 4; number++)
        {
            var fold = new HeldOutEntries<double>(
                data, new CounterRandom(3, RandomStreams.HeldOutEntries), number * 0.25, (number + 1) * 0.25);
            for (var i = 0; i < times.Length; i++)
                times[i] += double.IsNaN(fold.Training.Dense!.Row(i / 15)[i % 15]) ? 1 : 0;
        }

        Assert.All(times, t => Assert.Equal(1, t));
        var blocks = RankCrossValidation.Run(
            data, Options with { Ranks = [1], Folds = 4, HeldOutFraction = 0.25, Pattern = HeldOutPattern.Blocks });
        Assert.Equal(300, blocks.HeldOutEntries);
    }

    [Fact]
    public void A_block_of_exact_data_is_predicted_by_the_rest()
    {
        // Rank 3 without noise: the other entries determine the block (Owen and Perry 2009).
        var start = TestData.Start<double>(30, 24, 3, 9);
        var product = new Matrix<double>(30, 24);
        for (var n = 0; n < 30; n++)
            for (var f = 0; f < 24; f++)
                for (var k = 0; k < 3; k++)
                    product[n, f] += start.Activations![n, k] * start.Dictionary[f, k];
        var data = NmfData<double>.FromMatrix(product.Clone());
        var fit = new NmfOptions { Rank = 1, Problem = 2,
            Iterations = new() { MaximumIterations = 5000, Tolerance = 1e-9 }, Inference = new() { Tolerance = 1e-9 } };
        var result = RankCrossValidation.Run(
            data,
            new RankCrossValidationOptions { Ranks = [2, 3], Folds = 2, Pattern = HeldOutPattern.Blocks, Fit = fit });
        Assert.True(result[3].Error < 0.05 * result[2].Error, $"{result[3].Error} against {result[2].Error}");
        Assert.Equal(3, result.BestRank);
    }

    [Fact]
    public void Entries_that_are_missing_are_not_held_out_either()
    {
        var values = Array.ConvertAll(TestData.Positive(40, 20, 3, 4), v => v);
        for (var i = 0; i < values.Length; i += 3)
            values[i] = double.NaN;
        var data = NmfData<double>.FromDense(values, 40, 20, MissingValues.NaN);
        var result = RankCrossValidation.Run(data, Options with { Ranks = [2, 3], Folds = 4, HeldOutFraction = 0.25 });
        Assert.Equal(HeldOutPattern.Entries, result.Pattern);
        Assert.Equal(data.ObservedEntries, result.HeldOutEntries);
        Assert.Throws<ArgumentException>(
            () => RankCrossValidation.Run(data, Options with { Pattern = HeldOutPattern.Blocks }));
    }

    [Fact]
    public void Ratings_stay_sparse_and_give_what_the_same_dense_data_give()
    {
        var random = new Random(8);
        var values = TestData.Positive(50, 30, 2, 4);
        var observed = values.Select(_ => random.NextDouble() < 0.4).ToArray();
        var dense = NmfData<double>.FromDense(
            values.Select((v, i) => observed[i] ? v : double.NaN).ToArray(), 50, 30, MissingValues.NaN);
        var matrix = new RowsInTurn<double>(30);
        for (var i = 0; i < values.Length; i++)
        {
            if (i % 30 == 0)
                matrix.BeginRow();
            if (observed[i])
                matrix.Add(i % 30, values[i]);
        }

        var ratings = NmfData<double>.FromMatrix(matrix.ToMatrix(), AbsentEntries.Missing);
        var options = Options with { Ranks = [2], Folds = 2, Starts = 1, Fit = Options.Fit with
        {
            Iterations = Options.Fit.Iterations with { MaximumIterations = 30, Tolerance = 0 },
            Initialization = NmfInitialization.Random
        } };
        var (a, b) = (RankCrossValidation.Run(dense, options), RankCrossValidation.Run(ratings, options));
        Assert.Equal(a.HeldOutEntries, b.HeldOutEntries);
        Assert.Equal(a.Entries[0].Error, b.Entries[0].Error, 1e-6 * a.Entries[0].Error);
        var fold = new HeldOutEntries<double>(ratings, new CounterRandom(0, RandomStreams.HeldOutEntries), 0, 0.1);
        Assert.True(fold.Training.IsSparse);
    }

    [Fact]
    public void Standard_errors_and_the_rank_within_one_of_the_least_follow_their_definitions()
    {
        RankCrossValidationEntry[] entries = [
            new(2, [1.0, 1.4], [0, 0]), new(3, [0.9, 1.1], [0, 0]), new(4, [0.8, 1.0], [0, 0])];
        Assert.Equal(1.2, entries[0].Error, 1e-15);
        Assert.Equal(0.2, entries[0].StandardError!.Value, 1e-15);
        var result = new RankCrossValidationResult(HeldOutPattern.Entries, 4, entries);
        Assert.Equal(4, result.BestRank);
        Assert.Equal(3, result.OneStandardErrorRank);
        Assert.Null(new RankCrossValidationResult(
            HeldOutPattern.Entries, 2, [new(2, [1.0], [0])]).OneStandardErrorRank);
        Assert.Throws<KeyNotFoundException>(() => result[9]);
    }

    [Fact]
    public void Progress_counts_every_start_and_cancellation_stops()
    {
        var data = Counts(4, sparse: false);
        var options = Options with { Ranks = [2, 3], Folds = 2, Starts = 2, Threads = 2, Fit =
            Options.Fit with { Iterations = Options.Fit.Iterations with { MaximumIterations = 5 } } };
        RankProgress? last = null;
        RankCrossValidation.Run(data, options, new Callback(p => last = p));
        Assert.Equal((8, 8), (last!.CompletedFits, last.Fits));

        using var source = new CancellationTokenSource();
        var endless = options with { Fit = options.Fit with { Iterations =
            options.Fit.Iterations with { MaximumIterations = int.MaxValue, Tolerance = 0 } } };
        Assert.ThrowsAny<OperationCanceledException>(
            () => RankCrossValidation.Run(data, endless, new Callback(_ => source.Cancel()), source.Token));
    }

    [Fact]
    public void Bad_options_are_named()
    {
        var data = TestData.Dense<float>(TestData.Positive(8, 2, 1, 1), 8, 2);
        Assert.Contains("number of folds", Error(Options with { Folds = 0 }), StringComparison.Ordinal);
        Assert.Contains("held-out fraction", Error(Options with { HeldOutFraction = 0 }), StringComparison.Ordinal);
        Assert.Contains(
            "held-out fraction", Error(Options with { HeldOutFraction = double.NaN }), StringComparison.Ordinal);
        Assert.Contains(
            "more entries than there are", Error(Options with { Folds = 6, HeldOutFraction = 0.2 }),
            StringComparison.Ordinal);
        Assert.Contains(
            "too few for 3 groups", Error(Options with { Pattern = HeldOutPattern.Blocks }), StringComparison.Ordinal);
        Assert.Contains(
            "fewer than 10 folds",
            Error(Options with { Folds = 10, Pattern = HeldOutPattern.Blocks }, Counts(4, false)),
            StringComparison.Ordinal);
        Assert.Contains("no ranks", Error(Options with { Ranks = [] }), StringComparison.Ordinal);
        var weighted = data.WithSampleWeights([1, 2, 1, 1, 1, 1, 1, 1]);
        Assert.Contains("weights", Error(Options, weighted), StringComparison.Ordinal);

        string Error(RankCrossValidationOptions options, NmfData<float>? other = null)
            => Assert.Throws<ArgumentException>(() => RankCrossValidation.Run(other ?? data, options)).Message;
    }

    /// <summary>Poisson counts of a model with planted components.</summary>
    private static NmfData<float> Counts(double mean, bool sparse)
    {
        var random = new Random(19);
        double Spread() => -Math.Pow(random.NextDouble(), 1 / 0.3) * Math.Log(1 - random.NextDouble());
        var w = Enumerable.Range(0, Features * PlantedRank).Select(_ => Spread()).ToArray();
        var h = Enumerable.Range(0, Samples * PlantedRank).Select(_ => Spread()).ToArray();
        var values = new double[Samples * Features];
        for (var i = 0; i < values.Length; i++)
            values[i] = Enumerable.Range(0, PlantedRank).Sum(
                k => h[(i / Features * PlantedRank) + k] * w[(i % Features * PlantedRank) + k]);
        var scale = mean / values.Average();
        for (var i = 0; i < values.Length; i++)
            values[i] = Poisson(random, scale * values[i]);

        return sparse
            ? TestData.Sparse<float>(values, Samples, Features)
            : TestData.Dense<float>(values, Samples, Features);
    }

    private static int Poisson(Random random, double mean)
    {
        var (count, product, limit) = (-1, 1.0, Math.Exp(-mean));
        do
        {
            count++;
            product *= random.NextDouble();
        }
        while (product > limit);
        return count;
    }

    private sealed class Callback(Action<RankProgress> action) : IProgress<RankProgress>
    {
        public void Report(RankProgress value) => action(value);
    }
}
