using System.Numerics;

namespace Nmf;

/// <summary>What to fit and how.</summary>
public sealed record NmfOptions
{
    /// <summary>Number of components K, greater than zero. It may exceed the number of features or samples, but then
    /// NNDSVD cannot start it.</summary>
    public required int Rank { get; init; }

    /// <summary>
    /// What is minimised: a number β for a β-divergence (2, the Euclidean distance, unless told otherwise), a
    /// <see cref="MeasureOfFit"/>, or a problem with options of its own: see <see cref="NmfProblem"/>.
    /// </summary>
    public NmfProblem Problem { get; init; } = new BetaNmf();

    /// <summary>Solver. Problems say which of them they have.</summary>
    public NmfSolver Solver { get; init; }

    /// <summary>Start of the factors. Given factors (<see cref="NmfStart{T}"/>) take precedence.</summary>
    public NmfInitialization Initialization { get; init; }

    /// <summary>When the fit looks at its objective and when it ends. One iteration updates H
    /// once and W once.</summary>
    public IterationOptions Iterations { get; init; } = new();

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. All starts after the
    /// first are random.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random. The same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Scale convention of the result.</summary>
    public ComponentScale Scale { get; init; }

    /// <summary>How far inference (<see cref="NmfModel{T}.Transform"/>) solves a row.</summary>
    public InferenceOptions Inference { get; init; } = new();

    /// <summary>
    /// Whether the fit ends with an inference of all activations, so that <see cref="NmfModel{T}.Activations"/> are
    /// what <see cref="NmfModel{T}.Transform"/> gives, to the bit. That takes as long as some iterations: ten and more
    /// of dense data with β = 1. Without it they are those of the last iteration, no more solved than the tolerance of
    /// the fit asks for, and <see cref="NmfModel{T}.Objective"/> is theirs; the dictionary is the same. Only
    /// <see cref="BetaNmf"/> with β = 1 or 2 can do without.
    /// </summary>
    public bool InfersActivations { get; init; } = true;

    /// <summary>
    /// How the samples are cut into shards, or null for a fit that is not cut. It then has the bits that the same
    /// shards give on any number of machines: sums over samples are taken shard by shard and added in a fixed order.
    /// Shards go with <see cref="BetaNmf"/> (penalties of W and of single rows of H, weights and missing entries) and
    /// with <see cref="AutomaticRelevance"/> that does not prune; the start is random or given, and taken as it is.
    /// Solvers are <see cref="NmfSolver.MultiplicativeUpdate"/>, <see cref="NmfSolver.MajorizationMinimization"/>,
    /// <see cref="NmfSolver.Hals"/> for β = 2 and <see cref="NmfSolver.ExtrapolatedMultiplicativeUpdate"/> for
    /// 1 ≤ β ≤ 2. What does not go with shards is refused.
    /// </summary>
    public NmfShards? Shards { get; init; }

    /// <summary>The scale convention that applies: <see cref="ComponentScale.None"/> where activations are bounded,
    /// else <see cref="Scale"/>.</summary>
    internal ComponentScale EffectiveScale => Problem.IsScaleFree ? Scale : ComponentScale.None;

    /// <summary>The solver for given data: what <see cref="NmfSolver.Auto"/> stands for, or the
    /// one asked for.</summary>
    /// <exception cref="ArgumentException">The solver asked for cannot leave entries out or weight them.</exception>
    public NmfSolver EffectiveSolverFor<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        return Shards is null ? Problem.SolverFor(Solver, data) : Problem.ShardedSolver(Solver, data.IsWeighted);
    }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.RequirePositive(Rank, "rank");
        Option.Require(Enum.IsDefined(Solver), nameof(Solver), $"There is no solver {Solver}.");
        Option.Require(
            Enum.IsDefined(Initialization), nameof(Initialization), $"There is no initialization {Initialization}.");
        Option.Require(Enum.IsDefined(Scale), nameof(Scale), $"There is no scale convention {Scale}.");
        Option.Given(Iterations).Validate();
        Option.Given(Inference).Validate();
        Option.Given(Problem).Validate(this);
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
        if (Shards is null)
            return;
        Option.Require(
            Initialization is NmfInitialization.Auto or NmfInitialization.Random, nameof(Initialization),
            $"A start by {Initialization} needs all data in one place, which fits with {nameof(Shards)} have not: "
            + "choose Auto or Random, which are the same there, or give a dictionary.");
        Problem.RequireShards(this);
    }

    /// <summary>These options with a start in the place of <see cref="NmfInitialization.Auto"/>.</summary>
    internal NmfOptions WithDefaultStart(NmfInitialization initialization)
        => Initialization == NmfInitialization.Auto ? this with { Initialization = initialization } : this;

    /// <summary>All options but those with which a fit may go on: threads, number of iterations, tolerance, limit of
    /// time, and whether activations are inferred at the end. One that was forgotten would let a fit go on as
    /// another.</summary>
    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Problem.AddTo(facts.Add(nameof(Rank), Rank));
        Iterations.AddTo(facts);
        Inference.AddTo(facts);
        return facts
            .Add(nameof(Solver), Solver.ToString())
            .Add(nameof(Initialization), Initialization.ToString())
            .Add(nameof(Starts), Starts)
            .Add(nameof(Seed), Seed)
            .Add(nameof(Scale), Scale.ToString())
            .Add(nameof(Shards), Shards?.ToString() ?? "none");
    }
}
