using System.Diagnostics;
using AutomaticRelevance;
using AutomaticRelevance.Comparison;
using AutomaticRelevance.Piano;
using AutomaticRelevance.Report;
using Microsoft.ML;
using Nmf;
using PianoDecomposition.Sound;

return ConsoleProgram.Run(() =>
{
    if (Options.Parse(args) is not { } options)
        return;

    if (options.Compares)
    {
        HeldOutCounts?[] all =
            [HeldOutCounts.Swimmers(seed: 1), HeldOutCounts.SwimmersOnBlack(seed: 1), HeldOutCounts.Classic()];
        foreach (var counts in all.OfType<HeldOutCounts>())
        {
            Console.WriteLine(
                $"{counts.Name} ({counts.Truth}): {counts.Learnt.Length} rows of {counts.Learnt[0].Length} counts");
            RankComparison.Run(counts, rank: 32, seeds: 10).Print("  ");
        }

        return;
    }

    var start = Stopwatch.GetTimestamp();
    var page = new HtmlPage(
        "How many parts, and which",
        "Automatic relevance determination in nonnegative matrix factorisation (Tan and Févotte 2013): "
        + "components that do not pay for themselves die out.");
    var path = Path.Combine(ConsoleProgram.OutputFolder(options.OutputFolder), "relevance.html");
    if (options.Swimmers)
        SwimmerSections.Add(page, SwimmerStudy.Run(new MLContext(seed: 1), options.Full));
    if (options.Piano)
    {
        var piece = Pieces.Get(options.Recording, options.WavFile, PianoSynthesizer.SampleRate);
        var piano = options.Full
            ? PianoStudy.Run(piece, RelevancePrior.HalfNormal, seeds: 10, starts: 4, iterations: 2000)
            : PianoStudy.Run(piece, RelevancePrior.HalfNormal, seeds: 2, starts: 3, iterations: 1500);
        piano.Print();
        PianoSections.Add(page, piano);
    }

    page.Save(path);
    Console.WriteLine($"With pictures: {path}. Done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
});
