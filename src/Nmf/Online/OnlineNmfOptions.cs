namespace Nmf;

/// <summary>What to learn from a stream of batches and how.</summary>
public sealed record OnlineNmfOptions
{
    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>Divergence parameter β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data must be
    /// strictly positive.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>What is learnt from one batch, and how long it is remembered.</summary>
    public BatchLearning Learning { get; init; } = new();

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
    /// How many samples a start counts for: as if it had been learnt from so many samples like those of the
    /// first batch. Null for as many as the first batch has. 0 keeps nothing of the start but the point from
    /// which the first batch moves it.
    /// </summary>
    public double? StartWeight { get; init; }

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
    internal OnlineUpdate EffectiveUpdate => Learning.Update != OnlineUpdate.Auto ? Learning.Update
        : Beta == BetaDivergence.Euclidean ? OnlineUpdate.LeastSquares : OnlineUpdate.MajorizationMinimization;

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.Given(Learning).Validate(Beta);
        Option.RequirePositive(BatchSize, "batch size");
        Option.RequirePositive(Passes, "number of passes");
        Option.Require(
            StartWeight is null or (>= 0 and < double.PositiveInfinity), nameof(StartWeight),
            "The weight of the start must be finite and not negative.");
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
