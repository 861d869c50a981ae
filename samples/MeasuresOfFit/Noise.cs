namespace MeasuresOfFit;

/// <summary>A way to observe: what is seen where y would be without noise.</summary>
/// <param name="Name">Name.</param>
/// <param name="Example">What such data are.</param>
/// <param name="Observe">Draws an observation of y, which is between 0 and 1.</param>
internal sealed record Noise(string Name, string Example, Func<double, Random, double> Observe)
{
    private const double Reading = 10;
    private const double ReadingError = 0.7;
    private const double SmallestReading = 0.01;
    private const double PoissonCount = 5;
    private const double OverdispersedCount = 100;
    private const double Looks = 2;

    public static IReadOnlyList<Noise> All { get; } =
    [
        new(
            "additive (Gaussian)", "readings of an instrument: the same error everywhere; what would be negative is read as the smallest value",
            (y, random) => Math.Max(SmallestReading, (Reading * y) + (ReadingError * Normal(random)))),
        new("counts (Poisson)", "words, photons: the variance is the mean", (y, random) => Poisson(PoissonCount * y, random)),
        new(
            "overdispersed counts", "purchases, reads of genes: counts whose rate itself varies (negative binomial)",
            (y, random) => Poisson(OverdispersedCount * y * Gamma(NegativeBinomialGenerator.Dispersion, random) / NegativeBinomialGenerator.Dispersion, random)),
        new("multiplicative (gamma)", "power spectra, speckle: the error is a part of the value", (y, random) => y * Gamma(Looks, random) / Looks),
        new("yes or no (Bernoulli)", "presence and absence", (y, random) => random.NextDouble() < y ? 1 : 0),
    ];

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Knuth's multiplication of uniform numbers; large means are halved, because e^-mean is zero for them.</summary>
    private static double Poisson(double mean, Random random)
    {
        if (mean > 500)
            return Poisson(mean / 2, random) + Poisson(mean / 2, random);
        var limit = Math.Exp(-mean);
        var product = random.NextDouble();
        var count = 0;
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    /// <summary>Of shape 1 or more; Marsaglia and Tsang 2000.</summary>
    private static double Gamma(double shape, Random random)
    {
        var d = shape - (1.0 / 3);
        while (true)
        {
            var x = Normal(random);
            var v = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (x * x / 2) + (d * (1 - v + Math.Log(v))))
                return d * v;
        }
    }
}
