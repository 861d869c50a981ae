using Nmf.Kernels;

namespace Nmf.Tests;

public sealed class NoiseModelTests
{
    private static readonly EntryNoiseModel[] All =
    [
        new GaussianNoise(0.3), new PoissonNoise(), new GammaNoise(0.4), new TweedieNoise(1.5, 0.6),
        new TweedieNoise(1.2, 2), new DivergenceNoise(1, 0.2), new DivergenceNoise(1.5, 0.1),
        new DivergenceNoise(-1, 0.3), new DivergenceNoise(2, 0.5), new BernoulliNoise(),
        new NegativeBinomialNoise(0.7), new DivergenceNoise(0.3, 0.05),
        new TweedieNoise(2.5, 0.3), new TweedieNoise(3, 0.4), new TweedieNoise(2.05, 0.6), new TweedieNoise(4.2, 0.15),
    ];

    public static TheoryData<int> Each => [.. Enumerable.Range(0, All.Length)];

    [Fact]
    public void Densities_are_those_of_scipy()
    {
        foreach (var golden in LikelihoodGoldens.Values.Cases)
        {
            var actual = golden.Model.LogDensity(golden.Datum, golden.Mean);
            var tolerance = 1e-9 * Math.Max(1, Math.Abs(golden.LogDensity));
            Assert.True(
                Math.Abs(actual - golden.LogDensity) <= tolerance, $"{golden}: {actual}, not {golden.LogDensity}");
        }
    }

    [Fact]
    public void Distribution_functions_are_those_of_scipy()
    {
        foreach (var golden in LikelihoodGoldens.Values.Cases)
        {
            var actual = golden.Model.Cumulative(golden.Datum, golden.Mean);

            // With tens of thousands of jumps the distribution function is an approximation.
            var tolerance = golden.Model is TweedieNoise { Dispersion: < 1e-3 } ? 1e-8 : 1e-9;
            Assert.True(
                Math.Abs(actual - golden.Cumulative) <= tolerance, $"{golden}: {actual}, not {golden.Cumulative}");
        }
    }

    [Fact]
    public void Multinomial_probabilities_and_perplexities_are_those_of_scipy()
    {
        var noise = new MultinomialNoise();
        foreach (var golden in LikelihoodGoldens.Values.Multinomial)
        {
            var log = noise.LogDensity(golden.Data, golden.Means);
            Assert.Equal(golden.LogProbability, log, 1e-9);
            var (logOfUnits, units) = noise.OfUnits(golden.Data, golden.Means, log);
            Assert.Equal(golden.Perplexity, Math.Exp(-logOfUnits / Math.Max(units, 1)), 1e-9);

            // What is missing is neither in the total nor in the probabilities.
            Assert.Equal(
                log, noise.LogDensity([.. golden.Data, double.NaN], [.. golden.Means, 5.0]), 1e-12);
        }
    }

    [Fact]
    public void Dispersions_are_those_with_the_largest_likelihood()
    {
        foreach (var golden in LikelihoodGoldens.Values.Estimates)
        {
            var estimate = LikelihoodGoldens.Noise(golden.Noise, golden.Parameters)
                .Estimate(golden.Data, golden.Means).Dispersion!.Value;
            Assert.Equal(golden.Dispersion, estimate, 1e-5 * golden.Dispersion);
        }
    }

    // -log p(v|y) = d_β(v|y) / φ + c(v, φ), term by term: what is left does not know the mean.
    [Theory]
    [MemberData(nameof(Each))]
    public void A_divergence_is_a_negative_logarithm_of_a_density(int which)
    {
        var noise = All[which];
        double Measure(double v, double y) => noise switch
        {
            { Beta: { } beta } => BetaDivergence.Value(v, y, beta) / noise.Dispersion!.Value,
            BernoulliNoise => new BernoulliLikelihood().Value(v, y),
            NegativeBinomialNoise => new NegativeBinomialGenerator(1 / noise.Dispersion!.Value).Divergence(v, y),
            _ => throw new InvalidOperationException(),
        };
        var binary = noise is BernoulliNoise;
        double[] data = binary ? [0, 1] : noise.IsDiscrete ? [0, 1, 4, 11] : noise.Objection(0) is null
            ? [0, 0.2, 1, 2.5] : [0.2, 0.9, 1, 2.5];
        double[] means = binary ? [0.05, 0.5, 0.93] : [0.3, 1, 2.7, 8];
        foreach (var v in data)
        {
            // The normaliser of a divergence depends on the mean unless the law is a Tweedie law.
            if (noise is DivergenceNoise { DivergenceBeta: not -1 })
                continue;
            var constants = means.Select(y => -noise.LogDensity(v, y) - Measure(v, y)).ToArray();
            Assert.All(constants, c => Assert.Equal(constants[0], c, 1e-9));
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Densities_are_normalised_and_add_up_to_the_distribution_function(int which)
    {
        var noise = All[which];
        const double mean = 0.8;
        if (noise.IsDiscrete)
        {
            var sum = 0.0;
            for (var v = 0; v < 60; v++)
            {
                sum += Math.Exp(noise.LogDensity(v, mean));
                Assert.Equal(sum, noise.Cumulative(v, mean), 1e-9);
            }

            return;
        }

        // Trapezoids over log v, from where almost nothing is below; a mass at zero belongs to the start.
        const int steps = 40_000;
        var (low, high) = (Math.Log(1e-6), Math.Log(60));
        var total = noise.Cumulative(1e-6, mean);
        for (var i = 0; i < steps; i++)
        {
            var (a, b) = (low + ((high - low) * i / steps), low + ((high - low) * (i + 1) / steps));
            total += (Math.Exp(noise.LogDensity(Math.Exp(a), mean) + a)
                + Math.Exp(noise.LogDensity(Math.Exp(b), mean) + b)) * (b - a) / 2;
            if (i % 4000 == 0)
                Assert.Equal(total, noise.Cumulative(Math.Exp(b), mean), 1e-6);
        }

        Assert.Equal(1, total, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void The_unit_of_the_data_changes_densities_by_its_logarithm(int which)
    {
        var noise = All[which];
        if (noise.IsDiscrete || noise.Beta is not { } beta)
            return;
        foreach (var exponent in new[] { -40, 40 })
        {
            var unit = Math.ScaleB(1, exponent);
            var other = (EntryNoiseModel)noise.With(noise.Dispersion!.Value * Math.Pow(unit, beta));
            foreach (var v in new[] { 0.3, 1.0, 2.2 })
            {
                Assert.Equal(
                    noise.LogDensity(v, 1.3), other.LogDensity(v * unit, 1.3 * unit) + Math.Log(unit), 1e-9);
                Assert.Equal(noise.Cumulative(v, 1.3), other.Cumulative(v * unit, 1.3 * unit), 1e-9);
            }
        }
    }

    [Fact]
    public void Tweedie_meets_its_expansion_without_a_step()
    {
        foreach (var power in new[] { 1.01, 1.3, 1.7, 1.99, 2.01, 2.4, 3, 4.5 })
        {
            var series = TweedieCorrection.Of(power);
            Assert.Equal(series.LogCorrection(0.00999999), series.LogCorrection(0.01000001), 1e-8);
        }

        // Of gamma noise, p = 2, Stirling's series says what is left; Tweedie's comes near it as p comes near 2.
        Assert.Equal(
            new GammaNoise(0.3).LogDensity(1.4, 1.1), new TweedieNoise(1.99, 0.3).LogDensity(1.4, 1.1), 0.02);
    }

    // Expected: sums over all numbers of jumps, SciPy.
    [Theory]
    [InlineData(1.5, 0.0001, 3, 3.0, 0.50075783)]
    [InlineData(1.5, 0.0001, 3, 2.95, 0.01387632)]
    [InlineData(1.5, 0.0001, 3, 3.00001, 0.50093284)]
    [InlineData(1.5, 0.0001, 3, 3.06, 0.99561648)]
    [InlineData(1.2, 0.00001, 10, 9.97, 0.00855898)]
    [InlineData(1.8, 0.001, 0.5, 0.53, 0.95990033)]
    public void The_tails_of_Tweedie_noise_with_many_jumps_are_those_of_its_sums(
        double power, double dispersion, double mean, double datum, double expected)
        => Assert.Equal(expected, new TweedieNoise(power, dispersion).Cumulative(datum, mean), 1e-6);

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1e-12)]
    [InlineData(1e20)]
    public void Dispersions_that_are_estimated_have_the_unit_of_the_data(double unit)
    {
        var (w, h) = (new Matrix<double>(20, 1), new Matrix<double>(30, 1));
        for (var i = 0; i < 30; i++)
            (w[i % 20, 0], h[i, 0]) = (1, 1 + (i % 3));
        foreach (var noise in new EntryNoiseModel[]
        {
            new GaussianNoise(0.1), new GammaNoise(0.3), new TweedieNoise(1.5, 0.3), new DivergenceNoise(1.5, 0.1),
            new DivergenceNoise(0.5, 0.1),
        })
        {
            var data = NoiseSampling.Draw(w, h, noise, seed: 4).ToRowMajor();
            double[] means = [.. Enumerable.Range(0, data.Length).Select(e => h[e / 20, 0])];
            EntryNoiseModel free = noise switch
            {
                GaussianNoise => new GaussianNoise(), GammaNoise => new GammaNoise(),
                TweedieNoise => new TweedieNoise(1.5), DivergenceNoise d => new DivergenceNoise(d.DivergenceBeta),
                _ => throw new NotSupportedException(),
            };
            double Estimated(double by) => free.Estimate(
                Array.ConvertAll(data, v => v * by), Array.ConvertAll(means, y => y * by)).Dispersion!.Value;
            var beta = noise.Beta ?? 0;
            Assert.Equal(Estimated(1), Estimated(unit) / Math.Pow(unit, beta), 1e-4 * Estimated(1));
        }
    }

    [Fact]
    public void Tweedie_noise_of_power_3_is_inverse_Gaussian_and_data_are_drawn_with_its_variance()
    {
        foreach (var (v, phi) in new[] { (0.3, 0.4), (1.1, 3.0), (7.0, 0.002), (0.02, 50.0) })
        {
            var (tweedie, inverse) = (new TweedieNoise(3, phi), new DivergenceNoise(-1, phi));
            Assert.Equal(inverse.LogDensity(v, 1.3), tweedie.LogDensity(v, 1.3), 1e-8);
            Assert.Equal(inverse.Cumulative(v, 1.3), tweedie.Cumulative(v, 1.3), 1e-8);
        }

        var noise = new TweedieNoise(2.4, 0.2);
        var (w, h) = (new Matrix<double>(50, 1), new Matrix<double>(400, 1));
        for (var f = 0; f < 50; f++)
            w[f, 0] = 1;
        for (var n = 0; n < 400; n++)
            h[n, 0] = 2;
        var drawn = NoiseSampling.Draw(w, h, noise, seed: 1).ToRowMajor();
        Assert.Equal(2, drawn.Average(), 0.03);
        var variance = drawn.Average(v => (v - 2) * (v - 2));
        Assert.Equal(noise.Variance(2), variance, 0.1 * variance);
        Assert.Equal(double.NegativeInfinity, noise.LogDensity(0, 1));
        Assert.Equal(0.2, ((TweedieNoise)NmfLikelihood.Of(
            NmfData<double>.FromDense(drawn, 400, 50), w, h, new TweedieNoise(2.4)).Noise).Dispersion!.Value, 0.01);
    }

    [Fact]
    public void Divergence_noise_is_gamma_noise_for_beta_0()
    {
        var divergence = new DivergenceNoise(0, 0.37);
        var gamma = new GammaNoise(0.37);
        foreach (var v in new[] { 0.01, 0.5, 1.7, 9 })
        {
            Assert.Equal(gamma.LogDensity(v, 1.2), divergence.LogDensity(v, 1.2), 1e-10);
            Assert.Equal(gamma.Cumulative(v, 1.2), divergence.Cumulative(v, 1.2), 1e-9);
        }
    }

    [Fact]
    public void What_a_distribution_cannot_have_has_no_probability()
    {
        Assert.Equal(double.NegativeInfinity, new PoissonNoise().LogDensity(1.5, 2));
        Assert.Equal(double.NegativeInfinity, new PoissonNoise().LogDensity(1, 0));
        Assert.Equal(0, new PoissonNoise().LogDensity(0, 0));
        Assert.Equal(double.NegativeInfinity, new GammaNoise(1).LogDensity(0, 2));
        Assert.Equal(double.NegativeInfinity, new DivergenceNoise(1, 1).LogDensity(0, 2));
        Assert.Equal(double.NegativeInfinity, new BernoulliNoise().LogDensity(0.5, 0.5));
        Assert.Equal(double.NegativeInfinity, new BernoulliNoise().LogDensity(0, 1));
        Assert.Equal(double.NegativeInfinity, new NegativeBinomialNoise(1).LogDensity(2, 0));
        Assert.Equal(0, new TweedieNoise(1.5, 1).LogDensity(0, 0));
        Assert.Equal(double.NegativeInfinity, new MultinomialNoise().LogDensity([1, 2], [0, 1]));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        static void Names<TException>(string word, Func<object> create)
            where TException : Exception
            => Assert.Contains(word, Assert.Throws<TException>(create).Message, StringComparison.Ordinal);
        foreach (var phi in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Names<ArgumentException>("dispersion", () => new GammaNoise(phi));
        foreach (var power in new[] { 0, 1, 2, 6, 0.5, double.NaN })
            Names<ArgumentException>("power", () => new TweedieNoise(power));
        Names<ArgumentException>("Beta", () => new DivergenceNoise(9));
        Names<InvalidOperationException>("Estimate", () => new GammaNoise().LogDensity(1, 1));
        Assert.Throws<ArgumentException>(() => new PoissonNoise().LogDensity([1, 2], [1]));
    }

    [Fact]
    public void Portable_functions_are_those_of_the_machine_to_rounding()
    {
        for (var i = -3000; i <= 3000; i++)
        {
            var x = i * 0.2345;
            Assert.Equal(1, PortableMath.Exp(x) / Math.Exp(x), 4e-16 * Math.Max(1, Math.Abs(x)));
            Assert.Equal(x, PortableMath.Log(Math.Exp(x)), 4e-16 * Math.Max(1, Math.Abs(x)));
            var k = Math.Abs(i);
            var factorial = MathNet.Numerics.SpecialFunctions.GammaLn(k + 1);
            Assert.Equal(factorial, PortableMath.LogFactorial(k), 1e-13 * Math.Max(1, factorial));
        }
    }

    private sealed class NegativeBinomialGenerator(double size)
    {
        public double Divergence(double v, double y)
            => (v == 0 ? 0 : v * Math.Log(v / y)) - ((v + size) * Math.Log((v + size) / (y + size)));
    }
}
