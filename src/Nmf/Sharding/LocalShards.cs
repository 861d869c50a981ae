using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Shards in this process, asked in turn.</summary>
internal sealed class LocalShards<T> : IShards<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // What is added on the way, for each level of the tree: at most as many dictionaries as the tree has levels.
    private readonly Dictionary<ShardSums<T>, ShardSums<T>[]> _scratch = [];

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
    }

    /// <summary>The shards in their order.</summary>
    public ShardWorker<T>[] Workers { get; }

    /// <summary>All data in the unit of the user, for inference at the end.</summary>
    public NmfData<T> Original { get; set; }

    /// <inheritdoc/>
    public void Ask(ShardRequest<T> request, ShardSums<T> sums)
    {
        if (!_scratch.TryGetValue(sums, out var scratch))
            _scratch.Add(sums, scratch = CreateScratch(sums));
        Ask(0, Workers.Length, request, sums, scratch, 0);
    }

    private ShardSums<T>[] CreateScratch(ShardSums<T> sums)
    {
        var levels = 0;
        while (1L << levels < Workers.Length)
            levels++;
        return [.. Enumerable.Range(0, levels).Select(_ => sums.Alike())];
    }

    private void Ask(int from, int to, ShardRequest<T> request, ShardSums<T> sums, ShardSums<T>[] scratch, int level)
    {
        if (to - from == 1)
        {
            Workers[from].Answer(request, sums);
            return;
        }

        var middle = NmfShards.Middle(from, to);
        Ask(from, middle, request, sums, scratch, level + 1);
        Ask(middle, to, request, scratch[level], scratch, level + 1);
        sums.Add(scratch[level]);
    }

    private sealed class PartOfData(LocalShards<T> all, NmfData<T> inUnit, int from, int count) : IShardData<T>
    {
        public NmfData<T> InUnit { get; } = inUnit.RowsFrom(from, count);

        public NmfData<T> TakeOriginal() => all.Original.RowsFrom(from, count);

        public void ReturnOriginal()
        {
        }
    }
}
