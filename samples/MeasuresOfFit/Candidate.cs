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
        new("Euclidean", o => o.Problem = BetaDivergence.Euclidean),
        new("Kullback-Leibler", o => o.Problem = BetaDivergence.KullbackLeibler),
        new("Itakura-Saito", o => o.Problem = BetaDivergence.ItakuraSaito) { AllowsZeros = false },
        new("Hellinger", o => o.Problem = new AlphaDivergence(0.5)),
        new("own Bregman", o => o.Problem = new BregmanDivergence(new NegativeBinomialGenerator())),
        new("Bernoulli", o => o.Problem = new BernoulliLikelihood()) { LargestDatum = 1 },
    ];
}
