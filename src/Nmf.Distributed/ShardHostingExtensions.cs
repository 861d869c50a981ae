using Microsoft.Extensions.DependencyInjection;
using Nmf.Distributed.Grains;
using Nmf.Distributed.Storage;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace Nmf.Distributed;

/// <summary>What a silo needs for fits in shards.</summary>
public static class ShardHostingExtensions
{
    /// <summary>Shards may live on this silo. Its grain storage of the name
    /// <see cref="ShardingOptions.StorageName"/> keeps fits and checkpoints.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Options, or null for the usual ones.</param>
    public static ISiloBuilder AddNmfShards(this ISiloBuilder builder, Action<ShardingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        builder.Services.AddSingleton<ShardThreads>();
        builder.Services.AddSingleton<ShardReaders>();
        builder.Services.AddSingleton<ShardMemory>();
        builder.Services.AddTransient<IConfigurationValidator, ShardingValidator>();
        builder.Services.Configure<ShardingOptions>(options => configure?.Invoke(options));
        return builder;
    }

    /// <summary>A source of shards, under a name by which fits ask for it. All silos need it.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The name.</param>
    /// <param name="source">The source.</param>
    public static ISiloBuilder AddNmfShardSource(this ISiloBuilder builder, string name, IShardSource source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(source);
        builder.Services.AddKeyedSingleton(name, source);
        return builder;
    }

    /// <summary>A source of streams, under a name by which online fits ask for it. All silos need it. Where a source of
    /// shards has the same name, online fits take this one.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The name.</param>
    /// <param name="source">The source.</param>
    public static ISiloBuilder AddNmfStreamSource(this ISiloBuilder builder, string name, IStreamSource source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(source);
        builder.Services.AddKeyedSingleton(name, source);
        return builder;
    }

    /// <summary>Where shards may leave their activations, under a name. All silos need it.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The name.</param>
    /// <param name="sink">The sink.</param>
    public static ISiloBuilder AddNmfShardSink(this ISiloBuilder builder, string name, IShardSink sink)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(sink);
        builder.Services.AddKeyedSingleton(name, sink);
        return builder;
    }

    /// <summary>A grain storage in a folder, for silos that all see it: those of one machine, or of a shared volume. A
    /// record is replaced as a whole, so that a process that dies leaves the old one or the new one.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="folder">The folder, made where it is not there.</param>
    /// <param name="name">The name of the storage.</param>
    public static ISiloBuilder AddNmfFileStorage(this ISiloBuilder builder, string folder, string name = "nmf")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Directory.CreateDirectory(folder);
        builder.Services.AddKeyedSingleton<IGrainStorage>(
            name, (services, _) => ActivatorUtilities.CreateInstance<FileGrainStorage>(services, folder));
        return builder;
    }
}
