using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nmf.Distributed;
using Orleans.Hosting;

namespace DistributedScale;

/// <summary>Processes of this program, each bound to a core, and clients of those that are silos.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private const int SiloPort = 11_400;
    private const int GatewayPort = 31_400;

    private readonly List<Process> _processes = [];
    private readonly DirectoryInfo _fits = Directory.CreateTempSubdirectory();
    private IHost? _client;

    public static int Cores => 2;

    /// <summary>Silos, the first on core 0, the next on core 1, and so on in turn.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="environment">Variables of their processes, or null.</param>
    /// <param name="arguments">What else they are told.</param>
    public static async Task<Machine> Start(
        int silos, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var machine = new Machine();
        for (var i = 0; i < silos; i++)
        {
            var process = machine.Run(i % Cores, environment, ["silo", $"{i}", machine._fits.FullName, .. arguments]);
            while (await process.StandardOutput.ReadLineAsync() is { } line && line != "runs")
                Console.WriteLine(line);
        }

        await Task.Delay(3000);
        return machine;
    }

    /// <summary>Processes without Orleans, which compute at the same time: their answers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="arguments">What they are told.</param>
    public static async Task<double[]> Compute(int count, params string[] arguments)
    {
        await using var machine = new Machine();
        Process[] processes = [.. Enumerable.Range(0, count).Select(i => machine.Run(i % Cores, null, arguments))];
        foreach (var process in processes)
            await process.StandardOutput.ReadLineAsync();
        foreach (var process in processes)
            await process.StandardInput.WriteLineAsync("go");
        var answers = await Task.WhenAll(processes.Select(process => process.StandardOutput.ReadLineAsync()));
        return Array.ConvertAll(answers, double.Parse!);
    }

    /// <summary>One more process that asks this machine's silos.</summary>
    public async Task<string?> Ask(int core, params string[] arguments)
        => await Run(core, null, arguments).StandardOutput.ReadLineAsync();

    /// <summary>A client in this process.</summary>
    public async Task<IClusterClient> Client()
    {
        _client ??= await Connect();
        return _client.Services.GetRequiredService<IClusterClient>();
    }

    /// <summary>A host with a client.</summary>
    public static async Task<IHost> Connect()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleansClient(client => client.UseLocalhostClustering([GatewayPort]));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Memory of each process in bytes, as Linux counts what is in RAM: now, and at most.</summary>
    public IReadOnlyList<(long Now, long Most)> Memory()
        => [.. _processes.Select(process => (Status(process.Id, "VmRSS"), Status(process.Id, "VmHWM")))];

    /// <summary>The process is a silo until it is killed.</summary>
    public static async Task BeSilo(int number, string folder, Action<ShardingOptions>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(
                SiloPort + number, GatewayPort + number, new IPEndPoint(IPAddress.Loopback, SiloPort))
            .AddNmfFileStorage(folder)
            .AddNmfShardSource("planted", new Planted())
            .AddNmfShardSource("files", new Nmf.Formats.MatrixFileShards())
            .AddNmfShards(options =>
            {
                (options.Threads, options.CheckpointInterval) = (1, TimeSpan.FromHours(1));
                configure?.Invoke(options);
            }));
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine("runs");
        await host.WaitForShutdownAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _fits.Delete(true);
    }

    private static long Status(int process, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .First(each => each.StartsWith(name, StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    private Process Run(int core, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("taskset")
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in (string[])["-c", $"{core}", "dotnet", typeof(Machine).Assembly.Location, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }
}
