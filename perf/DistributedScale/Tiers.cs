using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nmf;
using Nmf.Distributed;

namespace DistributedScale;

/// <summary>What tiered compilation and its switches make of a silo: how long its iterations are slow, and whether its
/// bits are others.</summary>
internal static class Tiers
{
    public static async Task Run(string kind, NmfOptions options, IEnumerable<string> settings)
    {
        options = options with { Iterations = options.Iterations with { CheckInterval = 5 } };
        var expected = NmfFactorizer.Fit(
            Planted.First(kind, Planted.Shards), options with { Shards = Planted.Shards, Threads = 1 });
        Console.WriteLine($"one process, this one: {Describe(expected)}, bits {BitsOf(expected)}");
        foreach (var setting in settings)
        {
            var environment = setting.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(each => each.Split('=')).ToDictionary(each => $"DOTNET_{each[0]}", each => each[1]);
            await using var machine = await Machine.Start(1, environment);
            var nmf = new DistributedNmf(await machine.Client());
            foreach (var fit in new[] { "first", "second" })
            {
                var model = await nmf.FitAsync(fit, "planted", kind, options);
                Console.WriteLine($"{setting}, {fit} fit: {Describe(model)}, bits {BitsOf(model)}");
            }
        }
    }

    private static string BitsOf(NmfModel<float> model) => Convert.ToHexString(SHA256.HashData(
        MemoryMarshal.AsBytes(model.Dictionary.ToRowMajor().AsSpan())))[..8];

    // Slow is what takes a quarter longer than the median of the last half.
    private static string Describe(NmfModel<float> model)
    {
        var history = model.Report.History;
        double[] times = [.. history.Zip(history.Skip(1), (a, b) =>
            (b.Elapsed - a.Elapsed).TotalMilliseconds / (b.Iteration - a.Iteration))];
        var steady = times[(times.Length / 2)..].Order().ElementAt(times.Length / 4);
        var last = Array.FindLastIndex(times[..(times.Length / 2)], time => time > 1.25 * steady);
        var begin = history[0].Elapsed;
        return $"{steady:F0} ms per iteration in the end, slower for "
            + $"{(history[last + 1].Elapsed - begin).TotalSeconds:F1} s ({history[last + 1].Iteration} iterations), at "
            + $"most {times.Max():F0} ms; {(history[^1].Elapsed - begin).TotalSeconds:F1} s in all";
    }
}
