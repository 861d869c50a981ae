using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Smoothness of the activations along the order of the samples by their ratios, which does not depend on the scale of
/// a component: <c>λ Σ_n d_IS(h_{n-1} | h_n)</c>. β = 0 only, and one such penalty at most. Inference for single rows
/// does not know neighbours and ignores it. Févotte, "Majorization-minimization algorithm for smooth Itakura-Saito
/// nonnegative matrix factorization", 2011.
/// </summary>
/// <remarks><see cref="SmoothNmf"/> is the model with this penalty alone, for several sequences and weights of their
/// own for components.</remarks>
public sealed record ItakuraSaitoSmoothness : NmfPenalty
{
    /// <summary>Smoothness of the activations.</summary>
    /// <param name="weight">λ.</param>
    public ItakuraSaitoSmoothness(double weight)
        : base(weight)
    {
    }

    /// <summary>Which way round neighbouring activations are compared.</summary>
    public SmoothnessDirection Direction { get; init; }

    internal override bool TiesSamples => true;

    internal override bool NeedsItakuraSaito => true;

    // Neither its value nor the divergence of β = 0 depends on units.
    internal override NmfPenalty InUnit(double size, double divergence) => this;

    internal override FactorPenalty<T>? CreateTerm<T>(bool guarded, int rank, int samples) => null;

    internal override SmoothSweep<T> CreateSweep<T>(Matrix<T> h)
        => new(h, SequenceLayout.One(h.Rows), [.. Enumerable.Repeat(Weight, h.Columns)], Direction);

    internal override string Describe() => $"{base.Describe()}, Direction = {Direction} }}";

    internal override void Validate(int rank, double beta)
    {
        base.Validate(rank, beta);
        Require(Enum.IsDefined(Direction), $"There is no smoothness direction {Direction}.");
        Require(
            beta == BetaDivergence.ItakuraSaito,
            $"Itakura-Saito smoothness goes with beta = 0 only, not with beta = {beta}: choose SmoothnessPenalty.");
    }
}
