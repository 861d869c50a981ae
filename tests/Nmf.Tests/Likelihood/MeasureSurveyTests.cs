using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class MeasureSurveyTests
{
    private const int Samples = 60;
    private const int Features = 40;
    private const int Rank = 3;

    private static readonly MeasureSurveyOptions Options = new()
    {
        Ranks = [Rank], Folds = 2, HeldOutFraction = 0.15, Starts = 1,
        Fit = new NmfOptions { Rank = 1, Iterations = new() { MaximumIterations = 80 } },
    };

    public static TheoryData<string> Planted =>
        ["gaussian", "poisson", "negativeBinomial", "bernoulli", "gamma", "tweedie", "inverseGaussian", "divergence1"];

    [Theory]
    [MemberData(nameof(Planted))]
    public void The_planted_noise_is_named(string name)
    {
        var noise = Noise(name);
        var result = MeasureSurvey.Run(Data(name, noise, seed: 1), Options);
        Assert.True(noise.With(1) == result.Best.Noise.With(1), result.ToText());
        Assert.True(result.Best.ResidualDistance < 2 * result.Best.ResidualLimit, result.ToText());
        Assert.True(result.Best.BehindBest <= 0.02);
        if (noise.HasFreeDispersion)
        {
            // With what the errors of predictions add.
            Assert.InRange(result.Best.Noise.Dispersion!.Value / noise.Dispersion!.Value, 0.7, 2.2);
        }

        Assert.Contains("The data ask for " + noise.InWords, result.ToText(), StringComparison.Ordinal);

        // A wrong noise is far behind, and its residuals tell.
        var last = result.Entries.Last(e => e.Objection is null);
        Assert.True(last.BehindBest > 2 * last.StandardError, result.ToText());
        Assert.True(last.ResidualDistance > last.ResidualLimit, result.ToText());
    }

    [Fact]
    public void Noise_that_data_cannot_have_is_listed_with_the_reason()
    {
        var result = MeasureSurvey.Run(Data("tweedie", Noise("tweedie"), seed: 2), Options with
        {
            Noises = [new GammaNoise(), new PoissonNoise(), new GaussianNoise()],
        });
        Assert.IsType<GaussianNoise>(result.Best.Noise);
        Assert.Contains("is 0", result.Entries.Single(e => e.Noise is GammaNoise).Objection, StringComparison.Ordinal);
        Assert.Contains(
            "whole number", result.Entries.Single(e => e.Noise is PoissonNoise).Objection, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MeasureSurvey.Run(
            Data("tweedie", Noise("tweedie"), seed: 2), Options with { Noises = [new GammaNoise()] }));
    }

    [Fact]
    public void Numbers_so_large_that_all_are_whole_are_no_counts()
    {
        var noise = new GammaNoise(0.2);
        var small = Data("gamma", noise, seed: 3);
        var large = NmfData<float>.FromDense(Array.ConvertAll(
            small.Dense!.ToRowMajor(), x => (float)(1e30 * x)), small.Samples, small.Features);
        var result = MeasureSurvey.Run(large, Options);
        Assert.DoesNotContain(result.Entries, entry => entry.Noise is PoissonNoise or NegativeBinomialNoise);
        Assert.All(result.Entries.Where(e => e.Objection is null), e => Assert.InRange(e.ResidualDistance, 0, 1));
        var asked = MeasureSurvey.Run(large, Options with { Noises = [new PoissonNoise(), new GammaNoise()] });
        Assert.Contains(
            "whole numbers", asked.Entries.Single(e => e.Noise is PoissonNoise).Objection, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_noise_has_the_rank_that_suits_it()
    {
        var result = MeasureSurvey.Run(
            Data("gamma", new GammaNoise(0.05), seed: 3),
            Options with { Ranks = [1, 3, 7], Noises = [new GammaNoise(), new GaussianNoise()] });
        Assert.Equal(Rank, result.Best.Rank);
        Assert.IsType<GammaNoise>(result.Best.Noise);
    }

    [Fact]
    public void Neither_threads_nor_the_unit_of_the_data_matter()
    {
        var data = Data("gamma", Noise("gamma"), seed: 4);
        var options = Options with { Ranks = [2, 3] };
        var expected = MeasureSurvey.Run(data, options with { Threads = 1 });
        var threaded = MeasureSurvey.Run(data, options with { Threads = 5, ConcurrentFits = 3 });
        Assert.Equal(
            expected.Entries.Select(e => (e.Noise, e.Rank, e.HeldOutPerEntry, e.ResidualDistance)),
            threaded.Entries.Select(e => (e.Noise, e.Rank, e.HeldOutPerEntry, e.ResidualDistance)));

        var scaled = data.Dense!.Clone();
        for (var n = 0; n < Samples; n++)
        {
            foreach (ref var value in scaled.Row(n))
                value = Math.ScaleB(value, 30);
        }

        var other = MeasureSurvey.Run(NmfData<double>.FromMatrix(scaled), options);
        foreach (var (a, b) in expected.Entries.Zip(other.Entries))
        {
            Assert.Equal(a.Noise.With(1), b.Noise.With(1));
            Assert.Equal(a.HeldOutPerEntry, b.HeldOutPerEntry + (30 * Math.Log(2)), 1e-4);
        }
    }

    // Gaussian readings that were cut off are no other noise; the limit is no zero, and counts have zeros of their own.
    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public void Data_that_were_cut_off_keep_their_noise(double limit)
    {
        var (w, h) = Factors(8);
        var drawn = NoiseSampling.Draw(w, h, new GaussianNoise(1), seed: 3);
        for (var n = 0; n < Samples; n++)
        {
            foreach (ref var value in drawn.Row(n))
                value = Math.Max(limit, value);
        }

        var data = NmfData<double>.FromMatrix(drawn);
        Assert.Equal(limit, DataCells.Of(data).Limit);
        var result = MeasureSurvey.Run(data, Options);
        Assert.IsType<GaussianNoise>(result.Best.Noise);
        Assert.InRange(result.Best.Noise.Dispersion!.Value, 0.8, 1.6);
        Assert.Contains("cut off", result.ToText(), StringComparison.Ordinal);
        Assert.Null(DataCells.Of(Data("poisson", new PoissonNoise(), seed: 3)).Limit);
        Assert.Null(DataCells.Of(Data("gamma", Noise("gamma"), seed: 3)).Limit);
    }

    [Fact]
    public void Sparse_counts_are_judged_in_blocks()
    {
        using var builder = new NmfDataBuilder<double>(Features);
        var (w, h) = Factors(5, small: true);
        var counts = NoiseSampling.Draw(w, h, new PoissonNoise(), seed: 4);
        for (var n = 0; n < Samples; n++)
            Assert.True(builder.TryAdd(counts.Row(n), out _));
        var data = builder.ToData();
        Assert.True(data.IsSparse);
        var result = MeasureSurvey.Run(data, Options);
        Assert.Contains(result.Best.Noise, (EntryNoiseModel[])[new PoissonNoise(), new NegativeBinomialNoise(
            result.Best.Noise.Dispersion)]);
        Assert.Contains(result.Plausible, e => e.Noise is PoissonNoise);
        Assert.True(result.Entries.Single(e => e.Noise is GaussianNoise).BehindBest > 0.05);
    }

    [Fact]
    public void Options_that_are_wrong_are_named()
    {
        var data = Data("gamma", Noise("gamma"), seed: 6);
        void Throws(MeasureSurveyOptions options, string word) => Assert.Contains(
            word, Assert.ThrowsAny<ArgumentException>(() => MeasureSurvey.Run(data, options)).Message,
            StringComparison.OrdinalIgnoreCase);
        Throws(Options with { Ranks = [] }, "ranks");
        Throws(Options with { Ranks = [0] }, "rank");
        Throws(Options with { Folds = 1 }, "folds");
        Throws(Options with { HeldOutFraction = 0.9 }, "fraction");
        Throws(Options with { Noises = [] }, "noise");
        Throws(Options with { Starts = 0 }, "starts");
        Assert.Contains("weights", Assert.ThrowsAny<ArgumentException>(() => MeasureSurvey.Run(
            data.WithSampleWeights([.. Enumerable.Range(1, Samples).Select(x => (double)x)]), Options)).Message,
            StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => MeasureSurvey.Run(data, Options, cancellationToken: cancelled.Token));
        using var later = new CancellationTokenSource();
        var stops = new Stops(later);
        Assert.ThrowsAny<OperationCanceledException>(
            () => MeasureSurvey.Run(data, Options, stops, later.Token));
    }

    [Fact]
    public void Whole_numbers_get_probabilities_that_add_up_to_one()
    {
        foreach (var noise in new EntryNoiseModel[]
            { new GaussianNoise(0.4), new GaussianNoise(40), new GammaNoise(0.3), new PoissonNoise() })
        {
            double sum = 0;
            for (var v = 0; v < 200; v++)
                sum += Math.Exp(CountCells.LogProbability(noise, v, 12));
            Assert.Equal(1, sum, 1e-3);
        }
    }

    [Fact]
    public void Quantile_residuals_are_uniform_for_the_truth_alone()
    {
        var (w, h) = Factors(7);
        var probabilities = Enumerable.Range(0, 20).Select(seed => QuantileResiduals.Of(
            NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, new GammaNoise(0.5), seed)), w, h,
            new GammaNoise(0.5)).PValue).Order().ToArray();
        Assert.True(
            probabilities[0] > 1e-4 && probabilities[10] is > 0.2 and < 0.8, string.Join(' ', probabilities));
        foreach (var (noise, wrong) in new (EntryNoiseModel, EntryNoiseModel)[]
            {
                (new GammaNoise(0.5), new GaussianNoise()), (new PoissonNoise(), new NegativeBinomialNoise(1)),
                (new TweedieNoise(1.5, 1), new GaussianNoise()),
            })
        {
            var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, noise, seed: 5));
            var right = QuantileResiduals.Of(data, w, h, noise, seed: 3);
            Assert.Equal(Samples * Features, right.Entries);
            Assert.True(right.PValue > 1e-3, $"{noise}: {right.PValue}");
            var other = QuantileResiduals.Of(
                data, w, h, NmfLikelihood.Estimate(data, w, h, wrong), seed: 3);
            Assert.True(other.PValue < 1e-3 || wrong is NegativeBinomialNoise, $"{wrong}: {other.PValue}");
            var threaded = QuantileResiduals.Of(data, w, h, noise, seed: 3, threads: 4);
            Assert.Equal(right.Values.Row(5), threaded.Values.Row(5));
        }
    }

    // Gaussian numbers whose residuals are off by a given distance at one side.
    [Theory]
    [InlineData(1.358, 0.05)]
    [InlineData(1.628, 0.01)]
    public void The_probability_of_a_distance_is_that_of_Kolmogorov(double scaled, double expected)
    {
        const int n = 20_000;
        var distance = scaled / Math.Sqrt(n);
        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            values[i] = 20 + MathNet.Numerics.Distributions.Normal.InvCDF(
                0, 1, Math.Max(((i + 0.5) / n) - distance, 1e-9 * (i + 1)));
        }

        var residuals = QuantileResiduals.Of(
            NmfData<double>.FromDense(values, n, 1), Matrix<double>.FromRowMajor([20.0], 1, 1),
            Matrix<double>.FromRowMajor([.. Enumerable.Repeat(1.0, n)], n, 1), new GaussianNoise(1));
        Assert.Equal(expected, residuals.PValue, 0.004);
    }

    private static EntryNoiseModel Noise(string name) => name switch
    {
        "gaussian" => new GaussianNoise(0.25),
        "poisson" => new PoissonNoise(),
        "negativeBinomial" => new NegativeBinomialNoise(0.25),
        "bernoulli" => new BernoulliNoise(),
        "gamma" => new GammaNoise(0.3),
        "tweedie" => new TweedieNoise(1.5, 0.8),
        "inverseGaussian" => new DivergenceNoise(-1, 0.1),
        _ => new DivergenceNoise(1, 0.2),
    };

    private static NmfData<double> Data(string name, EntryNoiseModel noise, int seed)
    {
        var (w, h) = Factors(seed);
        if (name == "bernoulli")
        {
            // Probabilities: columns of W below 1, shares in H.
            for (var f = 0; f < Features; f++)
            {
                foreach (ref var value in w.Row(f))
                    value = Math.Min(0.97, value / 4);
            }

            for (var n = 0; n < Samples; n++)
            {
                var row = h.Row(n);
                var sum = row[0] + row[1] + row[2];
                for (var k = 0; k < Rank; k++)
                    row[k] /= sum;
            }
        }

        return NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, noise, seed));
    }

    private static (Matrix<double> W, Matrix<double> H) Factors(int seed, bool small = false)
    {
        var random = new Random(seed);
        Matrix<double> Factor(int rows) => Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, rows * Rank).Select(_ => 0.2 - Math.Log(1 - random.NextDouble()))], rows, Rank);
        var (w, h) = (Factor(Features), Factor(Samples));
        for (var n = 0; small && n < Samples; n++)
        {
            foreach (ref var value in h.Row(n))
                value *= 0.05;
        }

        return (w, h);
    }

    private sealed class Stops(CancellationTokenSource source) : IProgress<RankProgress>
    {
        public void Report(RankProgress value) => source.Cancel();
    }
}
