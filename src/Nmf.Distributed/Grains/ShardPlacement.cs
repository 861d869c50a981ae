using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Nmf.Distributed.Grains;

/// <summary>Where a fit, its shards and the nodes of their tree are: neighbours are together, so that most of the tree
/// lies inside of silos, and a dictionary comes to each silo once; the fit is with the root, which it asks.</summary>
internal sealed class ShardPlacement : PlacementStrategy;

/// <summary>Marks grains that <see cref="ShardPlacement"/> places.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>Cuts the shards into as many runs as there are silos; a node is where its first shard is. The name of the
/// fit says which silo has the first run, so that the roots of several fits are not all in one place.</summary>
internal sealed class ShardPlacementDirector : IPlacementDirector
{
    private static readonly GrainType Fits = GrainType.Create(FitGrain.TypeName);

    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        var name = target.GrainIdentity.Key.ToString()!;
        var key = target.GrainIdentity.Type.Equals(Fits) ? new NodeKey(name, 1, 0, 1) : NodeKey.Parse(name);
        return Task.FromResult(silos[Place(key, silos.Length)]);
    }

    /// <summary>Which of so many silos has a node.</summary>
    internal static int Place(NodeKey key, int silos)
    {
        var first = IdSpan.Create(key.Fit).GetUniformHashCode() % silos;
        return (int)((first + ((long)key.From * silos / key.Shards)) % silos);
    }
}

/// <summary>The key of a node of the tree: which shards of which fit are below it.</summary>
/// <param name="Fit">The fit.</param>
/// <param name="Shards">Number of all shards.</param>
/// <param name="From">The first below.</param>
/// <param name="To">The first behind them.</param>
internal readonly record struct NodeKey(string Fit, int Shards, int From, int To)
{
    public override string ToString() => $"{Fit}/{Shards}/{From}/{To}";

    public static NodeKey Parse(string key)
    {
        var parts = key.Split('/');
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return new NodeKey(
            string.Join('/', parts[..^3]), int.Parse(parts[^3], culture), int.Parse(parts[^2], culture),
            int.Parse(parts[^1], culture));
    }

    /// <summary>The grain with this key.</summary>
    public IShardNode Grain(IGrainFactory grains) => To - From == 1
        ? grains.GetGrain<IShardLeaf>(ToString()) : grains.GetGrain<IShardBranch>(ToString());
}
