using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Grains;

/// <summary>The samples of a shard. They are brought into the unit of a fit in their own memory, and back for inference
/// in the unit of the user.</summary>
internal sealed class LoadedShard(NmfData<float> data, string name) : IShardData<float>
{
    private NmfData<float>? _inUnit;
    private int _exponent;

    /// <summary>The facts in the unit of the user.</summary>
    public ShardFacts Facts { get; } = ShardFacts.Of(data);

    /// <summary>A mark of the samples and their weights, which tells whether a shard that is loaded again is the same.
    /// </summary>
    public string Mark { get; } = MarkOf(data);

    /// <summary>How the samples are stored.</summary>
    public ShardStorage Storage { get; } = !data.IsSparse ? ShardStorage.Dense
        : data.AbsentEntries == AbsentEntries.Missing ? ShardStorage.Observed : ShardStorage.Sparse;

    /// <summary>What is told of it.</summary>
    public ShardFactsMessage Message => ShardFactsMessage.Of(Facts, name, Mark, Storage);

    /// <summary>About what its samples take in memory, the transpose of sparse ones included.</summary>
    public long Bytes { get; } = (data.StoredEntries * (data.IsSparse ? 16 : sizeof(float)))
        + (data.HasElementWeights ? data.StoredEntries * (data.IsSparse ? 8 : sizeof(float)) : 0)
        + (data.IsSparse ? sizeof(long) * ((long)data.Samples + data.Features) : 0);

    public NmfData<float> InUnit => _inUnit ?? throw new InvalidOperationException("The fit has not begun.");

    /// <summary>Loads a shard from the source of the silo.</summary>
    public static async Task<LoadedShard> Read(
        IServiceProvider services, ShardThreads threads, ShardLoad load, NodeKey key,
        CancellationToken cancellationToken)
    {
        var source = services.GetKeyedService<IShardSource>(load.Source) ?? throw new ShardFaultException(
            ShardFaultKind.Lasting, $"There is no source '{load.Source}' on this silo: AddNmfShardSource.");
        using var readers = services.GetRequiredService<ShardReaders>().Rent($"{key.Fit}, run {load.Run}");
        var data = await readers.Call(
            () => source.LoadAsync(load.Address, key.From, cancellationToken).AsTask(), cancellationToken)
            ?? throw new ArgumentException($"The source '{load.Source}' has returned no samples, but null.");
        var name = await readers.Begin(() => NameOf(services, load, key), cancellationToken);
        return await threads.Run(() => new LoadedShard(load.MakesSparse ? data.ToSparse() : data, name));
    }

    /// <summary>What the source calls a shard, or a part of a stream, whether or not it can be loaded.</summary>
    public static string NameOf(IServiceProvider services, ShardLoad? load, NodeKey key)
    {
        try
        {
            return load is null ? "not loaded" : load.BatchSize > 0 ? LoadedStream.NameOf(services, load, key)
                : services.GetKeyedService<IShardSource>(load.Source)?.NameOf(load.Address, key.From)
                    ?? load.Address;
        }
        catch (Exception)
        {
            // It is for a message, whose reason matters more.
            return $"shard {key.From} of {load!.Address}";
        }
    }

    /// <summary>Brings the samples into the unit of a fit.</summary>
    public void Enter(FitUnit unit, MeasureOfFit measure)
    {
        if (_inUnit is not null && _exponent == unit.Data)
            return;
        if (_inUnit is not null)
            TakeOriginal();
        (_inUnit, _exponent) = (data.IntoUnit(unit, measure), unit.Data);
    }

    public NmfData<float> TakeOriginal()
    {
        if (InUnit.SharesMemory(data))
            InUnit.Multiply(_exponent);
        return data;
    }

    public void ReturnOriginal()
    {
        if (InUnit.SharesMemory(data))
            InUnit.Multiply(-_exponent);
    }

    private static string MarkOf(NmfData<float> data) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{CheckpointFacts.MarkOf(data)}, {data.ObservedEntries} entries, weight {data.TotalWeight:R}, "
        + $"sum {data.Sum:R}");
}
