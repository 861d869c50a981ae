namespace Nmf;

/// <summary>ℓ2: <c>λ/2 Σ h²</c>, factors without large entries.</summary>
public sealed record L2Penalty : NmfPenalty
{
    /// <summary>ℓ2 of the activations, unless <see cref="Factor"/> says otherwise.</summary>
    /// <param name="weight">λ.</param>
    public L2Penalty(double weight)
        : base(weight)
    {
    }

    /// <summary>Which factor.</summary>
    public PenalizedFactor Factor { get; init; }

    internal override PenalizedFactor? Bounds => Factor;

    internal override bool IsQuadratic => true;

    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, (2 * size) - divergence) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples)
        => new L2Term<T>(Weight, Factor, guarded, rank);

    internal override string Describe() => $"{base.Describe()}, Factor = {Factor} }}";
}
