namespace Nmf;

/// <summary>How a tensor is factorised with a core (<see cref="TuckerNmf"/>).</summary>
public sealed record TuckerOptions
{
    /// <summary>Number of components of every mode, each greater than zero.</summary>
    public required IReadOnlyList<int> Ranks { get; init; }

    /// <summary>Divergence parameter β; see <see cref="BetaDivergence"/>.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>When the fit looks at its objective and when it ends; 1000 iterations at most unless told otherwise.
    /// One iteration updates every factor and the core once.</summary>
    public IterationOptions Iterations { get; init; } = new() { MaximumIterations = 1000, Tolerance = 1e-6 };

    /// <summary>Number of random starts, at least 1; the fit with the lowest objective is kept.</summary>
    public int Starts { get; init; } = 4;

    /// <summary>Seed of the starts. The same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate(int order)
    {
        Option.Require(
            Option.Given(Ranks).Count == order, nameof(Ranks),
            $"There are {Ranks.Count} ranks for {order} modes.");
        foreach (var rank in Ranks)
            Option.RequirePositive(rank, "rank of every mode", nameof(Ranks));
        Option.Require(
            Ranks.Aggregate(1.0, (size, rank) => size * rank) <= 1 << 24, nameof(Ranks),
            "The core must not have more than 2^24 entries.");
        Option.Require(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");
        Option.Given(Iterations).Validate();
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
    }

    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts);
        return facts.Add(nameof(Ranks), string.Join(" x ", Ranks)).Add(nameof(Beta), Beta)
            .Add(nameof(Starts), Starts).Add(nameof(Seed), Seed);
    }
}
