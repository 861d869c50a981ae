using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Nmf;
using Nmf.Kernels;

namespace DistributedScale;

/// <summary>
/// What an iteration takes on m silos, of constants that are measured without a sharded fit on silos:
/// T(m) = w + (S / min(m, cores)) p c(m) + ⌈log₂ m⌉ (2 l + 2 · 4 F K / B) + ⌈log₂ m⌉ 2 l / interval of checks.
/// </summary>
/// <param name="PerShard">p: milliseconds of a core for a shard, its entries and its passes over the dictionary.
/// </param>
/// <param name="Outside">w: milliseconds outside of the shards, the step of W.</param>
/// <param name="BothBusy">c(2): how much longer a core takes when the other one computes, too.</param>
/// <param name="Shared">c(4): the same where two processes share each core.</param>
/// <param name="Latency">l: milliseconds of an empty message, one way.</param>
/// <param name="Bandwidth">B: bytes per millisecond of a message of the size of the dictionary.</param>
internal sealed record CostModel(
    double PerShard, double Outside, double BothBusy, double Shared, double Latency, double Bandwidth)
{
    /// <summary>Measures the constants.</summary>
    public static async Task<CostModel> Measure(string kind, NmfOptions options)
    {
        // A quarter and half of the data, in shards of the size that they have.
        var quarter = (await Machine.Compute(1, "compute", kind, "2"))[0];
        var half = (await Machine.Compute(1, "compute", kind, "4"))[0];
        var perShard = (half - quarter) / 2;
        var pair = (await Machine.Compute(2, "compute", kind, "2")).Average();
        var four = (await Machine.Compute(4, "compute", kind, "2")).Average();
        await using var machine = await Machine.Start(1);
        var bytes = sizeof(float) * Planted.Features(kind) * options.Rank;
        var times = (await machine.Ask(1, "echo", $"{bytes}"))!.Split(' ').Select(double.Parse).ToArray();
        return new CostModel(
            perShard, Math.Max(0, half - (4 * perShard)), pair / quarter, four / 2 / quarter, times[0] / 2,
            2 * bytes / (times[1] - times[0]));
    }

    /// <summary>Milliseconds of an iteration.</summary>
    public double Predict(int silos, string kind, NmfOptions options)
    {
        var levels = Math.Ceiling(Math.Log2(silos));
        var contention = silos == 1 ? 1 : silos <= Machine.Cores ? BothBusy : Shared;
        var computed = Planted.Shards / Math.Min(silos, Machine.Cores) * PerShard * contention;
        var sent = 2.0 * sizeof(float) * Planted.Features(kind) * options.Rank / Bandwidth;
        return Outside + computed + (levels * (sent + (2 * Latency)))
            + (levels * 2 * Latency / options.Iterations.CheckInterval);
    }

    public string Describe(string kind) => $"constants: {PerShard:F2} ms per shard "
        + $"({1e6 * Planted.Shards * PerShard / Planted.Entries(kind):F2} ns per entry), {Outside:F2} ms outside of "
        + $"them; x {BothBusy:F3} with both cores busy, x {Shared:F3} with two processes on each; "
        + $"{1000 * Latency:F0} us per message, {Bandwidth / 1e6:F2} GB/s";

    /// <summary>A process that fits the first shards, once it is told to.</summary>
    public static void BeComputer(string kind, int shards, NmfOptions options)
    {
        var data = Planted.First(kind, shards);
        Console.WriteLine("ready");
        Console.ReadLine();
        Console.WriteLine(Milliseconds(NmfFactorizer.Fit(data, options with { Shards = shards, Threads = 1 })));
    }

    /// <summary>A process that sends messages to a silo and gets them back: the medians of an empty one and of one
    /// of so many bytes.</summary>
    public static async Task BeCaller(int bytes)
    {
        using var host = await Machine.Connect();
        var echo = host.Services.GetRequiredService<IClusterClient>().GetGrain<IEcho>(0);
        Console.WriteLine($"{await Time(new Matrix<float>(0, 1))} {await Time(new Matrix<float>(bytes / 200, 50))}");
        await host.StopAsync();

        async Task<double> Time(Matrix<float> matrix)
        {
            var times = new List<double>();
            for (var i = 0; i < 150; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await echo.Back(new Nmf.Distributed.Messages.MatrixRows(matrix));
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return times.Skip(50).Order().ElementAt(50);
        }
    }

    /// <summary>Milliseconds of an iteration, its part of the looks at the objective among them: the median of what
    /// was between two looks.</summary>
    public static double Milliseconds(NmfModel<float> model)
    {
        var history = model.Report.History;
        double[] times = [.. Enumerable.Range(1, history.Count - 2).Select(i =>
            (history[i + 1].Elapsed - history[i].Elapsed).TotalMilliseconds
                / (history[i + 1].Iteration - history[i].Iteration)).Order()];
        return times[times.Length / 2];
    }
}

/// <summary>Sends back what it gets.</summary>
internal interface IEcho : IGrainWithIntegerKey
{
    Task<Nmf.Distributed.Messages.MatrixRows> Back(Nmf.Distributed.Messages.MatrixRows matrix);
}

/// <inheritdoc cref="IEcho"/>
internal sealed class Echo : Grain, IEcho
{
    public Task<Nmf.Distributed.Messages.MatrixRows> Back(Nmf.Distributed.Messages.MatrixRows matrix)
        => Task.FromResult(matrix);
}
