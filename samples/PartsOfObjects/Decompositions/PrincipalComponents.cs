using System.Diagnostics;
using Microsoft.ML.Transforms;
using PartsOfObjects.Images;

namespace PartsOfObjects.Decompositions;

/// <summary>Principal components by ML.NET: the best linear approximation in the least-squares sense, with terms
/// of both signs.</summary>
internal static class PrincipalComponents
{
    public static Decomposition Fit(MLContext context, IDataView view, ImageSet images, int rank)
    {
        var start = Stopwatch.GetTimestamp();
        var model = context.Transforms.ProjectToPrincipalComponents(
            "Weights", Columns.Pixels, rank: rank, overSampling: 20, seed: 1).Fit(view);
        var weights = model.Transform(view).Vectors("Weights");
        var time = Stopwatch.GetElapsedTime(start);
        return new Decomposition
        {
            Name = "Principal components",
            Rule = "Any signs: components cancel each other.",
            Components = Directions(context, model, images.Pixels, rank),
            Weights = weights,
            Mean = [.. Enumerable.Range(0, images.Pixels).Select(i => images.Rows.Average(row => row[i]))],
            Time = time,
            IsSigned = true,
        };
    }

    // The transformer does not show its directions, but it is linear: its values for an image of a single pixel, less
    // those for a black image, are that pixel of every direction.
    private static float[][] Directions(
        MLContext context, PrincipalComponentAnalysisTransformer model, int pixels, int rank)
    {
        var probes = Enumerable.Range(-1, pixels + 1).Select(i => SinglePixel(pixels, i)).ToArray();
        var values = model.Transform(ImageSet.ToDataView(context, probes)).Vectors("Weights");
        return [.. Enumerable.Range(0, rank).Select(
            k => values.Skip(1).Select(value => value[k] - values[0][k]).ToArray())];
    }

    private static float[] SinglePixel(int pixels, int lit)
    {
        var image = new float[pixels];
        if (lit >= 0)
            image[lit] = 1;
        return image;
    }
}
