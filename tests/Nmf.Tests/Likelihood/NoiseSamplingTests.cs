using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class NoiseSamplingTests
{
    private const int Entries = 8_000;

    public static TheoryData<string, double> Noises => new()
    {
        { "gaussian", 3.0 }, { "poisson", 0.7 }, { "poisson", 25.0 }, { "gamma", 2.0 }, { "tweedie", 1.4 },
        { "bernoulli", 0.3 }, { "negativeBinomial", 4.0 }, { "divergence", 1.2 }, { "inverseGaussian", 1.2 },
        { "gammaOfSmallShape", 1.0 },
    };

    // The distribution function of what was drawn is uniform, from where it was to where it jumps for counts; the
    // distance of Kolmogorov and Smirnov is above 1.95 / √n once in a thousand times, and the seed is given.
    [Theory]
    [MemberData(nameof(Noises))]
    public void What_is_drawn_has_the_distribution(string name, double mean)
    {
        var noise = Noise(name);
        var drawn = NoiseSampling.Draw(
            Matrix<double>.FromRowMajor([mean], 1, 1), Constant(Entries, 1), noise, seed: 5);
        var random = new Random(1);
        var uniform = new double[Entries];
        for (var n = 0; n < Entries; n++)
        {
            var v = drawn.Row(n)[0];
            var to = noise.Cumulative(v, mean);
            var from = noise.IsDiscrete ? noise.Cumulative(v - 1, mean) : v == 0 ? 0 : to;
            uniform[n] = from + (random.NextDouble() * (to - from));
        }

        Array.Sort(uniform);
        var distance = uniform.Select((u, i) => Math.Max(((i + 1.0) / Entries) - u, u - ((double)i / Entries))).Max();
        Assert.True(distance < 1.95 / Math.Sqrt(Entries), $"{noise}: {distance}");
    }

    [Fact]
    public void Multinomial_samples_keep_their_totals_and_have_their_shares()
    {
        var w = Matrix<double>.FromRowMajor([2, 0, 5, 3], 4, 1);
        var drawn = NoiseSampling.Draw(w, Constant(3000, 1), new MultinomialNoise(), seed: 2);
        var sums = new double[4];
        for (var n = 0; n < drawn.Rows; n++)
        {
            Assert.Equal(10, drawn.Row(n).ToArray().Sum());
            for (var f = 0; f < 4; f++)
                sums[f] += drawn.Row(n)[f] / drawn.Rows;
        }

        Assert.Equal(0, sums[1]);
        Assert.Equal(2, sums[0], 0.1);
        Assert.Equal(5, sums[2], 0.1);
    }

    // The first numbers, so that another machine, or another release, is found out if it draws others.
    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        var w = Matrix<double>.FromRowMajor([0.7, 1.9, 30], 3, 1);
        string Bits(NoiseModel noise)
            => string.Join(' ', NoiseSampling.Draw(w, Constant(1, 1), noise, seed: 7).Row(0).ToArray()
                .Select(v => BitConverter.DoubleToInt64Bits(v).ToString("x", null)));
        var all = string.Join('\n', new NoiseModel[]
        {
            new GaussianNoise(0.2), new GammaNoise(0.5), new TweedieNoise(1.5, 0.7), new DivergenceNoise(1, 0.3),
        }.Select(Bits));
        Assert.Equal(SameBits, all);
    }

    [Fact]
    public void Threads_do_not_matter_and_other_seeds_do()
    {
        var random = new Random(3);
        var w = Random(random, 7, 3);
        var h = Random(random, 90, 3);
        foreach (var noise in new NoiseModel[]
            { new GammaNoise(1), new TweedieNoise(1.3, 1), new PoissonNoise(), new MultinomialNoise() })
        {
            var one = NoiseSampling.Draw(w, h, noise, 1, threads: 1);
            var many = NoiseSampling.Draw(w, h, noise, 1, threads: 5);
            var other = NoiseSampling.Draw(w, h, noise, 2, threads: 5);
            var same = true;
            for (var n = 0; n < 90; n++)
            {
                Assert.Equal(one.Row(n), many.Row(n));
                same &= one.Row(n).SequenceEqual(other.Row(n));
            }

            Assert.False(same);
        }
    }

    [Fact]
    public void A_positive_variable_is_never_zero_in_single_precision()
    {
        var drawn = NoiseSampling.Draw(
            Matrix<float>.FromRowMajor([1f], 1, 1), ConstantSingle(2000), new GammaNoise(60), seed: 0);
        for (var n = 0; n < drawn.Rows; n++)
            Assert.True(drawn.Row(n)[0] > 0);
    }

    private static Matrix<double> Constant(int samples, double value)
        => Matrix<double>.FromRowMajor([.. Enumerable.Repeat(value, samples)], samples, 1);

    private static Matrix<float> ConstantSingle(int samples)
        => Matrix<float>.FromRowMajor([.. Enumerable.Repeat(1f, samples)], samples, 1);

    private static Matrix<double> Random(Random random, int rows, int columns)
        => Matrix<double>.FromRowMajor(
            [.. Enumerable.Range(0, rows * columns).Select(_ => 3 * random.NextDouble())], rows, columns);

    private static EntryNoiseModel Noise(string name) => name switch
    {
        "gaussian" => new GaussianNoise(0.3),
        "gamma" => new GammaNoise(0.4),
        "tweedie" => new TweedieNoise(1.5, 0.9),
        "negativeBinomial" => new NegativeBinomialNoise(0.8),
        "divergence" => new DivergenceNoise(1, 0.3),
        "inverseGaussian" => new DivergenceNoise(-1, 0.5),
        "gammaOfSmallShape" => new GammaNoise(4),
        "bernoulli" => new BernoulliNoise(),
        _ => new PoissonNoise(),
    };

    private const string SameBits =
        "3fd03ab0c09ea6ad 4000eab7f4701356 403d63730e86e075\n"
        + "3fce88ec72dab541 4001fb861a46dcb4 401b136e84a349b3\n"
        + "3fd590340976a611 3fde916cb60dfa0a 40337025c9ca932b\n"
        + "3f625b79ab273c99 3ffc34c6266ea27a 403e5e3affc8df22";
}
