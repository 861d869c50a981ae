using System.Diagnostics;
using AutomaticRelevance;
using AutomaticRelevance.Piano;
using AutomaticRelevance.Report;
using Microsoft.ML;
using Nmf;
using PianoDecomposition;
using PianoDecomposition.Sound;

// Signs such as ♯, where the console can show them.
Console.OutputEncoding = System.Text.Encoding.UTF8;
try
{
    var options = Options.Parse(args);
    if (options.Help)
    {
        Console.WriteLine(Options.Usage);
        return 0;
    }

    var start = Stopwatch.GetTimestamp();
    var swimmers = options.Swimmers ? SwimmerStudy.Run(new MLContext(seed: 1), options.Full) : null;
    PianoStudy? piano = null;
    if (options.Piano)
    {
        var piece = Pieces.Get(options.Recording, wavFile: null);
        piano = options.Full
            ? PianoStudy.Run(piece, RelevancePrior.HalfNormal, seeds: 10, starts: 4, iterations: 2000)
            : PianoStudy.Run(piece, RelevancePrior.HalfNormal, seeds: 2, starts: 3, iterations: 1500);
        piano.Print();
    }

    Directory.CreateDirectory(options.OutputFolder);
    var path = Path.Combine(options.OutputFolder, "relevance.html");
    HtmlReport.Write(path, swimmers, piano);
    Console.WriteLine($"With pictures: {path}. Done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
    return 0;
}
catch (UserErrorException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
