using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class ParametricBootstrapTests
{
    private const int Samples = 80;
    private const int Features = 12;
    private const int Rank = 2;

    private static readonly BootstrapOptions Options = new() { Replicates = 40, Seed = 3 };

    [Fact]
    public void Intervals_hold_the_truth_about_as_often_as_they_say_and_shrink_with_the_noise()
    {
        var (w, h) = Factors();
        double Width(EntryNoiseModel noise, out double coverage)
        {
            var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, noise, seed: 1));
            var model = NmfFactorizer.Fit(data, Fit(noise), new NmfStart<double>(w, h));
            var result = ParametricBootstrap.Run(model, data, noise, Options);
            var truth = SameSums(
                ComponentMatching.Match(model.Dictionary, w).Reorder(w), model.Dictionary);
            double held = 0, width = 0;
            for (var f = 0; f < Features; f++)
            {
                for (var k = 0; k < Rank; k++)
                {
                    var (low, high) = (result.Lower.Row(f)[k], result.Upper.Row(f)[k]);
                    Assert.True(0 <= low && low <= result.Mean.Row(f)[k] && result.Mean.Row(f)[k] <= high);
                    held += truth.Row(f)[k] >= low && truth.Row(f)[k] <= high ? 1 : 0;
                    width += high - low;
                }
            }

            coverage = held / (Features * Rank);
            return width;
        }

        var loud = Width(new GammaNoise(0.1), out var first);
        var quiet = Width(new GammaNoise(0.001), out var second);
        Assert.InRange(first, 0.6, 1);
        Assert.InRange(second, 0.6, 1);

        // A hundredth of the variance is a tenth of the deviation.
        Assert.InRange(loud / quiet, 6, 15);
    }

    [Fact]
    public void Neither_threads_nor_concurrent_fits_matter_and_missing_entries_stay_missing()
    {
        var (w, h) = Factors();
        var values = NoiseSampling.Draw(w, h, new PoissonNoise(), seed: 2);
        for (var f = 0; f < Features; f++)
            values.Row(5)[f] = double.NaN;
        var data = NmfData<double>.FromMatrix(values, MissingValues.NaN);
        var model = NmfFactorizer.Fit(data, Fit(new PoissonNoise()));
        var counted = new Counted();
        var expected = ParametricBootstrap.Run(
            model, data, new PoissonNoise(), Options with { Replicates = 10, Threads = 1 }, counted);
        Assert.Equal(Enumerable.Range(1, 10), counted.Values);
        var threaded = ParametricBootstrap.Run(
            model, data, new PoissonNoise(), Options with { Replicates = 10, Threads = 5, ConcurrentFits = 3 });
        for (var f = 0; f < Features; f++)
        {
            Assert.Equal(expected.Lower.Row(f), threaded.Lower.Row(f));
            Assert.Equal(expected.StandardError.Row(f), threaded.StandardError.Row(f));
        }
    }

    [Fact]
    public void Draws_of_a_model_with_clear_parts_choose_its_rank()
    {
        var (w, h) = Factors();
        var noise = new PoissonNoise();
        var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, noise, seed: 1));
        var options = new RankCrossValidationOptions
        {
            Ranks = [1, 2, 3], Folds = 2, Starts = 1,
            Fit = new NmfOptions { Rank = 1, Problem = 1, Iterations = new() { MaximumIterations = 60 } },
        };
        var result = RankBootstrap.Run(data, noise, options, Options with { Replicates = 10 });
        Assert.Equal(2, result.Rank);
        Assert.Equal(10, result.Ranks.Count);
        Assert.True(result.Found >= 0.7, string.Join(' ', result.Ranks));
        Assert.True(result.Lower <= 2 && result.Upper >= 2);
        Assert.Equal(
            result.Ranks, RankBootstrap.Run(data, noise, options with { Threads = 1 }, Options with { Replicates = 10 })
                .Ranks);
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var (w, h) = Factors();
        var data = NmfData<double>.FromMatrix(NoiseSampling.Draw(w, h, new GammaNoise(0.1), seed: 1));
        var model = NmfFactorizer.Fit(data, Fit(new GammaNoise(0.1)));
        void Names(string word, NoiseModel noise, BootstrapOptions options) => Assert.Contains(
            word, Assert.ThrowsAny<ArgumentException>(
                () => ParametricBootstrap.Run(model, data, noise, options)).Message, StringComparison.Ordinal);
        Names("replicates", new GammaNoise(), Options with { Replicates = 9 });
        Names("level", new GammaNoise(), Options with { Level = 1 });
        Names("threads", new GammaNoise(), Options with { Threads = 0 });
        Names("whole number", new PoissonNoise(), Options);
        using var cancelled = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => ParametricBootstrap.Run(
            model, data, new GammaNoise(), Options, new Stops(cancelled), cancelled.Token));

        // A dispersion that is not known is estimated.
        var result = ParametricBootstrap.Run(model, data, new GammaNoise(), Options with { Replicates = 10 });
        Assert.Equal(0.1, result.Noise.Dispersion!.Value, 0.03);
    }

    private static NmfOptions Fit(EntryNoiseModel noise) => new()
    {
        Rank = Rank, Problem = noise.Problem, Iterations = new() { MaximumIterations = 300 },
    };

    private static Matrix<double> SameSums(Matrix<double> matrix, Matrix<double> like)
    {
        var scaled = matrix.Clone();
        for (var k = 0; k < Rank; k++)
        {
            double sum = 0, wanted = 0;
            for (var f = 0; f < Features; f++)
                (sum, wanted) = (sum + matrix.Row(f)[k], wanted + like.Row(f)[k]);
            for (var f = 0; f < Features; f++)
                scaled.Row(f)[k] *= wanted / sum;
        }

        return scaled;
    }

    // Each part has features of its own, so that the factorisation is the only one.
    private static (Matrix<double> W, Matrix<double> H) Factors()
    {
        var random = new Random(4);
        var (w, h) = (new Matrix<double>(Features, Rank), new Matrix<double>(Samples, Rank));
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
                w.Row(f)[k] = f % 3 == k ? 4 : f % 3 == 2 ? 1 + (3 * random.NextDouble()) : 0.02;
        }

        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < Rank; k++)
                h.Row(n)[k] = n % 3 == k ? 4 : n % 3 == 2 ? 1 + (3 * random.NextDouble()) : 0.02;
        }

        return (w, h);
    }

    private sealed class Counted : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }

    private sealed class Stops(CancellationTokenSource source) : IProgress<int>
    {
        public void Report(int value) => source.Cancel();
    }
}
