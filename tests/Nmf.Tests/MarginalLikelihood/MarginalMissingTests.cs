using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Tests;

/// <summary>Maximum marginal likelihood of data of which entries were not observed.</summary>
public sealed class MarginalMissingTests
{
    private const int Samples = 50;
    private const int Features = 20;

    private static readonly MarginalLikelihoodOptions Options = new()
    {
        Rank = 6, Seed = 2, Threads = 1,
        Iterations = new() { MaximumIterations = 80, CheckInterval = 10, Tolerance = 0 },
    };

    public static TheoryData<MarginalNoise, double?> Priors => new()
    {
        { MarginalNoise.Poisson, 1.0 }, { MarginalNoise.Poisson, null },
        { MarginalNoise.Exponential, 1.5 }, { MarginalNoise.Exponential, 1.0 },
    };

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.3)]
    public void Steps_of_counts_are_those_of_sums_over_observed_entries(double alpha)
    {
        const int rank = 3;
        var values = Values(MarginalNoise.Poisson, 5, 0.3);
        var data = TestData.DenseObserved<double>(values, Samples, Features);
        using var team = new WorkTeam(2);
        var start = TestData.Start<double>(Samples, Features, rank, 1);
        var (w, a) = (start.Dictionary.Clone(), start.Activations!.Clone());
        for (var n = 0; n < Samples; n++)
        {
            foreach (ref var x in a.Row(n))
                x += 0.5;
        }

        var solver = new VariationalPoissonSolver<double>(
            data, w.Clone(), a.Clone(), [alpha, alpha, alpha], [1, 1, 1], false, team);
        double[] rate = [1, 1, 1];
        var (b, g, mean) = (new double[Samples, rank], new double[Samples, rank], new double[Samples, rank]);
        void Accept()
        {
            for (var n = 0; n < Samples; n++)
            {
                for (var k = 0; k < rank; k++)
                {
                    b[n, k] = rate[k];
                    for (var f = 0; f < Features; f++)
                        b[n, k] += double.IsNaN(values[(n * Features) + f]) ? 0 : w[f, k];
                    g[n, k] = Math.Exp(MathNet.Numerics.SpecialFunctions.DiGamma(a[n, k])) / b[n, k];
                    mean[n, k] = a[n, k] / b[n, k];
                }
            }
        }

        double Ratio(int n, int f)
        {
            double y = 0;
            for (var k = 0; k < rank; k++)
                y += w[f, k] * g[n, k];
            return double.IsNaN(values[(n * Features) + f]) ? 0 : values[(n * Features) + f] / y;
        }

        Accept();
        for (var iteration = 0; iteration < 6; iteration++)
        {
            var next = new double[Samples, rank];
            for (var n = 0; n < Samples; n++)
            {
                for (var k = 0; k < rank; k++)
                    next[n, k] = alpha + (g[n, k] * Enumerable.Range(0, Features).Sum(f => w[f, k] * Ratio(n, f)));
            }

            for (var n = 0; n < Samples; n++)
            {
                for (var k = 0; k < rank; k++)
                    a[n, k] = next[n, k];
            }

            Accept();
            var moved = w.Clone();
            for (var f = 0; f < Features; f++)
            {
                for (var k = 0; k < rank; k++)
                {
                    double up = 0, down = 0;
                    for (var n = 0; n < Samples; n++)
                    {
                        up += Ratio(n, f) * g[n, k];
                        down += double.IsNaN(values[(n * Features) + f]) ? 0 : mean[n, k];
                    }

                    moved[f, k] = w[f, k] * up / down;
                }
            }

            w = moved;
            for (var k = 0; k < rank; k++)
                rate[k] = alpha * Samples / Enumerable.Range(0, Samples).Sum(n => mean[n, k]);
            solver.Step();
            for (var k = 0; k < rank; k++)
            {
                Assert.Equal(rate[k], solver.Rate[k], 1e-9 * rate[k]);
                for (var f = 0; f < Features; f++)
                    Assert.Equal(w[f, k], solver.W[f, k], 1e-9 * Math.Max(1e-3, w[f, k]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Priors))]
    public void The_bound_never_decreases(MarginalNoise noise, double? shape)
    {
        var history = MarginalLikelihood.Fit(
            Data(noise, 3, 0.4), Options with
            {
                Noise = noise, Shape = shape, Iterations = Options.Iterations with { CheckInterval = 1 },
            }).Report!.History.Select(p => p.Objective).ToArray();
        Assert.True(history.Length > 50);
        for (var i = 1; i < history.Length; i++)
            Assert.True(history[i] <= history[i - 1] + (1e-11 * Math.Abs(history[i - 1])), $"{i}: {history[i]:R}");
    }

    [Theory]
    [MemberData(nameof(Priors))]
    public void Features_that_nobody_saw_change_nothing_and_threads_no_bit(MarginalNoise noise, double? shape)
    {
        var options = Options with { Noise = noise, Shape = shape };
        var values = Values(noise, 4, 0.2);
        var more = new double[Samples * (Features + 2)];
        Array.Fill(more, double.NaN);
        for (var n = 0; n < Samples; n++)
            values.AsSpan(n * Features, Features).CopyTo(more.AsSpan(n * (Features + 2)));
        var few = MarginalLikelihood.Fit(TestData.DenseObserved<double>(values, Samples, Features), options);
        var all = TestData.DenseObserved<double>(more, Samples, Features + 2);
        var one = MarginalLikelihood.Fit(all, options);
        var three = MarginalLikelihood.Fit(all, options with { Threads = 3 });
        Assert.Equal(one.Dictionary.ToRowMajor(), three.Dictionary.ToRowMajor());
        Assert.Equal(one.Activations!.Mean.ToRowMajor(), three.Activations!.Mean.ToRowMajor());
        Assert.All(Enumerable.Range(0, one.Rank), k => Assert.Equal(0, one.Dictionary[Features + 1, k]));

        // Another order of random numbers: another start, the same kind of solution.
        Assert.Equal(few.Report!.Objective, one.Report!.Objective, 0.03 * Math.Abs(few.Report.Objective));
        var inferred = one.Infer(all);
        Assert.Equal(one.Activations.LogLikelihood, inferred.LogLikelihood);
    }

    [Theory]
    [MemberData(nameof(Priors))]
    public void A_sample_without_an_entry_has_the_prior_and_the_rest_predicts(MarginalNoise noise, double? shape)
    {
        var values = Values(noise, 6, 0);
        var full = (double[])values.Clone();
        Array.Fill(values, double.NaN, 0, Features);
        var random = new Random(1);
        var hidden = Enumerable.Range(Features, values.Length - Features)
            .Where(_ => random.NextDouble() < 0.2).ToArray();
        foreach (var i in hidden)
            values[i] = double.NaN;
        var data = TestData.DenseObserved<double>(values, Samples, Features);
        var model = MarginalLikelihood.Fit(data, Options with { Noise = noise, Shape = shape });
        var posterior = model.Activations!;
        Assert.Equal(0, posterior.LogLikelihood[0], 1e-6);
        for (var k = 0; k < model.Rank; k++)
        {
            var mean = model.Shape / model.Rates[k];
            Assert.Equal(mean, posterior.Mean[0, k], 1e-6 * mean);
            Assert.Equal(mean / Math.Sqrt(model.Shape), posterior.Deviation[0, k], 1e-6 * mean);
        }

        // Better than the means of the features, in the divergence of the noise.
        double ofModel = 0, ofMeans = 0;
        var beta = noise == MarginalNoise.Poisson ? 1.0 : 0.0;
        foreach (var i in hidden)
        {
            var (n, f) = (i / Features, i % Features);
            var y = Enumerable.Range(0, model.Rank).Sum(k => model.Dictionary[f, k] * posterior.Mean[n, k]);
            var seen = Enumerable.Range(0, Samples).Select(m => values[(m * Features) + f])
                .Where(v => !double.IsNaN(v)).Average();
            ofModel += BetaDivergence.Value(full[i], y, beta);
            ofMeans += BetaDivergence.Value(full[i], seen, beta);
        }

        Assert.True(ofModel < 0.9 * ofMeans, $"{ofModel} {ofMeans}");
    }

    [Theory]
    [MemberData(nameof(Priors))]
    public void An_interrupted_fit_goes_on_with_the_same_bits(MarginalNoise noise, double? shape)
    {
        var data = Data(noise, 7, 0.3);
        var options = Options with { Noise = noise, Shape = shape };
        var whole = MarginalLikelihood.Fit(data, options);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            using var source = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => MarginalLikelihood.Fit(
                data, options, checkpoint, new Watch(p =>
                {
                    if (p.Iteration == 40)
                        source.Cancel();
                }), source.Token));
            var resumed = MarginalLikelihood.Fit(data, options, checkpoint);
            Assert.Equal(whole.Dictionary.ToRowMajor(), resumed.Dictionary.ToRowMajor());
            Assert.Equal(whole.Rates, resumed.Rates);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void Absent_entries_of_sparse_data_are_missing_like_NaN_and_superfluous_components_vanish()
    {
        var values = Values(MarginalNoise.Poisson, 8, 0);
        for (var i = 0; i < values.Length; i++)
            values[i] = values[i] == 0 ? double.NaN : values[i];
        var dense = TestData.DenseObserved<double>(values, Samples, Features);
        using var builder = new NmfDataBuilder<double>(Features, MissingValues.Error, AbsentEntries.Missing, 0);
        for (var n = 0; n < Samples; n++)
        {
            int[] places = [.. Enumerable.Range(0, Features).Where(f => values[(n * Features) + f] > 0)];
            Assert.True(builder.TryAdd(places, [.. places.Select(f => values[(n * Features) + f])], out _));
        }

        var sparse = builder.ToData();
        Assert.True(sparse.IsSparse);
        var (a, b) = (MarginalLikelihood.Fit(dense, Options), MarginalLikelihood.Fit(sparse, Options));
        Assert.Equal(a.Report!.Objective, b.Report!.Objective, 1e-6 * a.Report.Objective);
        Assert.Equal(a.Activations!.LogLikelihood.Sum(), b.Activations!.LogLikelihood.Sum(), 1e-3);

        var planted = PlantedCounts.Create(300, 40, 4, 3).Dense!.ToRowMajor();
        var random = new Random(2);
        for (var i = 0; i < planted.Length; i++)
            planted[i] = random.NextDouble() < 0.1 ? double.NaN : planted[i];
        Assert.Equal(4, MarginalLikelihood.Fit(
            TestData.DenseObserved<double>(planted, 300, 40),
            new MarginalLikelihoodOptions { Rank = 12, Starts = 2, Seed = 3 }).Rank);
    }

    [Fact]
    public void Monte_Carlo_and_weights_are_refused()
    {
        var data = Data(MarginalNoise.Poisson, 9, 0.2);
        Assert.Contains("complete data", Assert.Throws<NmfDataException>(() => MarginalLikelihood.Fit(
            data, Options with { Method = MarginalMethod.MonteCarlo })).Message, StringComparison.Ordinal);
        Assert.Contains("weights", Assert.Throws<NmfDataException>(() => MarginalLikelihood.Fit(
            data.WithSampleWeights([.. Enumerable.Range(1, Samples).Select(x => (double)x)]), Options)).Message,
            StringComparison.Ordinal);
    }

    private static NmfData<double> Data(MarginalNoise noise, int seed, double missing)
        => TestData.DenseObserved<double>(Values(noise, seed, missing), Samples, Features);

    private static double[] Values(MarginalNoise noise, int seed, double missing)
    {
        var values = noise == MarginalNoise.Poisson
            ? PlantedCounts.Create(Samples, Features, 3, seed, counts: 80).Dense!.ToRowMajor()
            : TestData.Positive(Samples, Features, 3, seed);
        var random = new Random(seed);
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextDouble() < missing ? double.NaN : values[i];
        return values;
    }

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
