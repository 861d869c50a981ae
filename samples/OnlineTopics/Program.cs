using System.Diagnostics;
using Microsoft.ML;

namespace OnlineTopics;

/// <summary>Learns topics from a stream of texts, is killed and goes on, learns what comes later, and is compared with
/// a fit to everything at once.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        if (arguments is [FitProcess.Verb, .. var rest])
        {
            FitProcess.Run(rest);
            return;
        }

        if (CommandLine.Parse(arguments) is { } options)
            Tell(options);
    });

    private static void Tell(CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var folder = ConsoleProgram.OutputFolder(options.OutputFolder);
        var scratch = Directory.CreateTempSubdirectory("online-topics");
        try
        {
            var ml = new MLContext(options.Seed);
            var texts = TextStream.Create(ml, options, Path.Combine(scratch.FullName, "counts.idv"));
            Console.WriteLine($"{Format.Count(texts.Earlier.Samples)} texts to begin with: {texts.Source}");
            Console.WriteLine($"{Format.Count(texts.Later.Samples)} that come later: {texts.LaterAre}");
            Console.WriteLine(
                $"{Format.Count(texts.HeldOutEarlier.Documents + texts.HeldOutLater.Documents)} of both kinds to judge "
                + $"by; {Format.Count(texts.Words)} words");

            Section("A fit to a stream, in a process that is killed");
            var fits = StreamedFits.Run(texts, options, scratch.FullName);
            fits.Table().Print("  ");
            Console.WriteLine(
                "  The dictionary of the fit that was killed and went on: "
                + $"{(fits.SameBits ? "the same bits as without interruption" : "NOT THE SAME BITS")}.");

            Section("Memory, with the texts once and many times over");
            var memory = MemoryGrowth.Measure(texts, options);
            memory.Table().Print("  ");

            Section("What comes later is learnt batch by batch");
            var updating = Updating.Run(texts, fits.Dictionary, options);
            updating.Table().Print("  ");

            var report = Path.Combine(folder, "online-topics.html");
            Report.Page(texts, fits, memory, updating, options, Stopwatch.GetElapsedTime(start)).Save(report);
            Section($"All of this, with a chart: {report}");
            Console.WriteLine($"  Done in {Format.Seconds(Stopwatch.GetElapsedTime(start))}.");
            if (!fits.SameBits)
                throw new InvalidOperationException(
                    "The fit that went on after an interruption has another dictionary than the one that was not "
                    + "interrupted.");
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static void Section(string heading)
    {
        Console.WriteLine();
        Console.WriteLine(heading);
    }
}
