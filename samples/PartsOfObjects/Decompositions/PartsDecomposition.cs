using System.Diagnostics;
using Nmf;
using PartsOfObjects.Images;

namespace PartsOfObjects.Decompositions;

/// <summary>Nonnegative matrix factorisation: parts can only be added, never taken away, and so they become parts (Lee
/// and Seung 1999).</summary>
internal static class PartsDecomposition
{
    private const int Iterations = 500;

    public static Decomposition Fit(MLContext context, IDataView view, ImageSet images, int rank)
    {
        var start = Stopwatch.GetTimestamp();
        var model = context.Transforms.NonnegativeMatrixFactorization(new()
        {
            OutputColumnName = "Weights",
            InputColumnName = Columns.Pixels,
            Rank = rank,
            Initialization = NmfInitialization.Random,
            Iterations = new() { MaximumIterations = Iterations, Tolerance = 1e-6 },
            Seed = 1,
        }).Fit(view);
        var weights = model.Transform(view).Vectors("Weights");
        return new Decomposition
        {
            Name = "Nonnegative factors",
            Rule = "Parts and weights are not negative: an image is a sum.",
            Components = [.. Enumerable.Range(0, rank).Select(k => model.Model.GetComponent(k).ToArray())],
            Weights = weights,
            Time = Stopwatch.GetElapsedTime(start),
        };
    }
}
