using MathNet.Numerics;

namespace Nmf;

/// <summary>Counts, <c>v ~ Poisson(y)</c>: what β = 1 assumes, <c>-log p = d_1(v|y) + log v! - v log v + v</c>. Their
/// variance is their mean.</summary>
public sealed record PoissonNoise() : EntryNoiseModel(1)
{
    /// <inheritdoc/>
    public override double? Beta => BetaDivergence.KullbackLeibler;

    internal override string InWords => "Poisson noise";

    internal override bool HasFreeDispersion => false;

    internal override bool IsDiscrete => true;

    /// <inheritdoc/>
    public override double LogDensity(double datum, double mean)
    {
        if (Objection(datum) is not null)
            return double.NegativeInfinity;
        return datum == 0 ? -mean
            : mean > 0 ? (datum * Math.Log(mean)) - mean - SpecialFunctions.GammaLn(datum + 1)
            : double.NegativeInfinity;
    }

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
        => datum < 0 ? 0 : SpecialFunctions.GammaUpperRegularized(Math.Floor(datum) + 1, mean);

    /// <inheritdoc/>
    public override double Variance(double mean) => mean;

    internal override string? Objection(double datum) => Counts.Objection(datum);

    internal override NoiseModel With(double dispersion) => this;

    internal override bool SumsZeros => true;

    internal override double LogDensityOfStored(
        ReadOnlySpan<double> sample, ReadOnlySpan<double> means, double total)
    {
        var sum = -total;
        for (var j = 0; j < sample.Length; j++)
            sum += sample[j] == 0 ? 0 : LogDensity(sample[j], means[j]) + means[j];
        return sum;
    }

    // A mean that is a gamma variable makes of Poisson counts negative binomial ones.
    internal override (EntryNoiseModel Noise, double Mean) Predicted(double mean, double error)
        => (error > 0 ? new NegativeBinomialNoise(error) : this, mean);

    private protected override double Draw(double mean, ref EntryRandom random) => random.Poisson(mean);
}

/// <summary>Whole numbers.</summary>
internal static class Counts
{
    public static string? Objection(double datum)
        => datum >= 0 && Math.Floor(datum) == datum ? null : "is no whole number";
}
