using System.Diagnostics;
using Nmf;

namespace Penalties;

/// <summary>Penalties where each has a reason: sparse parts, sources with several components, activations that
/// change slowly.</summary>
internal static class Program
{
    // Activations well below this are noise, those well above are there: a sample has amounts of about 20 to 80.
    private const double SmallAmount = 5;

    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        var command = new SampleCommand("Penalties", "What do penalties do, and how much of them is right?");
        var seed = command.WholeNumber("--seed", "Seed of everything random", 1, least: 0);
        var folder = command.OutputFolder("Where penalties.html is written");
        if (command.Parse(arguments) is { } asked)
            Run(asked.GetValue(seed), ConsoleProgram.OutputFolder(asked.GetRequiredValue(folder)));
    });

    private static void Run(int seed, string folder)
    {
        var clock = Stopwatch.StartNew();
        var readings = SparsePaths(
            BetaDivergence.Euclidean, [0, 0.25, 0.5, 1, 2, 4], [0, 0.01, 0.03, 0.1, 0.3, 1], [0, 0.5, 1, 2, 4, 8],
            seed);
        var counts = SparsePaths(
            BetaDivergence.KullbackLeibler, [0, 0.1, 0.3, 1, 3, 10], [0, 0.003, 0.01, 0.03, 0.1, 0.3],
            [0, 0.5, 1, 2, 3, 4, 8], seed);
        Console.WriteLine("Sparse parts: which parts are in which samples? (F1; 1 for all right)");
        PenaltyTables.Sparse(readings, counts).Print("  ");
        Console.WriteLine();

        var sources = Sources.Run([0, 0.03, 0.1, 0.3, 1, 3, 10], seed);
        Console.WriteLine("Groups: which of three sources is active in a sample?");
        PenaltyTables.Groups(sources).Print("  ");
        Console.WriteLine();

        var smooth = SlowChange.Run([0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], seed);
        Console.WriteLine("Smoothness: how far are the activations from the true ones?");
        PenaltyTables.Smooth(smooth).Print("  ");
        Console.WriteLine();

        var file = Path.Combine(folder, "penalties.html");
        PenaltyReport.Create(readings, counts, sources, smooth).Save(file);
        Console.WriteLine($"All of this, with charts: {file} ({Format.Seconds(clock.Elapsed)})");
    }

    private static SparsityPath[] SparsePaths(double beta, double[] l1, double[] l2, double[] log, int seed) =>
    [
        SparseParts.Run(beta, weight => new L1Penalty(weight), "ℓ1", l1, seed),
        SparseParts.Run(beta, weight => new L2Penalty(weight), "ℓ2", l2, seed),
        SparseParts.Run(beta, weight => new LogPenalty(weight, SmallAmount), "log", log, seed),
    ];
}
