namespace Nmf;

/// <summary>What the fits of all models of sequences have in common.</summary>
public abstract record SequenceNmfOptions
{
    private protected SequenceNmfOptions()
    {
    }

    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>
    /// Components whose columns of W are known, and in a dynamical system their transitions, or null: the first ones of
    /// the model. They stay, to the bit; free ones behind them learn what else there is, and all components keep their
    /// order.
    /// </summary>
    public KnownComponents? Known { get; init; }

    /// <summary>When the fit looks at its objective and when it ends. One iteration updates
    /// every factor once.</summary>
    public IterationOptions Iterations { get; init; } = new();

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. Starts are random, a given
    /// one comes first.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>When inference for new sequences ends; 200 iterations at most unless told otherwise.</summary>
    public InferenceOptions Inference { get; init; } = new() { MaximumIterations = 200 };

    internal int KnownCount => Known?.Count ?? 0;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal virtual void Validate()
    {
        Option.RequirePositive(Rank, "rank");
        Known?.RequireRank(Rank);
        Option.Given(Iterations).Validate();
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
        Option.Given(Inference).Validate();
    }

    /// <summary>The same options in another unit.</summary>
    internal virtual SequenceNmfOptions InUnit(FitUnit unit) => this with { Known = Known?.InUnit(unit) };

    /// <summary>Whether features may be multiplied by numbers, and W with them, without a change of the
    /// objective.</summary>
    internal virtual bool SeesRatiosOfFeatures => true;

    /// <summary>What <see cref="InUnit"/> has left out of the objective, which is a constant.</summary>
    internal virtual double ConstantOf(FitUnit unit, int samples) => 0;

    /// <summary>All options but those with which a fit may go on.</summary>
    internal virtual CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts.Add("model", GetType().Name).Add(nameof(Rank), Rank));
        Inference.AddTo(facts);
        return facts
            .Add(nameof(Known), Known?.Describe() ?? "none")
            .Add(nameof(Starts), Starts)
            .Add(nameof(Seed), Seed);
    }

    /// <summary>The weights of all components, for checkpoints.</summary>
    private protected static string Describe(IReadOnlyList<double> weights)
        => string.Join(", ", weights.Select(weight => $"{weight:R}"));

    /// <summary>One value per component: their own, or the common one.</summary>
    private protected double[] PerComponent(IReadOnlyList<double>? own, double common)
        => own is null ? [.. Enumerable.Repeat(common, Rank)] : [.. own];

    /// <summary>Checks a weight that is the same for all components, and those of their own.</summary>
    private protected void RequireWeights(
        double common, string commonOption, IReadOnlyList<double>? own, string ownOption, string name)
    {
        Option.Require(
            common >= 0 && double.IsFinite(common), commonOption,
            $"The {name} is {common}. It must be finite and at least 0.");
        Option.Require(
            own is null || own.Count == Rank, ownOption,
            $"There are {own?.Count} values of the {name}, but the rank is {Rank}.");
        for (var k = 0; own is not null && k < own.Count; k++)
            Option.Require(
                own[k] >= 0 && double.IsFinite(own[k]), ownOption,
                $"The {name} of component {k} is {own[k]}. It must be finite and at least 0.");
    }
}
