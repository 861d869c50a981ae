using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Nmf.Distributed.Tests;

/// <summary>Silos in this process, which share a folder for their records and sources of data.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly InProcessTestCluster _cluster;

    private readonly bool _kills;

    private Cluster(
        int silos, IShardSource source, Action<ShardingOptions>? configure, Action<ISiloBuilder>? more, bool kills)
    {
        _kills = kills;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddNmfShards(options =>
            {
                options.Threads = 1;
                options.CheckpointInterval = TimeSpan.Zero;
                options.LongestDelay = TimeSpan.FromSeconds(0.5);
                options.WatchInterval = TimeSpan.FromSeconds(1);
                configure?.Invoke(options);
            });
            silo.AddNmfShardSource("data", source);
            silo.AddNmfShardSink("memory", Sink);
            silo.AddNmfFileStorage(_folder.FullName);
            silo.AddIncomingGrainCallFilter(Brake);
            silo.Services.Configure<ClusterMembershipOptions>(options =>
            {
                // A machine that is slow for a moment is not dead, where no silo is killed.
                options.ProbeTimeout = TimeSpan.FromSeconds(kills ? 1 : 20);
                options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
                options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
            });
            silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
            more?.Invoke(silo);
        });
        _cluster = builder.Build();
    }

    /// <summary>Holds fits.</summary>
    public Brake Brake { get; } = new();

    public MemorySink Sink { get; } = new();

    public DistributedNmf Nmf => new(_cluster.Client);

    public IGrainFactory Grains => _cluster.Client;

    public int Silos => _cluster.Silos.Count;

    public static async Task<Cluster> Start(
        int silos, IShardSource source, Action<ShardingOptions>? configure = null, Action<ISiloBuilder>? more = null,
        bool kills = false)
    {
        var cluster = new Cluster(silos, source, configure, more, kills);
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    /// <summary>Kills a silo as a power cut does, and starts another one.</summary>
    public async Task Kill(int silo)
    {
        Assert.True(_kills, "This cluster notices only late that a silo has died.");
        await _cluster.KillSiloAsync(_cluster.Silos[silo]);
        await _cluster.StartAdditionalSiloAsync();
    }

    /// <summary>The client dies without a word, and another one comes.</summary>
    public async Task LoseClient()
    {
        await _cluster.KillClientAsync();
        await _cluster.InitializeClientAsync();
    }

    /// <summary>The silo that a grain is on, or -1.</summary>
    public int SiloOf(IAddressable grain)
    {
        for (var i = 0; i < _cluster.Silos.Count; i++)
        {
            if (_cluster.TryGetGrainContext(grain.GetGrainId(), out var context)
                && context.Address.SiloAddress!.Equals(_cluster.Silos[i].SiloAddress))
            {
                return i;
            }
        }

        return -1;
    }

    public Task Deactivate(IAddressable grain) => _cluster.DeactivateAsync(grain);

    /// <summary>Waits until a fit has come to an iteration; one that ends before is an error.</summary>
    public async Task Reach(string fit, int iteration)
    {
        while (true)
        {
            var status = await Nmf.GetStatusAsync(fit);
            if (status.Iteration >= iteration)
                return;
            Assert.True(status.State is FitState.Unknown or FitState.Running, $"It has {status.State}.");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Delete(true);
    }
}

/// <summary>Keeps what shards leave.</summary>
internal sealed class MemorySink : IShardSink
{
    public System.Collections.Concurrent.ConcurrentDictionary<(string, int), float[]> Stored { get; } = [];

    public Task StoreAsync(
        string address, int shard, Kernels.Matrix<float> activations, CancellationToken cancellationToken)
    {
        Stored[(address, shard)] = activations.ToRowMajor();
        return Task.CompletedTask;
    }
}
