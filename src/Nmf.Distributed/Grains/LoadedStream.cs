using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Grains;

/// <summary>A part of a stream, open for reading.</summary>
internal sealed class LoadedStream
{
    private readonly INmfBatchSource<float> _source;

    private LoadedStream(INmfBatchSource<float> source, string name, ShardFactsMessage facts)
        => (_source, Name, Facts) = (source, name, facts);

    /// <summary>What the source calls it.</summary>
    public string Name { get; }

    /// <summary>Its features, and a mark of its first batch.</summary>
    public ShardFactsMessage Facts { get; }

    /// <summary>How many parts a stream has.</summary>
    /// <param name="services">Those of the silo.</param>
    /// <param name="spec">The fit.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The parts, and how many shards they are made of; 0 where they are no shards.</returns>
    public static async Task<(int Parts, int Shards)> Count(
        IServiceProvider services, FitSpec spec, CancellationToken cancellationToken)
    {
        var asked = spec.Online!.Parts;
        if (services.GetKeyedService<IStreamSource>(spec.Source) is { } stream)
        {
            var parts = await stream.CountAsync(spec.Address, cancellationToken).ConfigureAwait(false);
            return asked is null || asked == parts ? (parts, 0) : throw new ArgumentException(
                $"The source '{spec.Source}' has {parts} parts at {spec.Address}, not {asked}.");
        }

        var source = services.GetKeyedService<IShardSource>(spec.Source)
            ?? throw new ShardFaultException(
                ShardFaultKind.Lasting,
                $"There is no source '{spec.Source}' on this silo: AddNmfShardSource or AddNmfStreamSource.");
        var shards = await source.CountAsync(spec.Address, cancellationToken).ConfigureAwait(false);
        return asked is null || asked <= shards ? (asked ?? shards, shards) : throw new ArgumentException(
            $"The source '{spec.Source}' has {shards} shards at {spec.Address}, which do not make {asked} parts.");
    }

    /// <summary>What a part is called.</summary>
    public static string NameOf(IServiceProvider services, ShardLoad load, NodeKey key)
    {
        if (services.GetKeyedService<IStreamSource>(load.Source) is { } stream)
            return stream.NameOf(load.Address, key.From);
        var source = services.GetRequiredKeyedService<IShardSource>(load.Source);
        var (from, to) = ShardsOf(load, key);
        return to - from == 1 ? source.NameOf(load.Address, from)
            : $"{source.NameOf(load.Address, from)} to {source.NameOf(load.Address, to - 1)}";
    }

    /// <summary>Opens a part and looks at its first batch.</summary>
    public static async Task<LoadedStream> Open(
        IServiceProvider services, ShardLoad load, NodeKey key, ShardThreads threads)
    {
        INmfBatchSource<float> source;
        if (load.SourceShards == 0)
        {
            source = await services.GetRequiredKeyedService<IStreamSource>(load.Source)
                .OpenAsync(load.Address, key.From, CancellationToken.None).ConfigureAwait(false)
                ?? throw new ArgumentException($"The source '{load.Source}' has opened no part, but null.");
        }
        else
        {
            var (from, to) = ShardsOf(load, key);
            source = NmfBatchSource.FromShards(
                services.GetRequiredKeyedService<IShardSource>(load.Source), load.Address, from, to);
        }

        var name = NameOf(services, load, key);
        return await threads.Run(() =>
        {
            var features = source.Features;
            var first = source.Read(load.BatchSize, 0, CancellationToken.None).FirstOrDefault();
            var mark = first is null ? "empty" : CheckpointFacts.MarkOf(first);
            first?.GiveBack();
            return new LoadedStream(
                source, name, new ShardFactsMessage { Features = features, Name = name, Mark = mark });
        }).ConfigureAwait(false);
    }

    /// <summary>The part, at its beginning.</summary>
    public StreamPart<float> Begin(
        OnlineNmfOptions options, int part, Kernels.WorkTeam team, CancellationToken cancellationToken)
        => new(_source, OnlineWorker<float>.Create(options, part, team), options, "", null, cancellationToken);

    // Part p of P has the shards from ⌊p S / P⌋ on.
    private static (int From, int To) ShardsOf(ShardLoad load, NodeKey key) => (
        (int)((long)key.From * load.SourceShards / key.Shards),
        (int)(((long)key.From + 1) * load.SourceShards / key.Shards));
}
