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
    /// Components that stay as the start has them, one flag per component; null for none. What stays is their columns
    /// of W and, in a dynamical system, their rows of A. Such a fit needs a start, and its components keep their order.
    /// </summary>
    public IReadOnlyList<bool>? FixedComponents { get; init; }

    /// <summary>Most iterations, at least 0. One iteration updates every factor once.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0 runs
    /// all iterations.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>The objective is evaluated every so many iterations, at least 1.</summary>
    public int CheckInterval { get; init; } = 5;

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. Starts are random, a given
    /// one comes first.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Inference for new sequences ends when an iteration lowers the objective by less than this
    /// fraction of it.</summary>
    public double InferenceTolerance { get; init; } = 1e-5;

    /// <summary>Most iterations of inference for new sequences.</summary>
    public int MaximumInferenceIterations { get; init; } = 200;

    internal bool HasFixedComponents => FixedComponents is not null && FixedComponents.Contains(true);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public virtual void Validate()
    {
        Require(
            FixedComponents is null || FixedComponents.Count == Rank, nameof(FixedComponents),
            $"There are {FixedComponents?.Count} flags of fixed components, but the rank is {Rank}.");
        ToLoopOptions().Validate();
    }

    internal NmfOptions ToLoopOptions() => new()
    {
        Rank = Rank,
        Beta = BetaDivergence.ItakuraSaito,
        Initialization = NmfInitialization.Random,
        MaximumIterations = MaximumIterations,
        Tolerance = Tolerance,
        CheckInterval = CheckInterval,
        Starts = Starts,
        Seed = Seed,
        Threads = Threads,
        InferenceTolerance = InferenceTolerance,
        MaximumInferenceIterations = MaximumInferenceIterations,
    };

    /// <summary>One value per component: their own, or the common one.</summary>
    private protected double[] PerComponent(IReadOnlyList<double>? own, double common)
        => own is null ? [.. Enumerable.Repeat(common, Rank)] : [.. own];

    /// <summary>Checks a weight that is the same for all components, and those of their own.</summary>
    private protected void RequireWeights(
        double common, string commonOption, IReadOnlyList<double>? own, string ownOption, string name)
    {
        Require(
            common >= 0 && double.IsFinite(common), commonOption,
            $"The {name} is {common}. It must be finite and at least 0.");
        Require(
            own is null || own.Count == Rank, ownOption,
            $"There are {own?.Count} values of the {name}, but the rank is {Rank}.");
        for (var k = 0; own is not null && k < own.Count; k++)
            Require(
                own[k] >= 0 && double.IsFinite(own[k]), ownOption,
                $"The {name} of component {k} is {own[k]}. It must be finite and at least 0.");
    }

    private protected static void Require(bool condition, string option, string message)
    {
        if (!condition)
            throw new ArgumentException(message, option);
    }
}
