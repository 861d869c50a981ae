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

/// <summary>What to learn from a stream of batches and how.</summary>
public sealed record OnlineNmfOptions
{
    private const int MostInnerIterations = 1_000_000;

    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data must be
    /// strictly positive.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>How the dictionary learns from a batch.</summary>
    public OnlineUpdate Update { get; init; }

    /// <summary>
    /// Samples of a batch, at least 1, when a source is cut into batches. A batch costs two updates of the whole
    /// dictionary's size, so it should have at least as many stored entries as the dictionary has rows.
    /// </summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Most passes over a source, at least 1.</summary>
    public int Passes { get; init; } = 10;

    /// <summary>Passes over a source end when one lowers the averaged cost by less than this fraction of it; 0
    /// makes all passes.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>
    /// What is left of the weight of a batch when <see cref="ForgettingPeriod"/> samples have been learnt after it, r
    /// in (0, 1]: a batch of m samples multiplies the weight of all before it by r^(m / period). 1 never forgets, and
    /// learns slowly: what early batches said of the dictionary was said of a worse one. Small values follow the last
    /// batches and their noise.
    /// </summary>
    public double Forgetting { get; init; } = 0.1;

    /// <summary>
    /// Samples after which a batch has lost the part 1 - <see cref="Forgetting"/> of its weight, or null for the number
    /// of samples learnt so far and of those that <see cref="StartWeight"/> lets the start count for, at most those of
    /// one pass: then the weights of a long stream fall like a power of time (Mairal, Bach, Ponce and Sapiro 2010).
    /// </summary>
    public long? ForgettingPeriod { get; init; }

    /// <summary>
    /// How many samples a start counts for: as if it had been learnt from so many samples like those of the
    /// first batch. Null for as many as the first batch has. 0 keeps nothing of the start but the point from
    /// which the first batch moves it.
    /// </summary>
    public double? StartWeight { get; init; }

    /// <summary>Most updates of the activations of a batch, at least 1.</summary>
    public int InnerIterations { get; init; } = 20;

    /// <summary>
    /// The activations of a batch are done when an update changes them by less than this part of their norm; 0 makes
    /// all <see cref="InnerIterations"/>.
    /// </summary>
    public double InnerTolerance { get; init; } = 0.01;

    /// <summary>Start of the dictionary, made from the first batch that is not zero. A given start
    /// takes precedence.</summary>
    public NmfInitialization Initialization { get; init; }

    /// <summary>Seed of everything random. The same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Scale convention of the models made from what was learnt.</summary>
    public ComponentScale Scale { get; init; }

    /// <summary>How far inference with the models made from what was learnt solves a row.</summary>
    public InferenceOptions Inference { get; init; } = new();

    /// <summary>The update that <see cref="OnlineUpdate.Auto"/> stands for, or the one asked for.</summary>
    internal OnlineUpdate EffectiveUpdate => Update != OnlineUpdate.Auto ? Update
        : Beta == BetaDivergence.Euclidean ? OnlineUpdate.LeastSquares : OnlineUpdate.MajorizationMinimization;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.Require(Enum.IsDefined(Update), nameof(Update), $"There is no online update {Update}.");
        Option.Require(
            Update != OnlineUpdate.LeastSquares || Beta == BetaDivergence.Euclidean,
            nameof(Update),
            $"The online update {Update} minimises the divergence with beta = 2 only, not that with beta = {Beta}.");
        Option.Require(BatchSize > 0, nameof(BatchSize), "The batch size must be greater than zero.");
        Option.Require(Passes > 0, nameof(Passes), "The number of passes must be greater than zero.");
        Option.Require(
            Forgetting is > 0 and <= 1, nameof(Forgetting), "The forgetting must be greater than 0 and at most 1.");
        Option.Require(
            ForgettingPeriod is null or > 0, nameof(ForgettingPeriod),
            "The forgetting period must be greater than zero.");
        Option.Require(
            StartWeight is null or (>= 0 and < double.PositiveInfinity), nameof(StartWeight),
            "The weight of the start must be finite and not negative.");
        Option.Require(
            InnerIterations is > 0 and <= MostInnerIterations, nameof(InnerIterations),
            $"The number of inner iterations must be between 1 and {MostInnerIterations}.");
        Option.Require(InnerTolerance >= 0, nameof(InnerTolerance), "The inner tolerance must not be negative.");
        ToModelOptions().Validate();
    }

    /// <summary>The options of a model made from what was learnt.</summary>
    internal NmfOptions ToModelOptions() => new()
    {
        Rank = Rank,
        Problem = Beta,
        Solver = EffectiveUpdate == OnlineUpdate.LeastSquares ? NmfSolver.Hals : NmfSolver.MajorizationMinimization,
        Initialization = Initialization,
        Iterations = new() { MaximumIterations = Passes, Tolerance = Tolerance },
        Seed = Seed,
        Threads = Threads,
        Scale = Scale,
        Inference = Inference,
    };
}
