using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Fits with shards whose data are all in this process.</summary>
internal static class ShardedFit
{
    /// <summary>Fits.</summary>
    /// <param name="data">All data.</param>
    /// <param name="options">What to fit and how, valid, with the solver that applies.</param>
    /// <param name="start">Factors to start from, or null. They are taken as they are.</param>
    /// <param name="checkpoint">Where to save the state, or null.</param>
    /// <param name="progress">Told the objective at every check.</param>
    /// <param name="first">Number of the first start.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    public static NmfModel<T> Run<T>(
        NmfData<T> data, NmfOptions options, NmfStart<T>? start, NmfCheckpoint? checkpoint,
        IProgress<FitProgress>? progress, int first, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Option.Require(
            start is not { WarmsUp: true } && start?.ZerosThatStay is null, nameof(NmfOptions.Shards),
            "A start that warms up, or whose zeros stay, does not go with shards.");
        data = data.SummedBy(options.Shards!);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var facts = ShardFacts.Of(data);
        var unit = ShardSpec.UnitOf(options, facts, start?.Dictionary);
        var inUnit = data.InUnit(unit, options.Problem.Entry);
        var given = start is null ? null : unit.Apply(start);
        NmfPlan<T> PlanOf(NmfStart<T>? factors) => new(
            inUnit, options with { Initialization = NmfInitialization.Random }, unit, factors, first, team,
            cancellationToken) { Lifts = false };
        var plan = new Plan<T>(PlanOf(given), given is not { Activations: null } ? null : () => PlanOf(
            Inferred(inUnit, options with { Problem = options.Problem.InUnit(unit) }, given, team, cancellationToken)));
        return new BestOfStarts<Solver<T>, ShardedSolver<T>>(plan, progress, cancellationToken).Run(
            checkpoint,
            () => options.AddTo(CheckpointFacts.Of<T>("fit in memory", checkpoint!).AddData(data))
                .AddFactor("initial dictionary", start?.Dictionary)
                .AddFactor("initial activations", start?.Activations)
                .Add("exponent of the unit", unit.Data),
            (best, report) =>
            {
                best.Shards.Original = data;
                var ended = ShardedEnd<T>.Run(best.Coordinator, options, facts, unit, report.Iterations, team);
                var activations = new Matrix<T>(data.Samples, ended.Dictionary.Columns);
                var row = 0;
                foreach (var worker in best.Shards.Workers)
                {
                    for (var n = 0; n < worker.H.Rows; n++)
                        worker.H.Row(n).CopyTo(activations.Row(row++));
                }

                return NmfModel<T>.FromShards(options, ended, activations, report);
            });
    }

    // Shard by shard, as they infer them where they are elsewhere.
    private static NmfStart<T> Inferred<T>(
        NmfData<T> data, NmfOptions options, NmfStart<T> given, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var h = new Matrix<T>(data.Samples, options.Rank);
        var starts = options.Shards!.Boundaries(data.Samples);
        for (var s = 0; s < options.Shards.Count; s++)
        {
            var (from, samples) = (starts[s], starts[s + 1] - starts[s]);
            Inference.Run(
                given.Dictionary, data.RowsFrom(from, samples), options.Problem, options.Inference, null, team,
                cancellationToken).CopyTo(h.RowsFrom(from, samples));
        }

        NmfStart<T>.RequireInferred(h);
        return new NmfStart<T>(given.Dictionary, h);
    }

    // The starts of any fit; what remains of one is its solver, whose shards end it.
    private sealed class Plan<T>(NmfPlan<T> plan, Func<NmfPlan<T>>? ofGiven) : FitPlan<Solver<T>, ShardedSolver<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override int Starts => plan.Starts;

        public override IterationOptions Iterations(int stage) => plan.Iterations(stage);

        public override double Beta(int stage) => plan.Beta(stage);

        public override double Objective(int stage, double objective) => plan.Objective(stage, objective);

        public override Solver<T> Create(int start)
            => (start == 0 && ofGiven is not null ? ofGiven() : plan).Create(start);

        public override Solver<T> CreateEmpty(int stage) => plan.CreateEmpty(stage);

        public override ShardedSolver<T> Result(Solver<T> model) => (ShardedSolver<T>)model;
    }
}
