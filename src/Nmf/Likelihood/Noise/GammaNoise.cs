using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// Multiplicative noise, <c>v = y ε</c> with ε of the gamma distribution with mean 1 and variance φ: what β = 0
/// assumes, <c>-log p = d_0(v|y) / φ + c(v, φ)</c>. φ = 1 is exponential noise, the power spectrum of one frame of a
/// Gaussian signal; 1/L that of the mean of L frames.
/// </summary>
/// <remarks>The density of a zero is 0 or infinite, whatever the mean: data with zeros say nothing here.</remarks>
/// <param name="Dispersion">φ, one over the shape; null to have it estimated.</param>
public sealed record GammaNoise(double? Dispersion = null) : EntryNoiseModel(Dispersion)
{
    /// <inheritdoc/>
    public override double? Beta => BetaDivergence.ItakuraSaito;

    internal override string InWords => "multiplicative gamma noise";

    internal override bool HasFreeDispersion => true;

    internal override bool IsDiscrete => false;

    /// <inheritdoc/>
    public override double LogDensity(double datum, double mean)
    {
        if (!(datum > 0) || !(mean > 0))
            return double.NegativeInfinity;
        return -(BetaDivergence.Value(datum, mean, 0) / Phi) - Math.Log(datum) + LogConstant(1 / Phi);
    }

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
        => datum > 0 ? SpecialFunctions.GammaLowerRegularized(1 / Phi, datum / (mean * Phi)) : 0;

    /// <inheritdoc/>
    public override double Variance(double mean) => Phi * mean * mean;

    internal override string? Objection(double datum)
        => datum > 0 ? null : "is 0, where the density is 0 or infinite whatever the mean";

    internal override NoiseModel With(double dispersion) => new GammaNoise(dispersion);

    internal override EntryNoiseModel Estimate(ReadOnlySpan<double> data, ReadOnlySpan<double> means)
    {
        // The mean divergence is all that the data say of φ.
        double sum = 0;
        for (var i = 0; i < data.Length; i++)
            sum += BetaDivergence.Value(data[i], means[i], 0);
        var mean = Math.Max(sum / Math.Max(data.Length, 1), 1e-12);
        var start = Math.Log(2 * mean);
        return new GammaNoise(Math.Exp(LineSearch.Maximum(
            x => LogConstant(Math.Exp(-x)) - (Math.Exp(-x) * mean), start - 1, start + 1)));
    }

    private protected override double Draw(double mean, ref EntryRandom random)
        => mean * Phi * random.Gamma(1 / Phi);

    // a log a - a - log Γ(a); what Stirling's series leaves of it where all digits would cancel.
    private static double LogConstant(double shape) => shape > 1e4
        ? (0.5 * Math.Log(shape / (2 * Math.PI))) - (1 / (12 * shape))
        : (shape * Math.Log(shape)) - shape - SpecialFunctions.GammaLn(shape);
}
