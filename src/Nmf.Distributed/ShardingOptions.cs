namespace Nmf.Distributed;

/// <summary>What a silo does with shards.</summary>
public sealed class ShardingOptions
{
    /// <summary>Name of the grain storage that keeps fits and checkpoints. It has to outlive a silo: not Orleans'
    /// memory storage, but one of a database, or <see cref="ShardHostingExtensions.AddNmfFileStorage"/> on a folder
    /// that all silos see.</summary>
    public string StorageName { get; set; } = "nmf";

    /// <summary>Threads of the silo that compute shards, each one shard at a time; null for one per processor. Results
    /// do not depend on it.</summary>
    public int? Threads { get; set; }

    /// <summary>Most bytes of samples that the silo holds, or null to keep all of its shards in memory. Shards for
    /// which there is no room are loaded from their source for every request of an iteration and given back after it:
    /// the bits are the same, but an iteration takes the time of loading them (<see
    /// cref="DistributedFitStatus.ReloadedShards"/> counts them). Room for one shard per thread is always taken; beside
    /// the samples there are activations, sums and dictionaries (docs/scale.md), and what the source needs to load one.
    /// </summary>
    public long? MostDataBytes { get; set; }

    /// <summary>Time between two checkpoints of a fit, at least; zero for one after every look at the objective.
    /// </summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a fit begins again from its last checkpoint without getting to another one, before it is
    /// given up.</summary>
    public int MostFailures { get; set; } = 20;

    /// <summary>Longest wait before it begins again. The first is a 32nd of that.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes of matrices in one message: below half of the limit of Orleans
    /// (<c>MessagingOptions.MaxMessageBodySize</c>, 100 MB unless told otherwise) there is room for the rest.</summary>
    public int MostMessageBytes { get; set; } = 16 << 20;

    /// <summary>Most bytes of one stored part of a checkpoint.</summary>
    public int MostStoredBytes { get; set; } = 4 << 20;

    /// <summary>How long a shard waits for a request before it looks whether its fit is still there, and wakes it.
    /// </summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a fit may have shards on silos whose vectors have other widths than those of the silo where it
    /// runs, or go on on such a silo. Its last digits then depend on which shard is where. False unless asked for: such
    /// a fit fails with a message that names the shard, and goes on once the silos are alike.</summary>
    public bool AllowMixedVectorWidths { get; set; }

    /// <summary>What the bits of this silo depend on.</summary>
    internal string Processor { get; set; }
        = $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}, vectors of "
            + $"{Kernels.Simd.SimdWidth.Bits} bits";

    internal void Validate()
    {
        Require(!string.IsNullOrEmpty(StorageName), nameof(StorageName), "needs a name");
        Require(Threads is null or > 0, nameof(Threads), "must be greater than zero");
        Require(MostDataBytes is null or > 0, nameof(MostDataBytes), "must be greater than zero");
        Require(CheckpointInterval >= TimeSpan.Zero, nameof(CheckpointInterval), "must not be negative");
        Require(MostFailures >= 0, nameof(MostFailures), "must not be negative");
        Require(LongestDelay >= TimeSpan.Zero, nameof(LongestDelay), "must not be negative");
        Require(MostMessageBytes > 0, nameof(MostMessageBytes), "must be greater than zero");
        Require(MostStoredBytes > 0, nameof(MostStoredBytes), "must be greater than zero");
        Require(WatchInterval > TimeSpan.Zero, nameof(WatchInterval), "must be greater than zero");
    }

    private static void Require(bool condition, string name, string message)
    {
        if (!condition)
            throw new ArgumentException($"{nameof(ShardingOptions)}.{name} {message}.", name);
    }
}
