using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nmf.Distributed;
using Orleans.Configuration;
using Orleans.Hosting;

namespace DistributedTopics;

/// <summary>Silos and clients on this machine. The first silo keeps the list of the others in its memory: in earnest
/// that is a table of a database (docs/scale.md).</summary>
internal static class Silos
{
    private const int SiloPort = 11_200;
    private const int GatewayPort = 31_200;

    /// <summary>A silo that runs.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="folder">Where all silos keep fits and checkpoints.</param>
    /// <param name="threads">Threads that compute, or null for one per processor.</param>
    public static async Task<IHost> StartAsync(int number, string folder, int? threads)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                SiloPort + number, GatewayPort + number, new IPEndPoint(IPAddress.Loopback, SiloPort));
            silo.AddNmfFileStorage(folder);
            silo.AddNmfShardSource("texts", new TextShards());
            silo.AddNmfShards(options =>
            {
                options.Threads = threads;
                options.CheckpointInterval = TimeSpan.FromSeconds(1);
            });

            // A silo that is killed is missed within two seconds.
            silo.Services.Configure<ClusterMembershipOptions>(options =>
            {
                (options.ProbeTimeout, options.NumMissedProbesLimit) = (TimeSpan.FromSeconds(1), 2);
                (options.TableRefreshTimeout, options.NumVotesForDeathDeclaration) = (TimeSpan.FromSeconds(1), 1);
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>A client of the silos.</summary>
    /// <param name="silos">How many gateways it may use.</param>
    public static async Task<IHost> ConnectAsync(int silos)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(
            [.. Enumerable.Range(GatewayPort, silos)]).UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(0.5), cancellationToken);
                return true;
            }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Who asks for fits.</summary>
    public static DistributedNmf Nmf(this IHost host) => new(host.Services.GetRequiredService<IClusterClient>());
}
