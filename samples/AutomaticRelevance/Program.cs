using System.Diagnostics;
using AutomaticRelevance;
using AutomaticRelevance.Report;
using Microsoft.ML;
using Nmf;

const string usage = """
    Finds the parts of the swimmers, and how many there are, by automatic relevance determination.

      dotnet run -c Release --project samples/AutomaticRelevance [-- options]

      --full            ten shapes of the prior and ten seeds, instead of three and two; the half-normal prior too
      --output FOLDER   where swimmer.html is written (artifacts)
      --help            this text
    """;

var folder = "artifacts";
var full = false;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--full":
            full = true;
            break;
        case "--output" when i + 1 < args.Length:
            folder = args[++i];
            break;
        case "--help":
            Console.WriteLine(usage);
            return 0;
        default:
            Console.Error.WriteLine($"There is no option \"{args[i]}\", or it needs a value. Try --help.");
            return 2;
    }
}

var start = Stopwatch.GetTimestamp();
var context = new MLContext(seed: 1);
var pictures = Swimmer.Pictures(seed: 1);
var view = SwimmerFit.View(context, pictures);
Console.WriteLine($"{pictures.Length} noisy pictures of {Swimmer.Side} x {Swimmer.Side} pixels, Poisson counts: background 1, body 10.");

var one = SwimmerFit.Run(context, view, shape: 25, seed: 1, RelevancePrior.Exponential);
var found = FoundParts.In(one.Model);
Console.WriteLine(
    $"From {SwimmerFit.StartingRank} components {found.Components} remain after {one.Model.Iterations} iterations ({one.Elapsed.TotalSeconds:0.0} s).");
Console.WriteLine(
    $"{found.LimbPositions} of the {Swimmer.LimbPositions} limb positions are among them; {found.WithTorso} components of one limb have absorbed the torso,");
Console.WriteLine("which is in every picture and so cannot be told from a limb that is always in one of its four positions.");

double[] shapes = full ? [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000] : [5, 50, 500];
RelevancePrior[] priors = full ? [RelevancePrior.Exponential, RelevancePrior.HalfNormal] : [RelevancePrior.Exponential];
var surveys = priors.Select(prior => ShapeSurvey.Run(context, view, prior, shapes, seeds: full ? 10 : 2)).ToArray();
foreach (var survey in surveys)
    survey.Print();

Directory.CreateDirectory(folder);
var path = Path.Combine(folder, "swimmer.html");
HtmlReport.Write(path, pictures, one, surveys);
Console.WriteLine($"With pictures: {path}. Done in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
return 0;
