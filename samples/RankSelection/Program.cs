using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace RankSelection;

/// <summary>Tries a range of ranks on data, shows what every index says, and writes a report with plots.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        var options = CommandLine.Parse(arguments);
        if (options.Help)
            Console.WriteLine(CommandLine.Usage);
        else
            Run(options);
    });

    private static void Run(CommandLine options)
    {
        var clock = Stopwatch.StartNew();
        var problem =
            options.DataFolder is null ? Problem.Planted(options.Seed) : Problem.Leukaemia(options.DataFolder);
        var (from, to) = options.Ranks ?? (options.DataFolder is null ? (2, 9) : (2, 6));
        var starts = options.Starts ?? (options.DataFolder is null ? 10 : 20);
        Console.WriteLine(problem.Title);
        Console.WriteLine(problem.Description);
        Console.WriteLine();
        Console.WriteLine(
            $"Fitting the ranks {from} to {to} under the Kullback-Leibler divergence: {starts} random starts each, "
            + "and 5 folds of held-out entries.");

        // Progress goes to the log of the context, about once a second.
        var ml = new MLContext(options.Seed);
        ml.Log += (_, e) =>
        {
            if (e.RawMessage.Contains("fits done", StringComparison.Ordinal))
                Console.WriteLine("  " + e.RawMessage);
        };
        int[] ranks = [.. Enumerable.Range(from, to - from + 1)];
        var fit = new NmfOptions { Rank = 1, Problem = BetaDivergence.KullbackLeibler, Seed = options.Seed };
        var report = ml.Model.SurveyNmfRank(problem.ToView(ml), new NmfRankOptions
        {
            ColumnName = nameof(Problem.Row.Features),
            Survey = new() { Ranks = ranks, Starts = starts, Fit = fit },
            CrossValidation = new() { Ranks = ranks, Pattern = HeldOutPattern.Entries, Fit = fit },
            Relevance = new() { StartingRank = RankRelevanceOptions.StartingRankFor(to), Seed = options.Seed },
        });

        Console.WriteLine();
        Console.WriteLine(report.ToText());
        Console.WriteLine(
            "Held-out divergence asks how many components help to predict; stability (cophenetic correlation, "
            + "dispersion, silhouettes) how");
        Console.WriteLine(
            "many can be found again from any start. They need not agree: the first is for models, "
            + "the second for interpretation.");
        var file = Path.Combine(ConsoleProgram.OutputFolder(options.OutputFolder), "rank.html");
        File.WriteAllText(
            file, report.ToHtml($"The rank of: {problem.Title}", problem.Description, leafOrder: !problem.InOrder));
        Console.WriteLine();
        Console.WriteLine($"All of this, with plots: {file} ({clock.Elapsed.TotalSeconds:0} s)");
    }
}
