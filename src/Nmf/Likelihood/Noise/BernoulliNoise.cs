using MathNet.Numerics;

namespace Nmf;

/// <summary>Binary data, <c>P(v = 1) = y</c>: what <see cref="BernoulliLikelihood"/> assumes, <c>-log p = -v log y -
/// (1-v) log(1-y)</c>, its measure of fit without a constant.</summary>
public sealed record BernoulliNoise() : EntryNoiseModel(1)
{
    /// <inheritdoc/>
    public override double? Beta => null;

    /// <inheritdoc/>
    public override NmfProblem Problem => new BernoulliLikelihood();

    internal override string InWords => "Bernoulli noise";

    internal override bool HasFreeDispersion => false;

    internal override bool IsDiscrete => true;

    /// <inheritdoc/>
    public override double LogDensity(double datum, double mean) => datum switch
    {
        0 => mean < 1 ? SpecialFunctions.Log1p(-mean) : double.NegativeInfinity,
        1 => Math.Log(Math.Min(mean, 1)),
        _ => double.NegativeInfinity,
    };

    /// <inheritdoc/>
    public override double Cumulative(double datum, double mean)
        => datum < 0 ? 0 : datum < 1 ? Math.Max(0, 1 - mean) : 1;

    /// <inheritdoc/>
    public override double Variance(double mean) => mean * Math.Max(0, 1 - mean);

    internal override string? Objection(double datum) => datum is 0 or 1 ? null : "is neither 0 nor 1";

    internal override double Possible(double mean) => Math.Clamp(mean, 0, 1);

    internal override NoiseModel With(double dispersion) => this;

    private protected override double Draw(double mean, ref EntryRandom random) => random.Uniform() < mean ? 1 : 0;
}
