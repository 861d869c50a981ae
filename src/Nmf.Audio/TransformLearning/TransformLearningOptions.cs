namespace Nmf.Audio;

/// <summary>What a factorisation with a learnt transform fits and how.</summary>
public sealed record TransformLearningOptions
{
    internal const int LongestFrame = 1 << 13;

    /// <summary>Number of components K, at least 1.</summary>
    public int Rank { get; init; } = 10;

    /// <summary>From where the transform starts.</summary>
    public TransformStart Start { get; init; }

    /// <summary>Whether the transform stays what it is at the start, and only W and H are fitted: with
    /// <see cref="TransformStart.Cosine"/> the common factorisation of a spectrogram, to compare with.</summary>
    public bool KeepsTransform { get; init; }

    /// <summary>Weight λ of the penalty Σ_k ‖w_k‖₁ ‖h_k‖₁ for few and weak components, at least 0, relative to the mean
    /// power of a sample.</summary>
    public double Sparsity { get; init; }

    /// <summary>What is added to the power of every coefficient, relative to the mean power of a sample, greater than 0
    /// and at most 1: the logarithm of a coefficient that changes its sign would have no bound.</summary>
    public double Floor { get; init; } = 1e-6;

    /// <summary>When to stop.</summary>
    public IterationOptions Iterations { get; init; } = new();

    /// <summary>Number of starts, of which the one with the best objective is kept. W and H, and
    /// <see cref="TransformStart.Random"/> transforms, differ.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of the starts.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads; null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    internal void Validate()
    {
        Option.RequirePositive(Rank, "rank");
        Option.Require(Enum.IsDefined(Start), nameof(Start), $"There is no start {Start}.");
        Option.Require(
            Sparsity >= 0 && double.IsFinite(Sparsity), nameof(Sparsity), "The sparsity must not be negative.");
        Option.Require(
            Floor is > 0 and <= 1, nameof(Floor), $"The floor must be between 0 and 1, not {Floor}.");
        Option.Given(Iterations).Validate();
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
    }

    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts);
        return facts.Add(nameof(Rank), Rank).Add(nameof(Start), Start.ToString())
            .Add(nameof(KeepsTransform), KeepsTransform.ToString()).Add(nameof(Sparsity), Sparsity)
            .Add(nameof(Floor), Floor).Add(nameof(Starts), Starts).Add(nameof(Seed), Seed);
    }
}
