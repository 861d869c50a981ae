using Nmf.Distributed.Messages;
using Orleans.Runtime;

namespace Nmf.Distributed.Grains;

/// <summary>Two nodes of the tree: hands down what it is told, and adds the answer of the second to that of the
/// first.</summary>
[ShardPlacement]
internal sealed class ShardBranch : Grain, IShardBranch
{
    private IShardNode _first = null!;
    private IShardNode _second = null!;
    private ShardSums<float>? _sums;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = NodeKey.Parse(this.GetPrimaryKeyString());
        var middle = NmfShards.Middle(key.From, key.To);
        _first = (key with { To = middle }).Grain(GrainFactory);
        _second = (key with { From = middle }).Grain(GrainFactory);
        return Task.CompletedTask;
    }

    public async Task<ShardFactsMessage[]> Load(ShardLoad load)
    {
        var facts = await Task.WhenAll(_first.Load(load), _second.Load(load));
        return ShardFactsMessage.Join(facts[0], facts[1]);
    }

    public Task Begin(ShardBegin begin) => Task.WhenAll(_first.Begin(begin), _second.Begin(begin));

    public Task Put(ShardPut put) => Task.WhenAll(_first.Put(put), _second.Put(put));

    public async Task<ShardAnswer> Ask(ShardAsk ask)
    {
        var answers = await Task.WhenAll(_first.Ask(ask), _second.Ask(ask));
        var sums = await Task.WhenAll(
            MatrixParts.Complete(_first, answers[0], ask), MatrixParts.Complete(_second, answers[1], ask));
        sums[0].Add(sums[1]);
        _sums = sums[0];
        return MatrixParts.Answer(_sums, ask.MostBytes);
    }

    public Task<MatrixPart> Take(int matrix, int first, int count)
        => Task.FromResult(Part(_sums, matrix, first, count));

    public Task Save(ShardSave save) => Task.WhenAll(_first.Save(save), _second.Save(save));

    public Task Stop(long run) => Task.WhenAll(_first.Stop(run), _second.Stop(run));

    public Task Rest(long run) => Task.WhenAll(_first.Rest(run), _second.Rest(run));

    public async Task Release()
    {
        await Task.WhenAll(_first.Release(), _second.Release());
        DeactivateOnIdle();
    }

    internal static MatrixPart Part(ShardSums<float>? sums, int matrix, int first, int count)
    {
        if (sums is null || matrix >= sums.Matrices.Length)
            throw new ShardFaultException(ShardFaultKind.Passing, "The rest of an answer is no longer there.");
        var whole = sums.Matrices[matrix];
        return new MatrixPart(matrix, whole.Rows, first, new MatrixRows(whole.RowsFrom(first, count)));
    }
}
