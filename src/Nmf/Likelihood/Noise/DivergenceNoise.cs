namespace Nmf;

/// <summary>
/// Positive data whose density falls with a β-divergence, for every β: <c>p(v|y) ∝ v^(β/2-1) exp(-d_β(v|y)/φ)</c>, the
/// saddle point approximation of the Tweedie law with <c>Var v ≈ φ y^(2-β)</c>, normalised by numerical integration. It
/// is that law for β = 0 (gamma) and -1 (inverse Gaussian), and exists where that does not: for β between 1 and 2, and
/// for positive data that are no counts with β = 1. With it one asks which β data want. After Dikmen, Yang and Oja,
/// "Learning the information divergence", 2015.
/// </summary>
/// <remarks>The density of a zero is 0 or infinite, whatever the mean, so that data with zeros say nothing here.
/// Except for β = 0 and -1 the mean of v is y only as φ y^-β becomes small.</remarks>
/// <param name="DivergenceBeta">β, between -3 and 4.</param>
/// <param name="Dispersion">φ, in the unit of the data to the power of β; null to have it estimated.</param>
public sealed record DivergenceNoise(double DivergenceBeta, double? Dispersion = null) : EntryNoiseModel(Dispersion)
{
    /// <summary>β.</summary>
    public double DivergenceBeta { get; } = DivergenceBeta is >= -3 and <= 4 ? DivergenceBeta
        : throw new ArgumentException(
            $"Beta must be between -3 and 4, not {DivergenceBeta}.", nameof(DivergenceBeta));

    /// <inheritdoc/>
    public override double? Beta => DivergenceBeta;

    internal override string InWords => $"noise of the divergence with beta = {DivergenceBeta}";

    internal override bool HasFreeDispersion => true;

    internal override bool IsDiscrete => false;

    private DivergenceDensity Shape => DivergenceDensity.Of(DivergenceBeta);

    /// <inheritdoc/>
    public override double LogDensity(double datum, double mean)
    {
        if (!(datum > 0) || !(mean > 0))
            return double.NegativeInfinity;
        var lambda = Math.Pow(mean, DivergenceBeta) / Phi;
        return -(lambda * BetaDivergence.Value(datum / mean, 1, DivergenceBeta))
            + (DivergenceBeta / 2 * Math.Log(datum / mean)) - Math.Log(datum) - Shape.LogIntegral(lambda);
    }

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
        => datum > 0 ? Shape.Cumulative(Math.Log(datum / mean), Math.Pow(mean, DivergenceBeta) / Phi) : 0;

    /// <inheritdoc/>
    /// <remarks>φ y^(2-β), which it is as φ y^-β becomes small.</remarks>
    public override double Variance(double mean) => Phi * Math.Pow(mean, 2 - DivergenceBeta);

    internal override string? Objection(double datum)
        => datum > 0 ? null : "is 0, where the density is 0 or infinite whatever the mean";

    // β and the dispersion.
    internal override int Parameters => 2;

    internal override NoiseModel With(double dispersion) => new DivergenceNoise(DivergenceBeta, dispersion);

    private protected override double Draw(double mean, ref EntryRandom random)
        => mean * PortableMath.Exp(Shape.DrawLog(
            PortableMath.Exp(DivergenceBeta * PortableMath.Log(mean)) / Phi, ref random));
}
