namespace Nmf;

/// <summary>
/// Smoothness of the activations along the order of the samples, frames of a spectrogram or a time series, by squared
/// differences: <c>λ/2 Σ_n (h_n - h_{n-1})²</c>. Inference for single rows does not know neighbours and ignores it.
/// </summary>
public sealed record SmoothnessPenalty : NmfPenalty
{
    /// <summary>Smoothness of the activations.</summary>
    /// <param name="weight">λ.</param>
    public SmoothnessPenalty(double weight)
        : base(weight)
    {
    }

    internal override bool TiesSamples => true;

    internal override bool IsQuadratic => true;

    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, (2 * size) - divergence) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples)
        => new DifferenceTerm<T>(Weight, guarded, samples, rank);

    internal override string Describe() => $"{base.Describe()} }}";
}
