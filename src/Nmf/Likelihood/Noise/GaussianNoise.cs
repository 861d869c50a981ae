using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// Additive noise of constant variance, <c>v ~ N(y, φ)</c>: what β = 2 assumes, <c>-log p = d_2(v|y) / φ + ½ log
/// 2πφ</c>. It gives negative data some probability, which matters where means are within a few standard deviations of
/// zero.
/// </summary>
/// <param name="Dispersion">φ, the variance, in the unit of the data squared; null to have it estimated.</param>
public sealed record GaussianNoise(double? Dispersion = null) : EntryNoiseModel(Dispersion)
{
    /// <inheritdoc/>
    public override double? Beta => BetaDivergence.Euclidean;

    internal override string InWords => "Gaussian noise";

    internal override bool HasFreeDispersion => true;

    internal override bool IsDiscrete => false;

    /// <inheritdoc/>
    public override double LogDensity(double datum, double mean)
        => -(BetaDivergence.Value(datum, mean, 2) / Phi) - (0.5 * Math.Log(2 * Math.PI * Phi));

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
        => 0.5 * SpecialFunctions.Erfc((mean - datum) / Math.Sqrt(2 * Phi));

    /// <inheritdoc/>
    public override double Variance(double mean) => Phi;

    internal override string? Objection(double datum) => null;

    internal override bool AllowsAnyMean => true;

    internal override NoiseModel With(double dispersion) => new GaussianNoise(dispersion);

    internal override EntryNoiseModel Estimate(ReadOnlySpan<double> data, ReadOnlySpan<double> means)
    {
        double sum = 0, scale = 0;
        for (var i = 0; i < data.Length; i++)
        {
            var difference = data[i] - means[i];
            sum += difference * difference;
            scale += data[i] * data[i];
        }

        // Data that are their own means vary little, but a density needs something.
        var least = scale > 0 ? 1e-24 * scale : 1;
        return new GaussianNoise(Math.Max(sum, least) / Math.Max(data.Length, 1));
    }

    // Negative data are no data of a factorisation: what would be below zero is zero.
    private protected override double Draw(double mean, ref EntryRandom random)
        => Math.Max(0, mean + (Math.Sqrt(Phi) * random.Normal()));
}
