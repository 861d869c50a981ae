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
            "additive (Gaussian)",
            "readings of an instrument: the same error everywhere; what would be negative is read as the smallest "
            + "value", (y, random) => Math.Max(SmallestReading, (Reading * y) + (ReadingError * Draws.Normal(random)))),
        new(
            "counts (Poisson)", "words, photons: the variance is the mean",
            (y, random) => Draws.Poisson(PoissonCount * y, random)),
        new(
            "overdispersed counts", "purchases, reads of genes: counts whose rate itself varies (negative binomial)",
            (y, random) => Draws.Poisson(
                OverdispersedCount * y * Draws.Gamma(NegativeBinomialGenerator.Dispersion, random)
                / NegativeBinomialGenerator.Dispersion, random)),
        new(
            "multiplicative (gamma)", "power spectra, speckle: the error is a part of the value",
            (y, random) => y * Draws.Gamma(Looks, random) / Looks),
        new("yes or no (Bernoulli)", "presence and absence", (y, random) => random.NextDouble() < y ? 1 : 0),
    ];
}
