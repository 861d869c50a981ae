using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MeasuresOfFit;

/// <summary>A measure of fit that is tried.</summary>
/// <param name="Name">Name.</param>
/// <param name="Choose">Asks for it.</param>
internal sealed record Candidate(string Name, Action<NmfEstimator.Options> Choose)
{
    /// <summary>Whether a datum may be zero.</summary>
    public bool AllowsZeros { get; init; } = true;

    /// <summary>Largest datum.</summary>
    public double LargestDatum { get; init; } = double.PositiveInfinity;

    public static IReadOnlyList<Candidate> All { get; } =
    [
        new("Euclidean", o => o.Beta = BetaDivergence.Euclidean),
        new("Kullback-Leibler", o => o.Beta = BetaDivergence.KullbackLeibler),
        new("Itakura-Saito", o => o.Beta = BetaDivergence.ItakuraSaito) { AllowsZeros = false },
        new("Hellinger", o => o.Measure = new AlphaDivergence(0.5)),
        new("own Bregman", o => o.Measure = new BregmanDivergence(new NegativeBinomialGenerator())),
        new("Bernoulli", o => o.Measure = new BernoulliLikelihood()) { LargestDatum = 1 },
    ];
}
