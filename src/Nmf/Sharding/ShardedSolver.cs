using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A fit whose shards are all in this process: the coordinator and the workers of a fit on many machines, one worker
/// after the other, each with all threads. Their activations are the rows of one matrix. So the bits of the one are
/// those of the other.
/// </summary>
internal sealed class ShardedSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public ShardedSolver(NmfData<T> data, NmfOptions options, NmfStart<T> start, WorkTeam team)
        : base(data, start, team)
    {
        var facts = ShardFacts.Of(data);
        var spec = new ShardSpec(
            options with { Solver = options.Problem.ShardedSolver(options.Solver, facts.IsWeighted) }, facts);
        Shards = new LocalShards<T>(spec, data, H, team);
        Coordinator = ShardCoordinator<T>.Create(spec, W, Shards, team);
    }

    /// <summary>The part of the fit that is not in the shards.</summary>
    public ShardCoordinator<T> Coordinator { get; }

    /// <summary>The shards.</summary>
    public LocalShards<T> Shards { get; }

    // The coordinator looks after the scales of the factors.
    private protected override bool IsScaleFree => false;

    public override double Objective() => Coordinator.Objective();

    public override bool? HasConverged(double tolerance) => Coordinator.HasConverged(tolerance);

    public override FittedTerms Terms() => Coordinator.Terms(Coordinator.Columns());

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        Coordinator.Save(writer);
        foreach (var worker in Shards.Workers)
            worker.SaveState(writer);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        Coordinator.Load(reader);
        foreach (var worker in Shards.Workers)
            worker.LoadState(reader);
    }

    private protected override void Update() => Coordinator.Step();
}
