using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Shards in this process, asked in turn.</summary>
internal sealed class LocalShards<T> : IShards<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ShardTree<T> _tree;

    /// <summary>Workers for runs of samples.</summary>
    /// <param name="spec">The fit, which says what the shards are.</param>
    /// <param name="data">All data in the unit of the fit.</param>
    /// <param name="activations">All activations; workers update their rows of it.</param>
    /// <param name="team">Threads to use.</param>
    public LocalShards(ShardSpec spec, NmfData<T> data, Matrix<T> activations, WorkTeam team)
    {
        Original = data;
        var starts = spec.Options.Shards!.Boundaries(data.Samples);
        Workers =
        [
            .. starts.Zip(starts.Skip(1), (from, to) => ShardWorker<T>.Create(
                spec, new PartOfData(this, data, from, to - from), activations.RowsFrom(from, to - from), team)),
        ];
        _tree = new ShardTree<T>(Workers);
    }

    /// <summary>The shards in their order.</summary>
    public ShardWorker<T>[] Workers { get; }

    /// <summary>All data in the unit of the user, for inference at the end.</summary>
    public NmfData<T> Original { get; set; }

    /// <inheritdoc/>
    public void Ask(ShardRequest<T> request, ShardSums<T> sums) => _tree.Ask(request, sums);

    private sealed class PartOfData(LocalShards<T> all, NmfData<T> inUnit, int from, int count) : IShardData<T>
    {
        public NmfData<T> InUnit { get; } = inUnit.RowsFrom(from, count);

        public NmfData<T> TakeOriginal() => all.Original.RowsFrom(from, count);

        public void ReturnOriginal()
        {
        }
    }
}
