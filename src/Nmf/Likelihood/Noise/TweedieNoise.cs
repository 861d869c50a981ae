using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// The exponential dispersion models with <c>Var v = φ y^p</c>, for every p above 1 but 2: with p below 2 nonnegative
/// data with zeros among continuous values, sums of a Poisson number of gamma variables (rain, claims, sums of few
/// events); with p above 2 positive data with heavier tails than gamma noise. What β = 2 - p assumes, <c>-log p =
/// d_β(v|y) / φ + c(v, φ)</c>.
/// </summary>
/// <remarks>
/// <para>c is, below p = 2, the series of Dunn and Smyth, "Series evaluation of Tweedie exponential dispersion model
/// densities", 2005, summed until nothing is left of it, and above the integral of a positive stable density (Zolotarev
/// 1986), because the series cancels there; where φ v^(p-2) is below 0.01, so that hundreds of terms count, the saddle
/// point approximation with three terms of its correction, which differs by less than 1e-8.</para>
/// <para>Of the other powers p = 0 is <see cref="GaussianNoise"/>, 1 <see cref="PoissonNoise"/> and 2
/// <see cref="GammaNoise"/>; p = 3 is the inverse Gaussian distribution, as is <see cref="DivergenceNoise"/> with β =
/// -1. Between 0 and 1 there is no such distribution (Jørgensen 1987), so that no β between 1 and 2 has one.</para>
/// </remarks>
/// <param name="Power">p, between 1.01 and 1.99 or between 2.01 and 5.</param>
/// <param name="Dispersion">φ, in the unit of the data to the power of 2 - p; null to have it estimated.</param>
public sealed record TweedieNoise(double Power = 1.5, double? Dispersion = null) : EntryNoiseModel(Dispersion)
{
    // Beyond so many jumps their distribution is that of a saddle point approximation.
    private const double MostJumps = 1000;
    private const double NearMean = 1e-3;

    /// <summary>p.</summary>
    public double Power { get; } = Power is (>= 1.01 and <= 1.99) or (>= 2.01 and <= 5) ? Power
        : throw new ArgumentException(
            $"The power must be between 1.01 and 1.99 or between 2.01 and 5, not {Power}: 0 is Gaussian noise, 1 "
            + "Poisson noise, 2 gamma noise, and between 0 and 1 there is no such distribution.", nameof(Power));

    /// <inheritdoc/>
    public override double? Beta => 2 - Power;

    internal override string InWords => $"Tweedie noise of power {Power}";

    internal override bool HasFreeDispersion => true;

    internal override bool IsDiscrete => false;

    /// <inheritdoc/>
    /// <remarks>Of 0 the logarithm of its probability.</remarks>
    public override double LogDensity(double datum, double mean)
    {
        if (datum < 0 || (datum == 0 && Power > 2))
            return double.NegativeInfinity;
        if (!(mean > 0))
            return datum == 0 ? 0 : double.NegativeInfinity;
        if (datum == 0)
            return -Jumps(mean);
        var xi = Phi * Math.Pow(datum, Power - 2);
        return -(BetaDivergence.Value(datum, mean, 2 - Power) / Phi)
            - (0.5 * Math.Log(2 * Math.PI * xi)) - Math.Log(datum) + TweedieCorrection.Of(Power).LogCorrection(xi);
    }

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
    {
        if (datum < 0 || (datum == 0 && Power > 2))
            return 0;
        if (Power > 2)
            return new PositiveTweedie(Power, Math.Pow(mean, 2 - Power) / Phi).Cumulative(Math.Log(datum / mean));
        var jumps = Jumps(mean);
        if (datum == 0)
            return Math.Exp(-jumps);
        if (jumps > MostJumps)
            return SaddlePoint(datum, mean);

        // Sums of j gamma variables, for all numbers of jumps that happen.
        var scaled = datum / (Phi * (Power - 1) * Math.Pow(mean, Power - 1));
        var shape = (2 - Power) / (Power - 1);
        var spread = 9 * Math.Sqrt(jumps + 1);
        var first = Math.Max(0, (long)Math.Floor(jumps - spread));
        double sum = 0, all = 0;
        for (var j = first; j <= jumps + spread + 30; j++)
        {
            var weight = Math.Exp((j * Math.Log(jumps)) - jumps - SpecialFunctions.GammaLn(j + 1));
            all += weight;
            sum += weight * (j == 0 ? 1 : SpecialFunctions.GammaLowerRegularized(j * shape, scaled));
        }

        return Math.Min(1, sum / all);
    }

    // The tail of Lugannani and Rice, "Saddle point approximation for the distribution of the sum of independent random
    // variables", 1980, which with so many jumps differs by less than 2e-5.
    private double SaddlePoint(double datum, double mean)
    {
        // In standard deviations: the signed root of the deviance, near the mean by its series, and the difference of
        // the natural parameters; at the mean the difference of their inverses is a sixth of the skewness.
        var (delta, p) = ((datum - mean) / mean, Power);
        var variance = Phi * Math.Pow(mean, p - 2);
        var deviance = Math.Abs(delta) < NearMean
            ? delta * delta * (1 - (p * delta / 3 * (1 - ((p + 1) * delta / 4 * (1 - ((p + 2) * delta / 5))))))
            : 2 * BetaDivergence.Value(datum / mean, 1, 2 - p);
        var root = Math.Sign(delta) * Math.Sqrt(deviance / variance);
        var natural = Expm1((1 - p) * SpecialFunctions.Log1p(delta)) / (1 - p)
            * Math.Sqrt(Math.Pow(datum / mean, p) / variance);
        var difference = Math.Abs(root) < NearMean ? p * Math.Sqrt(variance) / 6 : (1 / root) - (1 / natural);
        return Math.Clamp(
            (0.5 * SpecialFunctions.Erfc(-root / Math.Sqrt(2)))
                + (Math.Exp(-0.5 * root * root) / Math.Sqrt(2 * Math.PI) * difference), 0, 1);

        static double Expm1(double x) => Math.Abs(x) < 1e-5 ? x * (1 + (x / 2)) : Math.Exp(x) - 1;
    }

    /// <inheritdoc/>
    public override double Variance(double mean) => Phi * Math.Pow(mean, Power);

    internal override string? Objection(double datum)
        => datum > 0 || Power < 2 ? null : "is 0, where the density is 0 whatever the mean";

    // The power and the dispersion.
    internal override int Parameters => 2;

    internal override NoiseModel With(double dispersion) => new TweedieNoise(Power, dispersion);

    private protected override double Draw(double mean, ref EntryRandom random)
    {
        var logMean = PortableMath.Log(mean);
        if (Power > 2)
        {
            var law = new PositiveTweedie(Power, PortableMath.Exp((2 - Power) * logMean) / Phi);
            return mean * PortableMath.Exp(law.DrawLog(ref random));
        }

        var count = random.Poisson(PortableMath.Exp((2 - Power) * logMean) / (Phi * (2 - Power)));
        return count == 0 ? 0
            : Phi * (Power - 1) * PortableMath.Exp((Power - 1) * logMean)
                * random.Gamma(count * (2 - Power) / (Power - 1));
    }

    // The mean of the Poisson number.
    private double Jumps(double mean) => Math.Pow(mean, 2 - Power) / (Phi * (2 - Power));
}
