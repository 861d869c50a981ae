namespace Nmf.Tests;

public sealed class ExponentialRelevanceContract : RelevanceContract
{
    protected override double RelevanceBeta => 1;

    protected override RelevancePrior Prior => RelevancePrior.Exponential;
}

public sealed class ExponentialEuclideanRelevanceContract : RelevanceContract
{
    protected override double RelevanceBeta => 2;

    protected override RelevancePrior Prior => RelevancePrior.Exponential;
}

public sealed class HalfNormalItakuraSaitoRelevanceContract : RelevanceContract
{
    protected override double RelevanceBeta => 0;

    protected override RelevancePrior Prior => RelevancePrior.HalfNormal;
}

public sealed class HalfNormalRelevanceContract : RelevanceContract
{
    protected override double RelevanceBeta => 1;

    protected override RelevancePrior Prior => RelevancePrior.HalfNormal;
}

public sealed class HalfNormalOrdinaryBetaRelevanceContract : RelevanceContract
{
    protected override double RelevanceBeta => 1.4;

    protected override RelevancePrior Prior => RelevancePrior.HalfNormal;
}

public sealed class MixedRelevanceContract : RelevanceContract
{
    protected override double RelevanceBeta => 1;

    protected override RelevancePrior Prior => RelevancePrior.Mixed;
}

/// <summary>The dispersion is so small that no component of the small problems dies: what dies has
/// tests of its own.</summary>
public abstract class RelevanceContract : ModelContract
{
    protected abstract double RelevanceBeta { get; }

    protected abstract RelevancePrior Prior { get; }

    protected override bool IsPenalized => true;

    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = new AutomaticRelevance(RelevanceBeta) { Prior = Prior, Dispersion = 0.01,
            Shape = 2.5, Scale = 0.01 }, Inference = new() { Tolerance = 1e-3 } };
}
