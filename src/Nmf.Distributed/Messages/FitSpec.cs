namespace Nmf.Distributed.Messages;

/// <summary>A fit as it is stored and sent: its data and its options.</summary>
[GenerateSerializer]
internal sealed class FitSpec
{
    [Id(0)] public string Source { get; set; } = "";

    [Id(1)] public string Address { get; set; } = "";

    [Id(2)] public int Rank { get; set; }

    [Id(3)] public double Beta { get; set; }

    [Id(4)] public NmfSolver Solver { get; set; }

    [Id(5)] public int Seed { get; set; }

    [Id(6)] public int MaximumIterations { get; set; }

    [Id(7)] public double Tolerance { get; set; }

    [Id(8)] public int CheckInterval { get; set; }

    [Id(9)] public ComponentScale Scale { get; set; }

    [Id(10)] public double InferenceTolerance { get; set; }

    [Id(11)] public int InferenceIterations { get; set; }

    [Id(12)] public bool InfersActivations { get; set; }

    [Id(13)] public PenaltySpec[] Penalties { get; set; } = [];

    [Id(14)] public RelevanceSpec? Relevance { get; set; }

    /// <summary>How a stream is learnt, or null for a fit of all samples at once.</summary>
    [Id(15)] public OnlineSpec? Online { get; set; }

    /// <summary>A mark of the dictionary that was given to start from, or nothing.</summary>
    [Id(16)] public string Start { get; set; } = "";

    /// <summary>A fit of a source.</summary>
    /// <exception cref="ArgumentException">An option does not go with shards elsewhere; the message names it.
    /// </exception>
    public static FitSpec Of(string source, string address, NmfOptions options, NmfStart<float>? start = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        (options with { Shards = options.Shards ?? 1 }).Validate();
        Require(
            options.Shards is null, nameof(options.Shards),
            "A distributed fit has the shards of its source: leave Shards null.");
        Require(
            options.Starts == 1, nameof(options.Starts),
            $"A distributed fit has one start, not {options.Starts}: run as many with other seeds.");
        Require(
            options.Threads is null, nameof(options.Threads),
            "The threads of a distributed fit are those of its silos (ShardingOptions.Threads): leave Threads null.");
        Require(
            options.Iterations.TimeLimit is null, nameof(options.Iterations.TimeLimit),
            "A distributed fit has no time limit: cancel it.");
        Require(
            !options.Iterations.ReturnsWhenCancelled, nameof(options.Iterations.ReturnsWhenCancelled),
            "A distributed fit that is cancelled goes on when it is started again, and has no model before: leave "
            + "ReturnsWhenCancelled false.");
        Require(
            start?.Activations is null && start is not { KeepsActivationZeros: true }, nameof(start),
            "A distributed fit starts from a dictionary; its activations are inferred in the shards.");
        Require(start is not { WarmsUp: true }, nameof(start), "A start that warms up does not go with shards.");
        Require(
            start is null || start.Dictionary.Columns == options.Rank, nameof(start),
            $"The start dictionary has {start?.Dictionary.Columns} components, but the rank is {options.Rank}.");
        if (start is not null)
            NmfStart<float>.RequireNotZero(start.Dictionary, "All entries of the start dictionary");
        var beta = options.Problem as BetaNmf;
        return new FitSpec
        {
            Source = source,
            Address = address,
            Rank = options.Rank,
            Beta = options.Problem.BetaOrNull!.Value,
            Solver = options.Solver,
            Seed = options.Seed,
            MaximumIterations = options.Iterations.MaximumIterations,
            Tolerance = options.Iterations.Tolerance,
            CheckInterval = options.Iterations.CheckInterval,
            Scale = options.Scale,
            InferenceTolerance = options.Inference.Tolerance,
            InferenceIterations = options.Inference.MaximumIterations,
            InfersActivations = options.InfersActivations,
            Start = start is null ? "" : CheckpointFacts.MarkOf(start.Dictionary),
            Penalties = beta is null ? [] : [.. beta.Penalties.Select(PenaltySpec.Of)],
            Relevance = options.Problem is AutomaticRelevance relevance ? RelevanceSpec.Of(relevance) : null,
        };
    }

    /// <summary>The options again.</summary>
    /// <param name="shards">The shards, or null where they are not known.</param>
    public NmfOptions ToOptions(NmfShards? shards = null) => new()
    {
        Rank = Rank,
        Problem = Relevance is not null ? Relevance.ToProblem(Beta)
            : new BetaNmf(Beta) { Penalties = [.. Penalties.Select(penalty => penalty.ToPenalty())] },
        Solver = Solver,
        Seed = Seed,
        Iterations = new()
        {
            MaximumIterations = MaximumIterations, Tolerance = Tolerance, CheckInterval = CheckInterval,
        },
        Scale = Scale,
        Inference = new() { Tolerance = InferenceTolerance, MaximumIterations = InferenceIterations },
        InfersActivations = InfersActivations,
        Shards = shards,
    };

    private static void Require(bool condition, string name, string message)
    {
        if (!condition)
            throw new ArgumentException(message, name);
    }
}

/// <summary>A penalty.</summary>
[GenerateSerializer]
internal sealed class PenaltySpec
{
    [Id(0)] public string Kind { get; set; } = "";

    [Id(1)] public double Weight { get; set; }

    [Id(2)] public PenalizedFactor Factor { get; set; }

    [Id(3)] public bool? ScaleGuarded { get; set; }

    [Id(4)] public double Size { get; set; }

    [Id(5)] public int[][] Groups { get; set; } = [];

    [Id(6)] public double[] Weights { get; set; } = [];

    public static PenaltySpec Of(NmfPenalty penalty)
    {
        var spec = new PenaltySpec
        {
            Kind = penalty.GetType().Name, Weight = penalty.Weight, ScaleGuarded = penalty.ScaleGuarded,
        };
        switch (penalty)
        {
            case L1Penalty l1:
                spec.Factor = l1.Factor;
                return spec;
            case L2Penalty l2:
                spec.Factor = l2.Factor;
                return spec;
            case LogPenalty log:
                spec.Size = log.Scale;
                return spec;
            case GroupPenalty group:
                (spec.Size, spec.Weights) = (group.Offset, [.. group.Weights]);
                spec.Groups = [.. group.Groups.Select(components => components.ToArray())];
                return spec;
            default:
                throw new ArgumentException($"{spec.Kind} does not go with distributed fits.", nameof(penalty));
        }
    }

    public NmfPenalty ToPenalty() => Kind switch
    {
        nameof(L1Penalty) => new L1Penalty(Weight) { Factor = Factor, ScaleGuarded = ScaleGuarded },
        nameof(L2Penalty) => new L2Penalty(Weight) { Factor = Factor, ScaleGuarded = ScaleGuarded },
        nameof(LogPenalty) => new LogPenalty(Weight, Size) { ScaleGuarded = ScaleGuarded },
        _ => new GroupPenalty(Groups, Weights, Size) { ScaleGuarded = ScaleGuarded },
    };
}

/// <summary>Automatic relevance determination.</summary>
[GenerateSerializer]
internal sealed class RelevanceSpec
{
    [Id(0)] public RelevancePrior Prior { get; set; }

    [Id(1)] public double Dispersion { get; set; }

    [Id(2)] public double? Shape { get; set; }

    [Id(3)] public double? Scale { get; set; }

    public static RelevanceSpec Of(AutomaticRelevance problem) => new()
    {
        Prior = problem.Prior, Dispersion = problem.Dispersion, Shape = problem.Shape, Scale = problem.Scale,
    };

    public AutomaticRelevance ToProblem(double beta) => new(beta)
    {
        Prior = Prior, Dispersion = Dispersion, Shape = Shape, Scale = Scale, Prune = false,
    };
}
