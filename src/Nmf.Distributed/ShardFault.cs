namespace Nmf.Distributed;

/// <summary>Why a shard, or a fit, could not go on.</summary>
public enum ShardFaultKind
{
    /// <summary>What may go by itself: a silo that has died, a share that is not there, a state that was lost. The fit
    /// goes on from its last checkpoint.</summary>
    Passing,

    /// <summary>The data or the options are wrong, or the numbers ran out of their range: the fit has failed.</summary>
    Lasting,

    /// <summary>Another run of the same fit has begun elsewhere.</summary>
    Superseded,

    /// <summary>The checkpoint of a shard is not there: the fit begins again at its start.</summary>
    NoCheckpoint,
}

/// <summary>A shard, or a fit, could not go on. The message names the shard: the file, the range.</summary>
[GenerateSerializer]
public sealed class ShardFaultException : Exception
{
    internal ShardFaultException(ShardFaultKind kind, string message)
        : base(message) => Kind = kind;

    /// <summary>Why.</summary>
    [Id(0)]
    public ShardFaultKind Kind { get; private set; }
}
