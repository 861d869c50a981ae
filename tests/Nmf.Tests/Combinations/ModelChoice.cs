using Nmf.Kernels;

namespace Nmf.Tests.Combinations;

/// <summary>One thing that a user may ask for beside a β-divergence: something about the data, or an option.</summary>
/// <param name="Name">What the table of docs/math.md calls it.</param>
/// <param name="Apply">Asks for it, beside what the options ask for already.</param>
internal sealed record ModelChoice(string Name, Func<NmfOptions, NmfOptions> Apply)
{
    /// <summary>What it asks of the data.</summary>
    public DataTraits Traits { get; init; }

    /// <summary>Choices of one property, of which a fit has one: other than that, any two can be asked for.</summary>
    public string Property { get; init; } = Name;

    /// <summary>Whether β is still looked at.</summary>
    public bool HasBeta { get; init; } = true;

    /// <summary>Whether the fit needs factors to start from.</summary>
    public bool NeedsStart { get; init; }

    /// <summary>Whether it changes how data are stored, and nothing that the fit should see.</summary>
    public bool IsStorage => Traits == DataTraits.Sparse;

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<ModelChoice> All { get; } =
    [
        new("sparse data", o => o) { Traits = DataTraits.Sparse },
        new("missing entries", o => o) { Traits = DataTraits.Missing },
        new("sample weights", o => o) { Traits = DataTraits.SampleWeights },
        new("entry weights", o => o) { Traits = DataTraits.EntryWeights },
        Measured("α-divergence", new AlphaDivergence(0.5)),
        Measured("Bregman", new BregmanDivergence(new LogisticGenerator())),
        Measured("Bernoulli", new BernoulliLikelihood(1.1, 1.2)),
        Penalized("ℓ1", new L1Penalty(0.05)),
        Penalized("ℓ2", new L2Penalty(0.05)),
        Penalized("log", new LogPenalty(0.05, 0.1)),
        Penalized("groups", new GroupPenalty([[0], [1, 2]], 0.05, 0.1)),
        Penalized("smooth: squares", new SmoothnessPenalty(0.05)),
        Penalized("smooth: ratios", new SmoothnessPenalty(0.05) { Measure = SmoothnessMeasure.ItakuraSaito }),
        new("relevance", o => o with { AutomaticRelevance =
            new() { Prior = RelevancePrior.Exponential, Dispersion = 1e-4, Shape = 2.5, Scale = 0.01 } }),
        new("outliers", o => o with { Outliers = new OutlierPenalty(0.3, OutlierKind.Entries) }),
        new("abundances", o => o with { Abundances = AbundanceConstraint.SumToOne }) { Property = "abundances" },
        new("minimum volume", o => o with { Abundances = AbundanceConstraint.SumToOne, Volume = new VolumePenalty() })
        {
            Property = "abundances"
        },
        new("fixed components", o => o with { FixedComponents = [false, true, false] }) { NeedsStart = true },
        new("annealing", o => o with { Annealing = new() { From = 1.75, Stages = 2, IterationsPerStage = 3 } }),
    ];

    private static ModelChoice Measured(string name, MeasureOfFit measure)
        => new(name, o => o with { Measure = measure }) { Property = "measure", HasBeta = false };

    private static ModelChoice Penalized(string name, NmfPenalty penalty)
        => new(name, o => o with { Penalties = [.. o.Penalties, penalty] });
}
