using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Weights of samples and of entries.</summary>
public sealed class WeightTests
{
    private const int Samples = 24;
    private const int Features = 17;
    private const int Rank = 3;

    public static TheoryData<double, bool> Storages
        => new() { { 2, false }, { 1, false }, { 0, false }, { 0.7, false }, { 2, true }, { 1, true }, { 1.5, true } };

    [Theory]
    [MemberData(nameof(Storages))]
    public void A_sample_of_integer_weight_counts_like_so_many_samples(double beta, bool sparse)
    {
        var values =
            beta > 0 ? TestData.Counts(Samples, Features, Rank, 6) : TestData.Positive(Samples, Features, Rank, 6);
        var counts = Enumerable.Range(0, Samples).Select(n => n % 4).ToArray();
        var repeated = Enumerable.Range(0, Samples).SelectMany(n => Enumerable.Repeat(n, counts[n])).ToArray();
        var once = sparse
            ? TestData.Sparse<double>(values, Samples, Features)
            : TestData.Dense<double>(values, Samples, Features);
        var weighted = once.WithSampleWeights(Array.ConvertAll(counts, c => (double)c));
        var all = repeated.SelectMany(n => values.Skip(n * Features).Take(Features)).ToArray();
        var duplicated = TestData.Dense<double>(all, repeated.Length, Features);
        Assert.Equal(duplicated.Sum, weighted.Sum, 1e-9 * duplicated.Sum);
        Assert.Equal(duplicated.SumOfSquares, weighted.SumOfSquares, 1e-9 * duplicated.SumOfSquares);
        Assert.Equal(duplicated.Mean, weighted.Mean, 1e-9 * duplicated.Mean);

        var start = TestData.Start<double>(Samples, Features, Rank, 4);
        var copies = TestData.Start<double>(repeated.Length, Features, Rank, 4);
        start.Dictionary.CopyTo(copies.Dictionary);
        for (var i = 0; i < repeated.Length; i++)
            start.Activations!.Row(repeated[i]).CopyTo(copies.Activations!.Row(i));
        using var team = new WorkTeam(2);
        var options = new NmfOptions { Rank = Rank, Problem = beta, Solver = NmfSolver.MultiplicativeUpdate };
        var a = Solver<double>.Create(weighted, options, start, team);
        var b = Solver<double>.Create(duplicated, options, copies, team);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(b.Objective(), a.Objective(), 1e-9 * b.Objective());
            a.Step();
            b.Step();
        }

        var scale = b.W.ToRowMajor().Max();
        Assert.All(a.W.ToRowMajor().Zip(b.W.ToRowMajor()), p => Assert.Equal(p.Second, p.First, 1e-8 * scale));
        for (var i = 0; i < repeated.Length; i++)
            Assert.All(
                a.H.Row(repeated[i]).ToArray().Zip(b.H.Row(i).ToArray()),
                p => Assert.Equal(p.Second, p.First, 1e-8 * (1 + p.Second)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    public void Entries_of_weight_zero_are_missing(double beta)
    {
        var values = TestData.Positive(Samples, Features, Rank, 9);
        var holes = values.Select((v, i) => i % 6 == 2 ? double.NaN : v).ToArray();
        var weights = Matrix<double>.FromRowMajor(
            Array.ConvertAll(holes, v => double.IsNaN(v) ? 0.0 : 1), Samples, Features);
        var all = TestData.Dense<double>(values, Samples, Features);
        var weighted = all.WithWeights(weights);
        var missing = TestData.DenseObserved<double>(holes, Samples, Features);
        Assert.Equal((missing.ObservedEntries, missing.Sum), (weighted.ObservedEntries, weighted.Sum));
        var a = Fit(weighted, beta);
        var b = Fit(missing, beta);
        Assert.Equal(b.Dictionary.ToRowMajor(), a.Dictionary.ToRowMajor());
        Assert.Equal(b.Report.Objective, a.Report.Objective);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0.5)]
    public void Weights_of_entries_are_the_same_in_both_storages_and_times_those_of_the_samples(double beta)
    {
        var values = TestData.Positive(Samples, Features, Rank, 10)
            .Select((v, i) => i % 5 == 1 ? double.NaN : v).ToArray();
        var random = new Random(2);
        var elements = values.Select(_ => 0.2 + random.NextDouble()).ToArray();
        var ofSamples = Enumerable.Range(0, Samples).Select(_ => 0.2 + random.NextDouble()).ToArray();
        var products = elements.Select((m, i) => m * ofSamples[i / Features]).ToArray();

        var dense = TestData.DenseObserved<double>(values, Samples, Features);
        var sparse = TestData.SparseObserved<double>(values, Samples, Features);
        var denseElements = Matrix<double>.FromRowMajor(elements, Samples, Features);
        var denseProducts = Matrix<double>.FromRowMajor(products, Samples, Features);
        var sparseElements = Pattern(elements, values);
        var withElements = dense.WithWeights(denseElements);
        var withBoth = withElements.WithSampleWeights(ofSamples);
        var withProducts = dense.WithWeights(denseProducts);
        var sparseWithElements = sparse.WithWeights(sparseElements);
        var sparseWithBoth = sparseWithElements.WithSampleWeights(ofSamples);
        var expected = Fit(withProducts, beta);
        foreach (var data in new[] { withBoth, sparseWithBoth })
        {
            Assert.Equal(withProducts.Sum, data.Sum, 1e-10 * data.Sum);
            var model = Fit(data, beta);
            Assert.Equal(expected.Objective, model.Objective, 1e-9 * expected.Objective);
            Assert.Equal(expected.ExplainedPart, model.ExplainedPart, 1e-9);
        }

        // Inference minimises the weighted sum, too: the activations of the fit are near its minimum already.
        var again = expected.Transform(withProducts);
        Assert.True(Divergence(again) <= Divergence(expected.Activations) * 1.001);

        double Divergence(Matrix<double> activations)
        {
            var model = expected.Reconstruct(activations);
            return values.Select(
                (v, i) => double.IsNaN(v) ? 0 : products[i] * BetaDivergence.Value(v, model.ToRowMajor()[i], beta))
                .Sum();
        }
    }

    [Theory]
    [InlineData(-0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_bad_weight_is_named_with_its_place(float bad)
    {
        var dense = NmfData<float>.FromDense([1, 2, 3, 4, 5, 6], 2, 3);
        var weights = Matrix<float>.FromRowMajor([1, 1, 1, 1, bad, 1], 2, 3);
        var error = Assert.Throws<NmfDataException>(() => dense.WithWeights(weights));
        Assert.Equal((1, 1), (error.Sample, error.Feature));
        Assert.Equal(1, Assert.Throws<NmfDataException>(() => dense.WithSampleWeights([1, bad])).Sample);

        double[] values = [1, 2, 0, 4, 5, 6];
        var sparse = NmfData<float>.FromMatrix(
            TestData.Stored<float>(values, 2, 3, v => v != 0), AbsentEntries.Missing);
        var stored = TestData.Stored<float>(values, 2, 3, v => v != 0);
        stored.RowMemory(1)[2] = bad;
        error = Assert.Throws<NmfDataException>(() => sparse.WithWeights(stored));
        Assert.Equal((1, 2), (error.Sample, error.Feature));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(1.5, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(1, true)]
    public void Weighted_rows_are_solved_to_the_tolerance_of_inference(double beta, bool penalised)
    {
        const int samples = 50, features = 30;
        const double tolerance = 1e-4;
        var random = new Random(4);
        var plain = TestData.Dense<double>(TestData.Positive(samples, features, 4, 11), samples, features);
        var weights = Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, samples * features).Select(
                _ => random.Next(5) == 0 ? 0 : 0.1 + random.NextDouble())],
            samples, features);
        var data = plain.WithWeights(weights);
        var options = new NmfOptions
        {
            Rank = 4, Problem = new BetaNmf(beta) { Penalties = penalised ? [new L2Penalty(0.3)] : [] },
            Iterations = new() { MaximumIterations = 30 }, Inference = new() { MaximumIterations = 200_000 },
        };
        var rough = NmfFactorizer.Fit(
            plain, options with { Inference = options.Inference with { Tolerance = tolerance } });
        var exact = NmfFactorizer.Fit(plain, options with { Inference = options.Inference with { Tolerance = 1e-9 } });
        Assert.Equal(exact.Dictionary.ToRowMajor(), rough.Dictionary.ToRowMajor());
        var activations = rough.Transform(data);
        var expected = exact.Transform(data);
        for (var n = 0; n < samples; n++)
        {
            // The tolerance is along each axis; the distance of the whole row is longer by the
            // coupling of the components.
            var largest = expected.Row(n).ToArray().Max();
            for (var k = 0; k < 4; k++)
                Assert.True(
                    Math.Abs(activations[n, k] - expected[n, k]) <= 30 * tolerance * largest,
                    $"Row {n}, component {k}: {activations[n, k]} against {expected[n, k]}.");
        }
    }

    [Fact]
    public void Weighted_rows_with_a_logarithm_of_groups_end_where_no_single_activation_can_be_improved()
    {
        const int samples = 20, features = 15;
        var random = new Random(7);
        var plain = TestData.Dense<double>(TestData.Positive(samples, features, 3, 12), samples, features);
        var elements = Enumerable.Range(0, samples * features).Select(_ => 0.1 + random.NextDouble()).ToArray();
        var weights = Matrix<double>.FromRowMajor(elements, samples, features);
        var data = plain.WithWeights(weights);
        var penalty = new GroupPenalty([[0], [1, 2]], [0.5, 0.8], 0.3);
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = 3, Problem = new BetaNmf(1) { Penalties = [penalty] }, Iterations =
                new() { MaximumIterations = 30 }, Inference = new() { Tolerance = 1e-7, MaximumIterations = 20_000 } });
        var activations = model.Transform(data);
        for (var n = 0; n < samples; n++)
        {
            var h = activations.Row(n).ToArray();
            var reached = Objective(n, h);
            for (var k = 0; k < h.Length; k++)
            {
                foreach (var factor in new[] { 0.98, 1.02 })
                {
                    var moved = h.ToArray();
                    moved[k] *= factor;
                    Assert.True(
                        Objective(n, moved) >= reached - (1e-8 * Math.Abs(reached)),
                        $"Row {n}, component {k}: {factor} times the activation is better.");
                }
            }
        }

        double Objective(int n, double[] h)
        {
            double sum = 0;
            for (var f = 0; f < features; f++)
            {
                double y = 0;
                for (var k = 0; k < h.Length; k++)
                    y += h[k] * model.Dictionary[f, k];
                sum += elements[(n * features) + f] * BetaDivergence.Value(plain.Dense![n, f], y, 1);
            }

            // Unit-sum columns: the guarded activations are those of the model.
            return sum + (0.5 * Math.Log(0.3 + h[0])) + (0.8 * Math.Log(0.3 + h[1] + h[2]));
        }
    }

    [Fact]
    public void Weights_that_do_not_fit_or_are_all_zero_are_refused()
    {
        var dense = NmfData<float>.FromDense([1, 2, 3, 4, 5, 6], 2, 3);
        var other = new Matrix<float>(3, 2);
        var zeros = new Matrix<float>(2, 3);
        double[] values = [1, 2, 0, 4, 5, 6];
        var stored = TestData.Stored<float>(values, 2, 3, v => v != 0);
        var otherPattern = TestData.Stored<float>([1, 2, 3, 4, 5, 0], 2, 3, v => v != 0);
        var absentZeros = TestData.Sparse<float>(values, 2, 3);
        var absentMissing = NmfData<float>.FromMatrix(
            TestData.Stored<float>(values, 2, 3, v => v != 0), AbsentEntries.Missing);
        Assert.Throws<ArgumentException>(() => dense.WithWeights(other));
        Assert.Throws<ArgumentException>(() => dense.WithWeights(stored));
        Assert.Throws<ArgumentException>(() => dense.WithSampleWeights([1]));
        Assert.Throws<ArgumentException>(() => absentMissing.WithWeights(zeros));
        Assert.Throws<ArgumentException>(() => absentMissing.WithWeights(otherPattern));
        Assert.Contains(
            "AbsentEntries.Missing", Assert.Throws<ArgumentException>(() => absentZeros.WithWeights(stored)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "missing", Assert.Throws<NmfDataException>(() => dense.WithWeights(zeros)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "zero", Assert.Throws<NmfDataException>(() => dense.WithSampleWeights([0, 0])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "weights",
            Assert.Throws<ArgumentException>(() => Weighted(dense)).Message,
            StringComparison.Ordinal);

        static void Weighted(NmfData<float> data)
        {
            var weighted = data.WithSampleWeights([1, 2]);
            NmfFactorizer.Fit(weighted, new NmfOptions { Rank = 1, Solver = NmfSolver.Hals });
        }
    }

    private static NmfModel<double> Fit(NmfData<double> data, double beta)
        => NmfFactorizer.Fit(
            data,
            new NmfOptions { Rank = Rank, Problem = beta, Iterations = new() { MaximumIterations = 60, Tolerance = 0 },
                Initialization = NmfInitialization.Random, Seed = 1 });

    private static SparseMatrix<double> Pattern(double[] weights, double[] values)
        => TestData.Stored<double>(
            weights.Zip(values, (m, v) => double.IsNaN(v) ? double.NaN : m).ToArray(), Samples, Features,
            m => !double.IsNaN(m));
}
