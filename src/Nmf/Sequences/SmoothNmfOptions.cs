namespace Nmf;

/// <summary>Which way round neighbouring activations are compared: the Itakura-Saito divergence is not symmetric.</summary>
public enum SmoothnessDirection
{
    /// <summary><c>d_IS(h_{n-1} | h_n)</c>, the penalty of Févotte 2011.</summary>
    PreviousAgainstCurrent,

    /// <summary><c>d_IS(h_n | h_{n-1})</c>, the same penalty along reversed time: that of the nonnegative dynamical system with A = I.</summary>
    CurrentAgainstPrevious,
}

/// <summary>What smooth Itakura-Saito NMF fits and how.</summary>
public sealed record SmoothNmfOptions
{
    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>Weight λ of the penalty, at least 0. It is compared with sums over all features: 1 to 100 is the useful range for spectra. 0 is plain IS-NMF by majorisation-minimisation.</summary>
    public double Smoothness { get; init; } = 1;

    /// <summary>Which way round neighbouring activations are compared.</summary>
    public SmoothnessDirection Direction { get; init; }

    /// <summary>Components whose dictionary columns stay as the start has them, one flag per component; null for none. A fit with fixed components needs a start, and its components keep their order.</summary>
    public IReadOnlyList<bool>? FixedComponents { get; init; }

    /// <summary>Most iterations, at least 0. One iteration updates H once and W once.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0 runs all iterations.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>The objective is evaluated every so many iterations, at least 1.</summary>
    public int CheckInterval { get; init; } = 5;

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. Starts are random, a given one comes first.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Inference for new sequences ends when an iteration lowers the objective by less than this fraction of it.</summary>
    public double InferenceTolerance { get; init; } = 1e-5;

    /// <summary>Most iterations of inference for new sequences.</summary>
    public int MaximumInferenceIterations { get; init; } = 200;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        if (!(Smoothness >= 0 && double.IsFinite(Smoothness)))
            throw new ArgumentException($"The smoothness is {Smoothness}. It must be finite and at least 0.", nameof(Smoothness));
        if (!Enum.IsDefined(Direction))
            throw new ArgumentException($"There is no smoothness direction {Direction}.", nameof(Direction));
        if (FixedComponents is not null && FixedComponents.Count != Rank)
            throw new ArgumentException($"There are {FixedComponents.Count} flags of fixed components, but the rank is {Rank}.", nameof(FixedComponents));
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
}
