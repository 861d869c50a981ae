// What fits on silos take, on silos in processes of their own on this machine:
//   dotnet run -c Release --project perf/DistributedScale -- sparse|dense [ITERATIONS [SILOS]]
// time and bytes of an iteration in one process and on 1, 2 and 4 silos, and what a model of the cost predicts; or on
// so many silos, without the model;
//   dotnet run -c Release --project perf/DistributedScale -- memory
// data of ten times what the heap of a silo may take, on four of them;
//   dotnet run -c Release --project perf/DistributedScale -- tiers sparse|dense ITERATIONS SETTING...
// how long a silo is slow with settings of the runtime, such as TieredCompilation=1,TieredPGO=0, and its bits.
using System.Globalization;
using DistributedScale;
using Nmf;
using Nmf.Distributed;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = new NmfOptions
{
    Rank = 50, Problem = BetaDivergence.KullbackLeibler, Solver = NmfSolver.MultiplicativeUpdate, Seed = 1,
    InfersActivations = false, Iterations = new() { MaximumIterations = 60, Tolerance = 0 },
};
switch (args)
{
    case ["silo", var number, var folder, .. var budget]:
        await Machine.BeSilo(int.Parse(number), folder, budget.Length == 0 ? null : sharding =>
        {
            sharding.MostDataBytes = long.Parse(budget[0]) is > 0 and var most ? most : null;
            sharding.MostFailures = 1;
        });
        return;
    case ["memory"]:
        await Memory.Run(options);
        return;
    case ["compute", var computed, var count]:
        CostModel.BeComputer(computed, int.Parse(count), options);
        return;
    case ["echo", var bytes]:
        await CostModel.BeCaller(int.Parse(bytes));
        return;
    case ["tiers", var planted, var iterations, .. var settings]:
        await Tiers.Run(
            planted, options with
            {
                Iterations = options.Iterations with { MaximumIterations = int.Parse(iterations) },
            }, settings);
        return;
    default:
        break;
}

var kind = args.Length > 0 ? args[0] : "sparse";
if (args.Length > 1)
    options = options with { Iterations = options.Iterations with { MaximumIterations = int.Parse(args[1]) } };
var model = args.Length > 2 ? null : await CostModel.Measure(kind, options);
if (model is not null)
    Console.WriteLine($"{kind}, {model.Describe(kind)}");
var expected = NmfFactorizer.Fit(
    Planted.First(kind, Planted.Shards), options with { Shards = Planted.Shards, Threads = 1 });
var alone = CostModel.Milliseconds(expected);
Console.WriteLine($"{kind}, one process, one thread: {alone:F1} ms per iteration, {Planted.Shards} shards");
var single = 0.0;
foreach (var silos in args.Length > 2 ? [int.Parse(args[2])] : new[] { 1, 2, 4 })
{
    await using var machine = await Machine.Start(silos);
    var (sent, counted) = (0L, 0);
    var fitted = await new DistributedNmf(await machine.Client()).FitAsync(
        "fit", "planted", kind, options, new Watch(status =>
        {
            if (status.Iteration is >= 5 && counted == 0)
                (sent, counted) = (-LoopbackBytes(), status.Iteration);
            if (status.State == FitState.Completed)
                (sent, counted) = (sent + LoopbackBytes(), status.Iteration - counted);
        }), TimeSpan.FromSeconds(0.1));
    var time = CostModel.Milliseconds(fitted);
    single = silos == 1 ? time : single == 0 ? double.NaN : single;
    var predicted = model?.Predict(silos, kind, options) ?? double.NaN;
    var same = fitted.Dictionary.ToRowMajor().AsSpan().SequenceEqual(expected.Dictionary.ToRowMajor());
    Console.WriteLine(
        $"{silos} silos of one thread: {time:F1} ms per iteration, predicted {predicted:F1} "
        + $"({100 * ((predicted / time) - 1):+0;-0;0} %), {time / alone:F2} of one process, "
        + $"{single / time:F2} times one silo, {sent / 1e6 / Math.Max(1, counted):F2} MB per iteration on the loopback "
        + $"(2 F K 4 is {2e-6 * Planted.Features(kind) * options.Rank * 4:F2}), "
        + $"the same bits: {(same ? "yes" : "no")}");
}

// Received on the loopback device, by all programs.
static long LoopbackBytes() => File.Exists("/proc/net/dev")
    ? long.Parse(File.ReadLines("/proc/net/dev").Select(line => line.TrimStart())
        .First(line => line.StartsWith("lo:", StringComparison.Ordinal))
        .Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])
    : 0;

namespace DistributedScale
{
    internal sealed class Watch(Action<DistributedFitStatus> action) : IProgress<DistributedFitStatus>
    {
        public void Report(DistributedFitStatus value) => action(value);
    }
}
