using Nmf.Distributed.Messages;
using Orleans.Concurrency;

namespace Nmf.Distributed.Grains;

/// <summary>Calls of clients. What was asked for over a gateway that dies is lost without a word (between silos it is
/// not), so that such a call is short, may come again while the first one still works, and does no more then.</summary>
internal static class ClientCall
{
    public const string Timeout = "00:00:15";
}

/// <summary>A node of the tree of shards: one shard, or two nodes below it.</summary>
internal interface IShardNode : IGrainWithStringKey
{
    /// <summary>Loads data where they are not loaded; facts of all shards below in their order.</summary>
    [ResponseTimeout("12:00:00")]
    Task<ShardFactsMessage[]> Load(ShardLoad load);

    [ResponseTimeout("12:00:00")]
    Task Begin(ShardBegin begin);

    [ResponseTimeout("12:00:00")]
    Task Put(ShardPut put);

    [ResponseTimeout("12:00:00")]
    Task<ShardAnswer> Ask(ShardAsk ask);

    /// <summary>Rows of the last answer that did not fit into it.</summary>
    [ResponseTimeout("12:00:00")]
    Task<MatrixPart> Take(int matrix, int first, int count);

    [ResponseTimeout("12:00:00")]
    Task Save(ShardSave save);

    /// <summary>Ends what is being loaded or read for a run, and for those before it, which nobody waits for any
    /// more.</summary>
    [AlwaysInterleave]
    Task Stop(long run);

    /// <summary>The fit has ended with a run: of its data nothing is needed any more.</summary>
    [ResponseTimeout("12:00:00")]
    Task Rest(long run);

    /// <summary>Forgets data and states.</summary>
    [ResponseTimeout("12:00:00")]
    Task Release();
}

/// <summary>A node with two nodes below it.</summary>
internal interface IShardBranch : IShardNode;

/// <summary>A node that is a shard.</summary>
internal interface IShardLeaf : IShardNode
{
    /// <summary>Rows of the activations of the model, once the fit has ended.</summary>
    Task<MatrixRows> Activations(int first, int count);

    /// <summary>Writes the activations of the model where the silo keeps them, once for a mark: begins, or goes on
    /// waiting, for a few seconds.</summary>
    /// <returns>Whether it is done.</returns>
    [ResponseTimeout(ClientCall.Timeout)]
    Task<bool> Store(string sink, string address, string mark);
}

/// <summary>A fit: its record, and the thread that runs it.</summary>
internal interface IFitGrain : IGrainWithStringKey
{
    /// <summary>Begins, or goes on with, a fit; false where the dictionary has to be given first that it starts from.
    /// </summary>
    [ResponseTimeout(ClientCall.Timeout)]
    Task<bool> Start(FitSpec spec);

    /// <summary>Rows of the dictionary to start from.</summary>
    Task Give(string mark, MatrixPart part);

    /// <summary>How it goes; and where it has to go on and does not, it does.</summary>
    [AlwaysInterleave]
    Task<FitStatusMessage> Status();

    /// <summary>Cancels, and waits for the iteration.</summary>
    [ResponseTimeout(ClientCall.Timeout)]
    Task Cancel();

    /// <summary>The model, but for its dictionary.</summary>
    [AlwaysInterleave]
    Task<FitResult> Result();

    /// <summary>Rows of the dictionary of the model.</summary>
    Task<MatrixRows> Dictionary(int first, int count);

    /// <summary>Of a stream: what has been learnt at the newest checkpoint, but for the dictionary.</summary>
    Task<FitResult> Snapshot();

    /// <summary>Rows of the dictionary of the last snapshot.</summary>
    Task<MatrixRows> SnapshotRows(int iteration, int first, int count);

    /// <summary>Forgets the fit, its checkpoints and its shards.</summary>
    [ResponseTimeout(ClientCall.Timeout)]
    Task Forget();
}
