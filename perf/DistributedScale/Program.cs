// Time and bytes of an iteration in one process, and on 1, 2 and 4 silos in processes of their own on this machine:
//   dotnet run -c Release --project perf/DistributedScale -- sparse|dense [ITERATIONS]
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nmf;
using Nmf.Distributed;
using Nmf.Kernels;
using Orleans.Hosting;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int siloPort = 11_400, gatewayPort = 31_400;
if (args is ["silo", var number, var folder])
{
    await BeSilo(int.Parse(number), folder);
    return;
}

var kind = args.Length > 0 ? args[0] : "sparse";
var options = new NmfOptions
{
    Rank = 50, Problem = BetaDivergence.KullbackLeibler, Solver = NmfSolver.MultiplicativeUpdate, Seed = 1,
    InfersActivations = false,
    Iterations = new() { MaximumIterations = args.Length > 1 ? int.Parse(args[1]) : 40, Tolerance = 0 },
};
var shards = Planted.Shards;
var model = NmfFactorizer.Fit(Planted.Whole(kind), options with { Shards = shards, Threads = 1 });
var alone = PerIteration(model);
Console.WriteLine($"{kind}, one process, one thread: {1000 * alone:F0} ms per iteration, {shards} shards");
var (features, single) = (model.Dictionary.Rows, 0.0);
foreach (var silos in new[] { 1, 2, 4 })
{
    var fits = Directory.CreateTempSubdirectory();
    var processes = new List<Process>();
    try
    {
        for (var i = 0; i < silos; i++)
        {
            var start = new ProcessStartInfo("taskset")
            {
                ArgumentList = { "-c", $"{i % 2}", "dotnet", typeof(Planted).Assembly.Location, "silo", $"{i}",
                    fits.FullName },
                RedirectStandardOutput = true,
            };
            processes.Add(Process.Start(start)!);
            while (await processes[^1].StandardOutput.ReadLineAsync() is { } line && line != "runs")
                Console.WriteLine(line);
        }

        await Task.Delay(3000);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleansClient(client => client.UseLocalhostClustering([gatewayPort]));
        using var host = builder.Build();
        await host.StartAsync();
        var nmf = new DistributedNmf(host.Services.GetRequiredService<IClusterClient>());
        var sent = 0L;
        var counted = 0;
        var fitted = await nmf.FitAsync("fit", "planted", kind, options, new Watch(status =>
        {
            if (status.Iteration is >= 5 && counted == 0)
                (sent, counted) = (-LoopbackBytes(), status.Iteration);
            if (status.State == FitState.Completed)
                (sent, counted) = (sent + LoopbackBytes(), status.Iteration - counted);
        }), TimeSpan.FromSeconds(0.1));
        var time = PerIteration(fitted);
        single = silos == 1 ? time : single;
        var same = fitted.Dictionary.ToRowMajor().AsSpan().SequenceEqual(model.Dictionary.ToRowMajor());
        Console.WriteLine(
            $"{silos} silos of one thread: {1000 * time:F0} ms per iteration, {time / alone:F2} of one process, "
            + $"{single / time:F2} times one silo, {sent / 1e6 / Math.Max(1, counted):F2} MB per iteration on the "
            + $"loopback (2 F K 4 is {2e-6 * features * 50 * 4:F2}), "
            + $"the same bits: {(same ? "yes" : "no")}");
        await host.StopAsync();
    }
    finally
    {
        foreach (var process in processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        fits.Delete(true);
    }
}

static double PerIteration(NmfModel<float> model)
{
    var (first, last) = (model.Report.History[1], model.Report.History[^1]);
    return (last.Elapsed - first.Elapsed).TotalSeconds / (last.Iteration - first.Iteration);
}

// Received on the loopback device, by all programs.
static long LoopbackBytes() => File.Exists("/proc/net/dev")
    ? long.Parse(File.ReadLines("/proc/net/dev").Select(line => line.TrimStart())
        .First(line => line.StartsWith("lo:", StringComparison.Ordinal))
        .Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
    : 0;

static async Task BeSilo(int number, string folder)
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.SetMinimumLevel(LogLevel.Critical);
    builder.UseOrleans(silo => silo
        .UseLocalhostClustering(
            siloPort + number, gatewayPort + number, new IPEndPoint(IPAddress.Loopback, siloPort))
        .AddNmfFileStorage(folder)
        .AddNmfShardSource("planted", new Planted())
        .AddNmfShards(options => (options.Threads, options.CheckpointInterval) = (1, TimeSpan.FromHours(1))));
    using var host = builder.Build();
    await host.StartAsync();
    Console.WriteLine("runs");
    await host.WaitForShutdownAsync();
}

internal sealed class Watch(Action<DistributedFitStatus> action) : IProgress<DistributedFitStatus>
{
    public void Report(DistributedFitStatus value) => action(value);
}

/// <summary>Data in eight shards: "sparse" has 30,000 rows of 150 counts among 8,000 (4.5 million non-zeros), "dense"
/// is 10,000 x 2,000.</summary>
internal sealed class Planted : IShardSource
{
    public const int Shards = 8;

    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(Shards);

    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
        => new(address == "sparse" ? NmfData<float>.FromMatrix(Sparse(shard, shard + 1), isBatch: true)
            : NmfData<float>.FromMatrix(Dense(shard, shard + 1), isBatch: true));

    public static NmfData<float> Whole(string kind) => kind == "sparse" ? NmfData<float>.FromMatrix(Sparse(0, Shards))
        : NmfData<float>.FromMatrix(Dense(0, Shards));

    private static SparseMatrix<float> Sparse(int from, int to)
    {
        const int rows = 30_000, features = 8_000, perRow = 150;
        var (first, last) = (from * rows / Shards, to * rows / Shards);
        var starts = new long[last - first + 1];
        var indices = new int[(last - first) * perRow];
        var values = new float[indices.Length];
        for (var n = first; n < last; n++)
        {
            var random = new Random(n);
            var row = new HashSet<int>();
            while (row.Count < perRow)
                row.Add((int)(features * Math.Pow(random.NextDouble(), 2)));
            var sorted = row.Order().ToArray();
            for (var j = 0; j < perRow; j++)
            {
                indices[((n - first) * perRow) + j] = sorted[j];
                values[((n - first) * perRow) + j] = 1 + random.Next(4);
            }

            starts[n - first + 1] = (n - first + 1L) * perRow;
        }

        return SparseMatrix<float>.FromCsr(last - first, features, starts, indices, values);
    }

    private static Matrix<float> Dense(int from, int to)
    {
        const int rows = 10_000, features = 2_000;
        var (first, last) = (from * rows / Shards, to * rows / Shards);
        var matrix = new Matrix<float>(last - first, features);
        for (var n = first; n < last; n++)
        {
            var random = new Random(n);
            var row = matrix.Row(n - first);
            for (var f = 0; f < features; f++)
                row[f] = 0.1f + random.NextSingle();
        }

        return matrix;
    }
}
