using System.Diagnostics;
using Nmf;
using Nmf.Distributed;
using Nmf.Formats;
using Nmf.Kernels;

namespace DistributedScale;

/// <summary>Data of ten times what the runtime of a silo may take (DOTNET_GCHeapHardLimit), on four such silos, from
/// files: 64 shards of 2,500 samples with 2,000 features, 20 MB each.</summary>
internal static class Memory
{
    private const long Limit = 128_000_000;
    private const long Budget = 44_000_000;
    private const int Shards = 64;
    private const int Samples = 2_500;
    private const int Features = 2_000;

    public static async Task Run(NmfOptions options)
    {
        options = options with
        {
            Rank = 20, Iterations = new() { MaximumIterations = 6, Tolerance = 0, CheckInterval = 2 },
        };
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            for (var s = 0; s < Shards; s++)
                NpyFile.Write(Path.Combine(folder.FullName, $"part-{s:D2}.npy"), Shard(s));
            Console.WriteLine(
                $"{Shards * (long)Samples * Features * sizeof(float) / 1e6:F0} MB of data in {Shards} shards, a limit "
                + $"of {Limit / 1e6:F0} MB for the heap of each silo (DOTNET_GCHeapHardLimit)");
            var address = Path.Combine(folder.FullName, "part-*.npy");
            await On(1, null, address, options, null);
            await On(4, null, address, options, null);
            await On(4, Budget, address, options, Expected(options));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static NmfModel<float> Expected(NmfOptions options)
    {
        var whole = new Matrix<float>(Shards * Samples, Features);
        for (var s = 0; s < Shards; s++)
            Shard(s).CopyTo(whole.RowsFrom(s * Samples, Samples));
        return NmfFactorizer.Fit(NmfData<float>.FromMatrix(whole), options with { Shards = Shards });
    }

    private static async Task On(
        int silos, long? budget, string address, NmfOptions options, NmfModel<float>? expected)
    {
        var limits = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = $"{Limit:X}" };
        await using var machine = await Machine.Start(silos, limits, $"{budget ?? 0}");
        var name = $"{silos} silos, MostDataBytes {(budget is null ? "null" : $"{budget / 1e6:F0} MB")}";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var nmf = new DistributedNmf(await machine.Client());
            var watch = Stopwatch.StartNew();
            var model = await nmf.FitAsync("fit", "files", address, options, cancellationToken: patience.Token);
            var status = await nmf.GetStatusAsync("fit");
            var memory = string.Join(", ", machine.Memory().Select(each => $"{each.Most / 1e6:F0}"));
            var same = expected is not null
                && model.Dictionary.ToRowMajor().AsSpan().SequenceEqual(expected.Dictionary.ToRowMajor());
            Console.WriteLine(
                $"{name}: fits, {watch.Elapsed.TotalSeconds:F0} s, {CostModel.Milliseconds(model):F0} ms per iteration "
                + $"(one process with all data in memory, two threads: "
                + $"{(expected is null ? 0 : CostModel.Milliseconds(expected)):F0}), {status.ReloadedShards} of "
                + $"{status.Shards} shards loaded anew for every request, at most {memory} MB in RAM of each process, "
                + $"the same bits: {(same ? "yes" : "no")}");
        }
        catch (Exception e) when (e is ShardFaultException or OrleansException or OperationCanceledException
            or TimeoutException or IOException)
        {
            Console.WriteLine($"{name}: does not fit: {e.Message}");
        }
    }

    private static Matrix<float> Shard(int shard)
    {
        var matrix = new Matrix<float>(Samples, Features);
        var random = new Random(shard);
        for (var n = 0; n < Samples; n++)
        {
            foreach (ref var value in matrix.Row(n))
                value = 0.1f + random.NextSingle();
        }

        return matrix;
    }
}
