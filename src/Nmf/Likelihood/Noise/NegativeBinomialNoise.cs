using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// Counts that vary more than Poisson counts, <c>Var v = y + φ y²</c>: Poisson counts whose mean is y times a gamma
/// variable of variance φ. With size <c>r = 1 / φ</c>, <c>-log p = v log(v/y) - (v+r) log((v+r)/(y+r)) + c(v)</c>,
/// which is no β-divergence; it is fitted with β = 1, whose estimates are consistent for every variance.
/// </summary>
/// <param name="Dispersion">φ; null to have it estimated. Near 0 the counts are Poisson counts.</param>
public sealed record NegativeBinomialNoise(double? Dispersion = null) : EntryNoiseModel(Dispersion)
{
    // Below this the gamma functions of 1 / φ lose the digits that tell it from Poisson's.
    private const double LeastDispersion = 1e-9;

    // How far above the likeliest dispersion, in its logarithm, a corrected one may be; and digits of it.
    private const double Reach = 7;
    private const int Halvings = 50;

    /// <inheritdoc/>
    public override double? Beta => null;

    /// <inheritdoc/>
    public override NmfProblem Problem => BetaDivergence.KullbackLeibler;

    internal override string InWords => "negative binomial noise";

    internal override bool HasFreeDispersion => true;

    internal override bool IsDiscrete => true;

    /// <inheritdoc/>
    public override double LogDensity(double datum, double mean)
    {
        if (Objection(datum) is not null)
            return double.NegativeInfinity;
        if (!(mean > 0))
            return datum == 0 ? 0 : double.NegativeInfinity;
        if (Phi < LeastDispersion)
            return new PoissonNoise().LogDensity(datum, mean);
        var r = 1 / Phi;
        var zero = -r * SpecialFunctions.Log1p(mean / r);
        return datum == 0 ? zero
            : zero + (datum * Math.Log(mean / (mean + r))) + LogBinomial(datum, r);
    }

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
        => datum < 0 ? 0
            : Phi < LeastDispersion ? new PoissonNoise().Cumulative(datum, mean)
            : Math.Clamp(
                SpecialFunctions.BetaRegularized(1 / Phi, Math.Floor(datum) + 1, 1 / (1 + (mean * Phi))), 0, 1);

    /// <inheritdoc/>
    public override double Variance(double mean) => mean + (Phi * mean * mean);

    internal override string? Objection(double datum) => Counts.Objection(datum);

    internal override NoiseModel With(double dispersion) => new NegativeBinomialNoise(dispersion);

    internal override (EntryNoiseModel Noise, double Mean) Predicted(double mean, double error)
        => (error > 0 ? new NegativeBinomialNoise(Phi + error) : this, mean);

    private protected override double Draw(double mean, ref EntryRandom random)
        => random.Poisson(mean * Phi * random.Gamma(1 / Phi));

    // What a mean of (v - y)² in excess of y says.
    internal override double MomentDispersion(ReadOnlySpan<double> data, ReadOnlySpan<double> means)
    {
        double excess = 0, squares = 0;
        for (var i = 0; i < data.Length; i++)
        {
            var difference = data[i] - means[i];
            excess += (difference * difference) - means[i];
            squares += means[i] * means[i];
        }

        return squares > 0 ? Math.Clamp(excess / squares, 1e-4, 1e4) : 1;
    }

    // The φ whose variance fits what residuals have left, Σ y²/V² (c (v - y)² - V) = 0 with V = y + φ y²: the maximum
    // of a normal likelihood, whose weights keep out what small means say (Davidian and Carroll 1987).
    internal override double Corrected(double largest, double[] data, double[] means, double factor)
    {
        double Slope(double phi)
        {
            double sum = 0;
            for (var i = 0; i < data.Length; i++)
            {
                if (!(means[i] > 0))
                    continue;
                var (difference, variance) = (data[i] - means[i], means[i] + (phi * means[i] * means[i]));
                var weight = means[i] / variance;
                sum += weight * weight * ((factor * difference * difference) - variance);
            }

            return sum;
        }

        var (low, high) = (Math.Log(LeastDispersion), Math.Log(Math.Max(largest, 1)) + Reach);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Slope(Math.Exp(middle)) > 0 ? (middle, high) : (low, middle);
        }

        return Math.Exp((low + high) / 2);
    }

    // log Γ(v + r) / (Γ(r) v!), where r is large by a sum that keeps its digits.
    private static double LogBinomial(double v, double r)
    {
        if (r < 1e5 || v > 1e4)
            return SpecialFunctions.GammaLn(v + r) - SpecialFunctions.GammaLn(r) - SpecialFunctions.GammaLn(v + 1);
        double sum = 0;
        for (var i = 0; i < v; i++)
            sum += Math.Log(r + i);
        return sum - SpecialFunctions.GammaLn(v + 1);
    }
}
