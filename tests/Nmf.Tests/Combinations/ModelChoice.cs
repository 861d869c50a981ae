namespace Nmf.Tests.Combinations;

/// <summary>One thing that a user may ask for beside a β-divergence: something about the data, or an
/// option of a problem.</summary>
/// <param name="Name">What the table of docs/math.md calls it.</param>
/// <param name="Option">The option, a property of the problems that have it; null for what is about the data.</param>
/// <param name="Apply">Asks for it, beside what the problem asks for already.</param>
internal sealed record ModelChoice(string Name, string? Option, Func<NmfProblem, NmfProblem> Apply)
{
    private static readonly Type[] AllProblems = [
        .. typeof(NmfProblem).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(NmfProblem)))];

    /// <summary>What it asks of the data.</summary>
    public DataTraits Traits { get; init; }

    /// <summary>Choices of one property, of which a fit has one.</summary>
    public string Property { get; init; } = Name;

    /// <summary>Whether β is still looked at.</summary>
    public bool HasBeta { get; init; } = true;

    /// <summary>The problems in which it can be asked for, by their types.</summary>
    public IEnumerable<Type> Problems
        => Option is null ? AllProblems : AllProblems.Where(type => type.GetProperty(Option) is { CanWrite: true });

    /// <summary>Whether it changes how data are stored, and nothing that the fit should see.</summary>
    public bool IsStorage => Traits == DataTraits.Sparse;

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<ModelChoice> All { get; } =
    [
        Given("sparse data", DataTraits.Sparse),
        Given("missing entries", DataTraits.Missing),
        Given("sample weights", DataTraits.SampleWeights),
        Given("entry weights", DataTraits.EntryWeights),
        Measured("α-divergence", new AlphaDivergence(0.5)),
        Measured("Bregman", new BregmanDivergence(new LogisticGenerator())),
        Measured("Bernoulli", new BernoulliLikelihood(1.1, 1.2)),
        Penalized("ℓ1", new L1Penalty(0.05)),
        Penalized("ℓ2", new L2Penalty(0.05)),
        Penalized("log", new LogPenalty(0.05, 0.1)),
        Penalized("groups", new GroupPenalty([[0], [1, 2]], 0.05, 0.1)),
        Penalized("smooth: squares", new SmoothnessPenalty(0.05)),
        Penalized("smooth: ratios", new ItakuraSaitoSmoothness(0.05)),
        new(
            "relevance", nameof(AutomaticRelevance.Prior),
            p => new AutomaticRelevance(p.BetaOrNull!.Value) { Dispersion = 1e-4, Shape = 2.5, Scale = 0.01 }),
        new("outliers", nameof(RobustNmf.Lambda), p => new RobustNmf(p.BetaOrNull!.Value, 0.3, OutlierKind.Entries)),
        new(
            "abundances", nameof(AbundanceNmf.Sum),
            p => new AbundanceNmf(p.BetaOrNull!.Value)) { Property = "abundances" },
        new(
            "minimum volume", nameof(AbundanceNmf.Volume),
            p => new AbundanceNmf(p.BetaOrNull!.Value) { Volume = new VolumePenalty() }) { Property = "abundances" },
        new("known components", nameof(BetaNmf.Known), p => (BetaNmf)p with { Known = Known() }),
        new("annealing", nameof(BetaNmf.Annealing), Annealed),
    ];

    private static ModelChoice Given(string name, DataTraits traits) => new(name, null, p => p) { Traits = traits };

    private static ModelChoice Measured(string name, MeasureOfFit measure)
        => new(name, nameof(MeasureNmf.Measure), _ => measure) { Property = "measure", HasBeta = false };

    private static ModelChoice Penalized(string name, NmfPenalty penalty)
        => new(
            name, nameof(BetaNmf.Penalties), p => (BetaNmf)p with { Penalties = [.. ((BetaNmf)p).Penalties, penalty] });

    private static KnownComponents Known() => KnownComponents.FromDictionary(Components.Select(
        TestData.Start<double>(CombinationData.Samples, CombinationData.Features, CombinationData.Rank, 3).Dictionary,
        [1]));

    private static NmfProblem Annealed(NmfProblem problem)
    {
        var annealing = new BetaAnnealing { From = 1.75, Stages = 2, IterationsPerStage = 3 };
        return problem is RobustNmf robust
            ? robust with { Annealing = annealing }
            : (BetaNmf)problem with { Annealing = annealing };
    }
}
