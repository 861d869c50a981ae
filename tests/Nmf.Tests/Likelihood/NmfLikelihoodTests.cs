using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class NmfLikelihoodTests
{
    private const int Samples = 50;
    private const int Features = 30;
    private const int Rank = 3;

    private static readonly NmfOptions Fit = new()
    {
        Rank = Rank, Iterations = new() { MaximumIterations = 100, Tolerance = 0 }, Threads = 1,
    };

    [Fact]
    public void A_likelihood_is_the_sum_of_the_log_densities_of_the_observed_entries()
    {
        var (w, h) = Planted(1);
        var values = NoiseSampling.Draw(w, h, new GammaNoise(0.3), seed: 4);
        (values.Row(3)[7], values.Row(49)[0]) = (double.NaN, double.NaN);
        var noise = new GammaNoise(0.4);
        var result = NmfLikelihood.Of(NmfData<double>.FromMatrix(values, MissingValues.NaN), w, h, noise);
        var expected = new double[Samples];
        for (var n = 0; n < Samples; n++)
        {
            for (var f = 0; f < Features; f++)
            {
                double y = 0;
                for (var k = 0; k < Rank; k++)
                    y += h.Row(n)[k] * w.Row(f)[k];
                expected[n] += double.IsNaN(values.Row(n)[f]) ? 0 : noise.LogDensity(values.Row(n)[f], y);
            }

            Assert.Equal(expected[n], result.SampleLogLikelihoods[n], 1e-9);
        }

        Assert.Equal((Samples * Features) - 2, result.Entries);
        Assert.Equal(expected.Sum(), result.LogLikelihood, 1e-8);
        Assert.Equal(Rank * (Samples + Features - 1), result.Parameters);
        Assert.Equal((2 * result.Parameters!.Value) - (2 * expected.Sum()), result.AkaikeCriterion!.Value, 1e-7);
        Assert.Equal(
            (Math.Log(result.Entries) * result.Parameters.Value) - (2 * expected.Sum()),
            result.BayesianCriterion!.Value, 1e-7);
        Assert.Equal(Math.Exp(-expected.Sum() / result.Entries), result.Perplexity, 1e-9);
    }

    [Fact]
    public void Poisson_noise_is_multinomial_noise_times_that_of_the_totals()
    {
        var (w, h) = Planted(2);
        var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, new PoissonNoise(), seed: 1));
        var poisson = NmfLikelihood.Of(data, w, h, new PoissonNoise());
        var multinomial = NmfLikelihood.Of(data, w, h, new MultinomialNoise());
        for (var n = 0; n < Samples; n++)
        {
            double total = 0, mean = 0;
            for (var f = 0; f < Features; f++)
            {
                total += data.Dense!.Row(n)[f];
                for (var k = 0; k < Rank; k++)
                    mean += h.Row(n)[k] * w.Row(f)[k];
            }

            Assert.Equal(
                poisson.SampleLogLikelihoods[n],
                multinomial.SampleLogLikelihoods[n] + new PoissonNoise().LogDensity(total, mean), 1e-9);
        }

        // A model that hesitates among all words alike.
        var flat = NmfLikelihood.Of(
            data, Matrix<double>.FromRowMajor([.. Enumerable.Repeat(1.0, Features)], Features, 1),
            Matrix<double>.FromRowMajor([.. Enumerable.Repeat(1.0, Samples)], Samples, 1), new MultinomialNoise());
        Assert.Equal(Features, flat.Perplexity, 1e-9);
        Assert.True(multinomial.Perplexity < Features);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(0.5)]
    public void The_fit_that_lowers_the_divergence_raises_the_likelihood(double beta)
    {
        var (w, h) = Planted(3);
        EntryNoiseModel noise = beta switch
        {
            2 => new GaussianNoise(0.2), 1 => new PoissonNoise(), 0 => new GammaNoise(0.1),
            _ => new TweedieNoise(1.5, 0.2),
        };
        var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, noise, seed: 1));
        var previous = (Objective: double.PositiveInfinity, Log: double.NegativeInfinity);
        for (var iterations = 1; iterations <= 16; iterations *= 2)
        {
            var model = NmfFactorizer.Fit(data, Fit with
            {
                Problem = noise.Problem, Initialization = NmfInitialization.Random,
                Solver = NmfSolver.MultiplicativeUpdate,
                Iterations = new() { MaximumIterations = iterations, Tolerance = 0 },
                Inference = new() { MaximumIterations = 1 }, Scale = ComponentScale.None,
            });
            var w1 = model.Dictionary;
            var log = NmfLikelihood.Of(data, w1, model.Activations, noise).LogLikelihood;
            if (!double.IsPositiveInfinity(previous.Objective))
            {
                Assert.Equal(
                    (previous.Objective - model.Objective) / noise.Dispersion!.Value, log - previous.Log,
                    1e-6 * Math.Abs(log));
            }

            previous = (model.Objective, log);
        }
    }

    [Fact]
    public void The_dispersion_of_planted_noise_is_found()
    {
        var (w, h) = Planted(4);
        foreach (var noise in new EntryNoiseModel[]
            {
                new GaussianNoise(0.1), new GammaNoise(0.3), new TweedieNoise(1.4, 0.3), new NegativeBinomialNoise(0.5),
                new DivergenceNoise(1, 0.05),
            })
        {
            var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, noise, seed: 1));
            var unknown = noise switch
            {
                GaussianNoise => new GaussianNoise(),
                GammaNoise => new GammaNoise(),
                TweedieNoise => new TweedieNoise(1.4),
                NegativeBinomialNoise => new NegativeBinomialNoise(),
                _ => (EntryNoiseModel)new DivergenceNoise(1),
            };

            // The truth uses up no parameters; a fit does.
            var largest = NmfLikelihood.Of(data, w, h, unknown);
            Assert.Equal(1, largest.Noise.Dispersion!.Value / noise.Dispersion!.Value, 0.12);
            Assert.True(largest.LogLikelihood >= NmfLikelihood.Of(data, w, h, noise).LogLikelihood);
            Assert.Equal(
                (Rank * (Samples + Features - 1)) + 1, largest.Parameters);
            var model = NmfFactorizer.Fit(data, Fit with { Problem = noise.Problem });
            var estimate = NmfLikelihood.Estimate(data, model.Dictionary, model.Activations, unknown);
            var ratio = estimate.Dispersion!.Value / noise.Dispersion.Value;
            Assert.True(Math.Abs(ratio - 1) < (noise.IsDiscrete ? 0.5 : 0.2), $"{noise}: {estimate}");
        }
    }

    // Of ten small data sets: what a fit takes of the noise is given back.
    [Fact]
    public void The_dispersion_of_counts_is_that_of_the_noise_and_not_of_the_residuals()
    {
        var (corrected, likeliest) = (0.0, 0.0);
        for (var seed = 0; seed < 10; seed++)
        {
            var (w, h) = Planted(20 + seed);
            Scale(w, 5);
            var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, new NegativeBinomialNoise(0.3), seed));
            var model = NmfFactorizer.Fit(data, Fit with { Problem = BetaDivergence.KullbackLeibler });
            corrected += NmfLikelihood.Estimate(
                data, model.Dictionary, model.Activations, new NegativeBinomialNoise()).Dispersion!.Value / 10;
            likeliest += NmfLikelihood.Of(model, data, new NegativeBinomialNoise()).Noise.Dispersion!.Value / 10;
        }

        Assert.InRange(corrected, 0.27, 0.33);
        Assert.True(likeliest < 0.27, $"{likeliest}");
    }

    [Fact]
    public void Sparse_counts_are_as_likely_as_dense_ones()
    {
        var (w, h) = Planted(7);
        Scale(w, 0.1);
        var counts = NoiseSampling.Draw(w, h, new PoissonNoise(), seed: 2);
        using var builder = new NmfDataBuilder<double>(Features);
        for (var n = 0; n < Samples; n++)
            Assert.True(builder.TryAdd(counts.Row(n), out _));
        var (dense, sparse) = (NmfData<double>.FromMatrix(counts), builder.ToData());
        Assert.True(sparse.IsSparse);
        foreach (var noise in new NoiseModel[]
            { new PoissonNoise(), new MultinomialNoise(), new NegativeBinomialNoise(0.4) })
        {
            var expected = NmfLikelihood.Of(dense, w, h, noise);
            var actual = NmfLikelihood.Of(sparse, w, h, noise, threads: 2);
            Assert.Equal(expected.LogLikelihood, actual.LogLikelihood, 1e-9 * -expected.LogLikelihood);
            Assert.Equal(expected.Perplexity, actual.Perplexity, 1e-9 * expected.Perplexity);
            Assert.Equal(expected.Entries, actual.Entries);
            Assert.Equal(expected.SampleLogLikelihoods[5], actual.SampleLogLikelihoods[5], 1e-9);
            Assert.Equal(
                actual.SampleLogLikelihoods, NmfLikelihood.Of(sparse, w, h, noise, threads: 5).SampleLogLikelihoods);
        }
    }

    [Fact]
    public void New_samples_are_judged_by_the_half_that_their_activations_have_not_seen()
    {
        var (w, h) = Planted(5, 2 * Samples);
        var all = NoiseSampling.Draw(w, h, new GammaNoise(0.05), seed: 3);
        var (train, test) = (Rows(all, 0, Samples), Rows(all, Samples, Samples));
        double PerEntry(int rank)
        {
            var model = NmfFactorizer.Fit(
                train, Fit with { Rank = rank, Problem = BetaDivergence.ItakuraSaito, Starts = 3 });
            var noise = NmfLikelihood.Estimate(train, model.Dictionary, model.Activations, new GammaNoise());
            var result = NmfLikelihood.OfNewSamples(model, test, noise, seed: 9);
            Assert.Null(result.Parameters);
            Assert.Null(result.AkaikeCriterion);
            Assert.Equal(0.5, result.Entries / (double)(Samples * Features), 0.06);
            return result.PerEntry;
        }

        // More components than planted fit better and predict worse; fewer do neither.
        Assert.True(PerEntry(Rank) > PerEntry(1));
        Assert.True(PerEntry(Rank) > PerEntry(9));
    }

    [Fact]
    public void Single_precision_follows_double_and_threads_do_not_matter()
    {
        var (w, h) = Planted(6);
        var values = NoiseSampling.Draw(w, h, new GammaNoise(0.3), seed: 4);
        var data = NmfData<double>.FromMatrix(values);
        var expected = NmfLikelihood.Of(data, w, h, new GammaNoise(), threads: 1);
        var threaded = NmfLikelihood.Of(data, w, h, new GammaNoise(), threads: 7);
        Assert.Equal(expected.SampleLogLikelihoods, threaded.SampleLogLikelihoods);
        var single = NmfLikelihood.Of(
            NmfData<float>.FromMatrix(Single(values)), Single(w), Single(h), new GammaNoise());
        Assert.Equal(expected.LogLikelihood, single.LogLikelihood, 1e-4 * Math.Abs(expected.LogLikelihood));
    }

    [Fact]
    public void Sparse_counts_have_the_likelihood_of_dense_ones()
    {
        var (w, h) = Planted(7);
        for (var n = 0; n < Samples; n++)
        {
            foreach (ref var value in h.Row(n))
                value *= 0.03;
        }

        var counts = NoiseSampling.Draw(w, h, new NegativeBinomialNoise(3), seed: 4);
        var dense = NmfLikelihood.Of(NmfData<double>.FromMatrix(counts), w, h, new NegativeBinomialNoise());
        using var builder = new NmfDataBuilder<double>(Features);
        for (var n = 0; n < Samples; n++)
            Assert.True(builder.TryAdd(counts.Row(n), out _));
        var data = builder.ToData();
        Assert.True(data.IsSparse);
        var sparse = NmfLikelihood.Of(data, w, h, new NegativeBinomialNoise());
        Assert.Equal(dense.SampleLogLikelihoods, sparse.SampleLogLikelihoods);
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var (w, h) = Planted(8);
        var values = NoiseSampling.Draw(w, h, new GammaNoise(0.3), seed: 4);
        values.Row(11)[5] = 0;
        var data = NmfData<double>.FromMatrix(values);
        var zero = Assert.Throws<NmfDataException>(() => NmfLikelihood.Of(data, w, h, new GammaNoise(1)));
        Assert.Equal((11, 5, 0.0), (zero.Sample, zero.Feature, zero.Value));
        var count = Assert.Throws<NmfDataException>(() => NmfLikelihood.Of(data, w, h, new PoissonNoise()));
        Assert.Contains("whole number", count.Message, StringComparison.Ordinal);
        Assert.Contains("weights", Assert.Throws<ArgumentException>(() => NmfLikelihood.Of(
            data.WithSampleWeights(Enumerable.Range(1, Samples).Select(x => (double)x).ToArray()), w, h,
            new GaussianNoise(1))).Message, StringComparison.Ordinal);
        Assert.Contains("do not go with", Assert.Throws<ArgumentException>(
            () => NmfLikelihood.Of(data, h, w, new GaussianNoise(1))).Message, StringComparison.Ordinal);
        var model = NmfFactorizer.Fit(data, Fit);
        Assert.Contains("Estimate", Assert.Throws<InvalidOperationException>(
            () => NmfLikelihood.OfNewSamples(model, data, new GaussianNoise())).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => NoiseSampling.Draw(w, h, new GammaNoise(), 1));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => NmfLikelihood.Of(data, w, h, new GaussianNoise(1), cancellationToken: cancelled.Token));
    }

    [Fact]
    public void Data_of_zeros_and_of_one_entry_have_a_likelihood()
    {
        var one = Matrix<double>.FromRowMajor([2.0], 1, 1);
        var data = NmfData<double>.FromDense([2.0], 1, 1);
        foreach (var noise in new NoiseModel[]
            {
                new GaussianNoise(), new GammaNoise(), new TweedieNoise(), new NegativeBinomialNoise(),
                new PoissonNoise(),
            })
        {
            var result = NmfLikelihood.Of(data, one, Matrix<double>.FromRowMajor([1.0], 1, 1), noise);
            Assert.True(double.IsFinite(result.LogLikelihood), noise.ToString());
        }

        var zeros = NmfData<double>.FromDense(new double[6], 2, 3, isBatch: true);
        Assert.Equal(0, NmfLikelihood.Of(zeros, new Matrix<double>(3, 2), new Matrix<double>(2, 2), new PoissonNoise())
            .LogLikelihood);
        Assert.Equal(0, NmfLikelihood.Of(
            zeros, new Matrix<double>(3, 2), new Matrix<double>(2, 2), new MultinomialNoise()).LogLikelihood);
    }

    private static (Matrix<double> W, Matrix<double> H) Planted(int seed, int samples = Samples)
    {
        var random = new Random(seed);
        Matrix<double> Factor(int rows) => Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, rows * Rank).Select(_ => 0.1 - Math.Log(1 - random.NextDouble()))], rows, Rank);
        return (Factor(Features), Factor(samples));
    }

    private static NmfData<double> Rows(Matrix<double> all, int from, int count)
    {
        var part = new Matrix<double>(count, all.Columns);
        for (var n = 0; n < count; n++)
            all.Row(from + n).CopyTo(part.Row(n));
        return NmfData<double>.FromMatrix(part);
    }

    private static void Scale(Matrix<double> matrix, double factor)
    {
        for (var i = 0; i < matrix.Rows; i++)
        {
            foreach (ref var value in matrix.Row(i))
                value *= factor;
        }
    }

    private static Matrix<float> Single(Matrix<double> matrix)
    {
        var single = new Matrix<float>(matrix.Rows, matrix.Columns);
        for (var i = 0; i < matrix.Rows; i++)
        {
            for (var j = 0; j < matrix.Columns; j++)
                single.Row(i)[j] = (float)matrix.Row(i)[j];
        }

        return single;
    }
}
