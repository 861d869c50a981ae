namespace Nmf;

/// <summary>ℓ1: <c>λ Σ |h|</c>, sparse factors. Together with <see cref="L2Penalty"/> of the same factor it is
/// the elastic net.</summary>
public sealed record L1Penalty : NmfPenalty
{
    /// <summary>ℓ1 of the activations, unless <see cref="Factor"/> says otherwise.</summary>
    /// <param name="weight">λ.</param>
    public L1Penalty(double weight)
        : base(weight)
    {
    }

    /// <summary>Which factor.</summary>
    public PenalizedFactor Factor { get; init; }

    internal override PenalizedFactor? Bounds => Factor;

    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, size - divergence) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples)
        => new L1Term<T>(Weight, Factor, guarded);

    internal override string Describe() => $"{base.Describe()}, Factor = {Factor} }}";
}
