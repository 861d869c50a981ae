namespace Nmf;

/// <summary>ℓ1: <c>λ Σ |h|</c>, sparse factors. Together with <see cref="L2Penalty"/> of the same factor it is
/// the elastic net.</summary>
/// <remarks>For β = 1 the guarded penalty of H alone is λ times the sum of the model, so all that it does is to divide
/// H by 1 + λ: what makes activations sparse there is a <see cref="LogPenalty"/>, a <see cref="GroupPenalty"/>, or ℓ1
/// of H together with ℓ1 or ℓ2 of W, which bounds W and leaves nothing to guard.</remarks>
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

    // Guarded against scale, the sum of H is the sum of the model, which the divergence fixes.
    internal override bool OnlyScales(double beta)
        => beta == BetaDivergence.KullbackLeibler && Factor == PenalizedFactor.Activations && Weight > 0;

    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, size - divergence) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples)
        => new L1Term<T>(Weight, Factor, guarded);

    internal override string Describe() => $"{base.Describe()}, Factor = {Factor} }}";
}
