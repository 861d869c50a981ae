namespace Nmf;

/// <summary>How the dictionary learns from a batch.</summary>
public enum OnlineUpdate
{
    /// <summary><see cref="LeastSquares"/> for β = 2, <see cref="MajorizationMinimization"/> otherwise.</summary>
    Auto,

    /// <summary>Minimises the weighted sum of the majorisers of all batches so far, in closed form. Any β.</summary>
    MajorizationMinimization,

    /// <summary>Coordinate descent on the weighted least-squares problem of all batches so far (Mairal, Bach, Ponce and
    /// Sapiro 2010). β = 2 only.</summary>
    LeastSquares,
}

/// <summary>What is learnt from one batch of a stream, and how long it is remembered.</summary>
public sealed record BatchLearning
{
    private const int MostInnerIterations = 1_000_000;

    /// <summary>How the dictionary learns from a batch.</summary>
    public OnlineUpdate Update { get; init; }

    /// <summary>
    /// What is left of the weight of a batch when <see cref="ForgettingPeriod"/> samples have been learnt after it, r
    /// in (0, 1]: a batch of m samples multiplies the weight of all before it by r^(m / period). 1 never forgets, and
    /// learns slowly: what early batches said of the dictionary was said of a worse one. Small values follow the last
    /// batches and their noise.
    /// </summary>
    public double Forgetting { get; init; } = 0.1;

    /// <summary>
    /// Samples after which a batch has lost the part 1 - <see cref="Forgetting"/> of its weight, or null for the number
    /// of samples learnt so far and of those that <see cref="OnlineNmfOptions.StartWeight"/> lets the start count for,
    /// at most those of one pass: then the weights of a long stream fall like a power of time (Mairal, Bach, Ponce and
    /// Sapiro 2010).
    /// </summary>
    public long? ForgettingPeriod { get; init; }

    /// <summary>Most updates of the activations of a batch, at least 1.</summary>
    public int InnerIterations { get; init; } = 20;

    /// <summary>
    /// The activations of a batch are done when an update changes them by less than this part of their norm; 0 makes
    /// all <see cref="InnerIterations"/>.
    /// </summary>
    public double InnerTolerance { get; init; } = 0.01;

    internal void Validate(double beta)
    {
        Option.Require(Enum.IsDefined(Update), nameof(Update), $"There is no online update {Update}.");
        Option.Require(
            Update != OnlineUpdate.LeastSquares || beta == BetaDivergence.Euclidean,
            nameof(Update),
            $"The online update {Update} minimises the divergence with beta = 2 only, not that with beta = {beta}.");
        Option.Require(
            Forgetting is > 0 and <= 1, nameof(Forgetting), "The forgetting must be greater than 0 and at most 1.");
        Option.RequirePositive(ForgettingPeriod, "forgetting period");
        Option.Require(
            InnerIterations is > 0 and <= MostInnerIterations, nameof(InnerIterations),
            $"The number of inner iterations must be between 1 and {MostInnerIterations}.");
        Option.Require(InnerTolerance >= 0, nameof(InnerTolerance), "The inner tolerance must not be negative.");
    }
}
