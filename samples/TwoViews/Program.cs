using System.Diagnostics;

namespace TwoViews;

/// <summary>Two views of one scene: what a clear sound tells of a dark picture, and of one that is missing.</summary>
internal static class Program
{
    /// <summary>Few and many moments, dark and bright pictures, and events that are often hidden; the pictures of the
    /// page show the third.</summary>
    private static readonly Conditions[] All =
    [
        new(40, 0.3), new(150, 0.1), new(150, 0.3), new(600, 0.3), new(150, 3), new(150, 0.3, 0.3),
    ];

    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        var command = new SampleCommand("TwoViews", "Sound and picture of one scene, learnt together.");
        var seeds = command.WholeNumber("--seeds", "Scenes per condition", 10, least: 1, most: 1000);
        var seed = command.WholeNumber("--seed", "Seed of the first", 1, least: 0);
        var folder = command.OutputFolder("Where two-views.html is written");
        if (command.Parse(arguments) is { } asked)
            Run(asked.GetValue(seeds), asked.GetValue(seed), asked.GetRequiredValue(folder));
    });

    private static void Run(int seeds, int seed, string folder)
    {
        var clock = Stopwatch.StartNew();
        var output = ConsoleProgram.OutputFolder(folder);
        Console.WriteLine(
            $"{Scene.Events} events, heard in {Scene.Bands} bands and seen in {Scene.Side} x {Scene.Side} pixels; "
            + $"{seeds} scenes per condition.");
        Study[] studies = [.. All.Select(conditions => Study.Run(conditions, seeds, seed))];
        Console.WriteLine();
        Console.WriteLine("A noisy view learns from a clean one: error of the denoised pictures");
        TwoViewsReport.DenoisedTable(studies).Print();
        Console.WriteLine();
        Console.WriteLine("and mean angle between the found pictures of the events and the true ones, in degrees");
        TwoViewsReport.AngleTable(studies).Print();
        Console.WriteLine();
        Console.WriteLine("A view that is missing: error of pictures that are predicted from the sound");
        TwoViewsReport.PredictionTable(studies).Print();
        Console.WriteLine();
        Console.WriteLine(TwoViewsReport.Legend);
        var file = Path.Combine(output, "two-views.html");
        TwoViewsReport.Create(studies).Save(file);
        Console.WriteLine($"All of this, with pictures: {file} ({Format.Seconds(clock.Elapsed)})");
    }
}
