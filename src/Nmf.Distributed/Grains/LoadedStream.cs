using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Grains;

/// <summary>A part of a stream, open for reading.</summary>
/// <remarks>A stream of the user waits until samples come, for as long as it takes: it does so on a thread of its own,
/// and not on one of those that compute the shards of the silo. Shards are loaded on threads that the parts of a run
/// have together.</remarks>
internal sealed class LoadedStream : IDisposable
{
    private readonly INmfBatchSource<float> _source;
    private readonly ShardReaders.Readers _readers;

    private LoadedStream(
        INmfBatchSource<float> source, string name, ShardFactsMessage facts, ShardReaders.Readers readers)
        => (_source, Name, Facts, _readers) = (source, name, facts, readers);

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
        IServiceProvider services, ShardLoad load, NodeKey key, CancellationToken cancellationToken)
    {
        var all = services.GetRequiredService<ShardReaders>();
        var readers = load.SourceShards > 0 ? all.Rent($"{key.Fit}, run {load.Run}")
            : all.Rent($"part {key}, run {load.Run}", 1);
        try
        {
            var name = await readers.Begin(() => NameOf(services, load, key), cancellationToken)
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            var source = await readers.Call(
                () => OpenSource(services, load, key, cancellationToken).AsTask(), cancellationToken)
                .ConfigureAwait(false)
                ?? throw new ArgumentException($"The source '{load.Source}' has opened no part, but null.");
            return await readers.Begin(() =>
            {
                var first = source.Read(load.BatchSize, 0, cancellationToken).FirstOrDefault();
                var mark = first is null ? "empty" : CheckpointFacts.MarkOf(first);
                first?.GiveBack();
                var facts = new ShardFactsMessage { Features = source.Features, Name = name, Mark = mark };
                return new LoadedStream(source, name, facts, readers);
            }, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            readers.Dispose();
            throw;
        }
    }

    /// <summary>Reads something of the part. Nobody waits longer for it than until it is cancelled, also where the
    /// source does not notice.</summary>
    public Task Run(Action read, CancellationToken cancellationToken) => _readers.Begin(
        () =>
        {
            read();
            return true;
        }, cancellationToken).WaitAsync(cancellationToken);

    public void Dispose() => _readers.Dispose();

    /// <summary>The part, at its beginning.</summary>
    public StreamPart<float> Begin(
        OnlineNmfOptions options, int part, Kernels.WorkTeam team, CancellationToken cancellationToken)
        => new(_source, OnlineWorker<float>.Create(options, part, team), options, "", null, cancellationToken);

    private static ValueTask<INmfBatchSource<float>> OpenSource(
        IServiceProvider services, ShardLoad load, NodeKey key, CancellationToken cancellationToken)
    {
        if (load.SourceShards == 0)
        {
            return services.GetRequiredKeyedService<IStreamSource>(load.Source)
                .OpenAsync(load.Address, key.From, cancellationToken);
        }

        var (from, to) = ShardsOf(load, key);
        return new(NmfBatchSource.FromShards(
            services.GetRequiredKeyedService<IShardSource>(load.Source), load.Address, from, to));
    }

    // Part p of P has the shards from ⌊p S / P⌋ on.
    private static (int From, int To) ShardsOf(ShardLoad load, NodeKey key) => (
        (int)((long)key.From * load.SourceShards / key.Shards),
        (int)(((long)key.From + 1) * load.SourceShards / key.Shards));
}
