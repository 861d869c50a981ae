using System.Numerics;

namespace Nmf;

/// <summary>Shards, or parts of a stream, in this process: asked in turn, and their answers added by the tree of
/// <see cref="NmfShards"/>.</summary>
/// <param name="leaves">The shards in their order.</param>
internal sealed class ShardTree<T>(IReadOnlyList<IShardAnswers<T>> leaves) : IShards<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // What is added on the way, for each level of the tree: at most as many dictionaries as the tree has levels.
    private readonly Dictionary<ShardSums<T>, ShardSums<T>[]> _scratch = [];

    /// <inheritdoc/>
    public void Ask(ShardRequest<T> request, ShardSums<T> sums)
    {
        if (leaves.Count == 1)
        {
            leaves[0].Answer(request, sums);
            return;
        }

        if (!_scratch.TryGetValue(sums, out var scratch))
            _scratch.Add(sums, scratch = CreateScratch(sums));
        Ask(0, leaves.Count, request, sums, scratch, 0);
    }

    private ShardSums<T>[] CreateScratch(ShardSums<T> sums)
    {
        var levels = 0;
        while (1L << levels < leaves.Count)
            levels++;
        return [.. Enumerable.Range(0, levels).Select(_ => sums.Alike())];
    }

    private void Ask(int from, int to, ShardRequest<T> request, ShardSums<T> sums, ShardSums<T>[] scratch, int level)
    {
        if (to - from == 1)
        {
            leaves[from].Answer(request, sums);
            return;
        }

        var middle = NmfShards.Middle(from, to);
        Ask(from, middle, request, sums, scratch, level + 1);
        Ask(middle, to, request, scratch[level], scratch, level + 1);
        sums.Add(scratch[level]);
    }
}
