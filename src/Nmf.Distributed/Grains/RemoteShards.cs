using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Grains;

/// <summary>The shards of a run, asked through the root of their tree by the thread that runs the fit. A dictionary
/// that they have already is not sent again.</summary>
/// <param name="root">The root.</param>
/// <param name="run">Number of the run.</param>
/// <param name="mostBytes">Most bytes of matrices in a message.</param>
/// <param name="cancellationToken">Ends the wait for an answer, not what shards do.</param>
internal sealed class RemoteShards(
    IShardNode root, long run, int mostBytes, CancellationToken cancellationToken = default) : IShards<float>
{
    private long _number;
    private int _sent = -1;

    public void Ask(ShardRequest<float> request, ShardSums<float> sums)
        => AskAsync(request, sums).WaitAsync(cancellationToken).GetAwaiter().GetResult();

    private async Task AskAsync(ShardRequest<float> request, ShardSums<float> sums)
    {
        Matrix<float>[] matrices = _sent == request.Version && request.Point is null ? []
            : request.Point is null ? [request.W] : [request.W, request.Point];
        _sent = request.Version;
        MatrixPart[] parts = [.. MatrixParts.Cut(matrices, mostBytes)];
        if (MatrixParts.BytesOf(matrices) > mostBytes)
        {
            foreach (var part in parts)
                await root.Put(new ShardPut(run, request.Version, part)).ConfigureAwait(false);
            parts = [];
        }

        var ask = new ShardAsk
        {
            Run = run,
            Number = _number++,
            Task = request.Task,
            Version = request.Version,
            Parts = parts,
            HasPoint = request.Point is not null,
            Scale = request.Scale,
            Momentum = request.Momentum,
            Numbers = [.. request.Numbers],
            Ending = request.Ending is { } ending && request.Task == ShardTask.End ? EndingMessage.Of(ending) : null,
            Shapes = [.. sums.Matrices.SelectMany(matrix => new[] { matrix.Rows, matrix.Columns })],
            Count = sums.Numbers.Length,
            MostBytes = mostBytes,
        };
        var answer = await root.Ask(ask).ConfigureAwait(false);
        var all = await MatrixParts.Complete(root, answer, ask).ConfigureAwait(false);
        for (var m = 0; m < sums.Matrices.Length; m++)
            all.Matrices[m].CopyTo(sums.Matrices[m]);
        all.Numbers.CopyTo(sums.Numbers, 0);
    }
}
