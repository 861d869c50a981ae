using Microsoft.ML;
using Nmf;

namespace AutomaticRelevance;

/// <summary>The swimmers: one fit to look at, and surveys of shapes and seeds.</summary>
internal sealed record SwimmerStudy(float[][] Pictures, SwimmerFit Fit, IReadOnlyList<ShapeSurvey> Surveys)
{
    public static SwimmerStudy Run(MLContext context, bool full)
    {
        var pictures = Swimmer.Pictures(seed: 1);
        var view = SwimmerFit.View(context, pictures);
        Console.WriteLine(
            $"{pictures.Length} noisy pictures of {Swimmer.Side} x {Swimmer.Side} pixels, Poisson counts: "
            + "background 1, body 10.");

        var one = SwimmerFit.Run(context, view, shape: 25, seed: 1, RelevancePrior.Exponential);
        var found = FoundParts.In(one.Model);
        Console.WriteLine(
            $"From {SwimmerFit.StartingRank} components {found.Components} remain after {one.Model.Iterations} "
            + $"iterations ({one.Elapsed.TotalSeconds:0.0} s).");
        Console.WriteLine(
            $"{found.LimbPositions} of the {Swimmer.LimbPositions} limb positions are among them; "
            + $"{found.WithTorso} components of one limb have absorbed the torso,");
        Console.WriteLine(
            "which is in every picture and so cannot be told from a limb that is always in one of its four positions.");

        double[] shapes = full ? [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000] : [5, 50, 500];
        RelevancePrior[] priors =
            full ? [RelevancePrior.Exponential, RelevancePrior.HalfNormal] : [RelevancePrior.Exponential];
        var surveys = priors.Select(prior => ShapeSurvey.Run(context, view, prior, shapes, seeds: full ? 10 : 2))
            .ToArray();
        foreach (var survey in surveys)
            survey.Print();
        return new SwimmerStudy(pictures, one, surveys);
    }
}
