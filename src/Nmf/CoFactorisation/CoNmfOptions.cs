namespace Nmf;

/// <summary>What the columns of the dictionaries of coupled views sum to: without it a coupling would only make
/// activations small and dictionaries large. The level of a view is the mean sum of its samples.</summary>
public enum DictionaryScaling
{
    /// <summary>The sums of a column, each divided by the level of its view, are one on average over the views: a
    /// component may be large in one view and small in another, and is coupled all the same.</summary>
    OverViews,

    /// <summary>Every column sums to the level of its view: a component must have the same share in every
    /// view.</summary>
    EachView,
}

/// <summary>How one of several views is fitted.</summary>
public sealed record CoNmfView
{
    /// <summary>β of its divergence.</summary>
    public double Beta { get; init; } = BetaDivergence.KullbackLeibler;

    /// <summary>
    /// α, what its divergence is multiplied by, greater than zero; null for 1 / (F m^β) with F its features and m the
    /// mean of its data, so that views count alike whatever their sizes and units.
    /// </summary>
    public double? Weight { get; init; }

    internal void Validate(int number)
    {
        Option.Require(
            double.IsFinite(Beta), nameof(Beta), $"The beta of view {number} is {Beta}. It must be finite.");
        Option.Require(
            Weight is null or (> 0 and < double.PositiveInfinity), nameof(Weight),
            $"The weight of view {number} is {Weight}. It must be finite and greater than zero.");
    }
}

/// <summary>What to fit to several views, and how.</summary>
public sealed record CoNmfOptions
{
    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>How activations belong together.</summary>
    public ViewCoupling Coupling { get; init; } = ViewCoupling.L1(0.1);

    /// <summary>What columns of the dictionaries sum to.</summary>
    public DictionaryScaling Scaling { get; init; }

    /// <summary>The views, one for each matrix of data; empty for the same defaults for all.</summary>
    public IReadOnlyList<CoNmfView> Views { get; init; } = [];

    /// <summary>When the fit looks at its objective and when it ends. One iteration updates every factor
    /// once.</summary>
    public IterationOptions Iterations { get; init; } = new();

    /// <summary>Most iterations with shared activations before those of the coupling, at least 0: they tell components
    /// of the views which belongs to which.</summary>
    public int SharedIterations { get; init; } = 30;

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. Starts are random.</summary>
    public int Starts { get; init; } = 4;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>How far activations of new samples are solved.</summary>
    public InferenceOptions Inference { get; init; } = new();

    internal CoNmfView View(int view) => Views.Count == 0 ? new CoNmfView() : Views[view];

    internal void Validate(int views)
    {
        Option.RequirePositive(Rank, "rank");
        Option.Require(views >= 2, nameof(Views), $"There must be at least 2 views, but there are {views}.");
        Option.Require(views <= CoNmf.MostViews, nameof(Views), $"There are {views} views, more than the "
            + $"{CoNmf.MostViews} that a fit can have.");
        Option.Require(
            Option.Given(Views).Count == 0 || Views.Count == views, nameof(Views),
            $"There are options of {Views.Count} views, but data of {views}.");
        for (var v = 0; v < Views.Count; v++)
            Option.Given(Views[v]).Validate(v);
        Option.Given(Coupling).Validate();
        Option.Require(Enum.IsDefined(Scaling), nameof(Scaling), "There is no such scaling.");
        Option.Given(Iterations).Validate();
        Option.Require(
            SharedIterations >= 0, nameof(SharedIterations), "The shared iterations must not be negative.");
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
        Option.Given(Inference).Validate();
    }

    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts.Add(nameof(Rank), Rank));
        Inference.AddTo(facts);
        facts.Add(nameof(Coupling), Coupling.Describe()).Add(nameof(Scaling), Scaling.ToString())
            .Add(nameof(SharedIterations), SharedIterations).Add(nameof(Starts), Starts).Add(nameof(Seed), Seed);
        for (var v = 0; v < Views.Count; v++)
            facts.Add($"beta of view {v}", Views[v].Beta).Add($"weight of view {v}", Views[v].Weight);
        return facts;
    }
}
