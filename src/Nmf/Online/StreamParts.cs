using System.Numerics;

namespace Nmf;

/// <summary>The parts of a stream, wherever they are.</summary>
/// <param name="Shards">Asks them, and adds their answers.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Features">Number of features of all batches.</param>
internal sealed record StreamParts<T>(IShards<T> Shards, int Count, int Features)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>What is known of the batches of a round: one of every part that has not ended.</summary>
/// <param name="Samples">How many samples they have.</param>
/// <param name="Sum">The sum of their entries.</param>
/// <param name="Cost">Their cost.</param>
/// <param name="Parts">How many parts had one; none: the pass has ended.</param>
/// <param name="Constant">The objective of the best constant, in an evaluation.</param>
internal readonly record struct RoundFigures(long Samples, double Sum, double Cost, int Parts, double Constant)
{
    public static RoundFigures Of<T>(ShardSums<T> sums, int rank)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var facts = sums.Numbers.AsSpan(rank);
        return new RoundFigures(
            (long)facts[BatchRequest.Samples], facts[BatchRequest.Sum], facts[BatchRequest.Cost],
            (int)facts[BatchRequest.Parts], facts[BatchRequest.Constant]);
    }
}

/// <summary>A part whose batches are given one by one.</summary>
internal sealed class GivenPart<T>(OnlineWorker<T> worker) : IShardAnswers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private NmfData<T>? _batch;
    private CancellationToken _cancellationToken;

    public void Give(NmfData<T>? batch, CancellationToken cancellationToken)
        => (_batch, _cancellationToken) = (batch, cancellationToken);

    public void Answer(ShardRequest<T> request, ShardSums<T> sums)
        => worker.Answer(_batch, request, sums, _cancellationToken);
}
