using System.Diagnostics;
using Microsoft.ML.Data;
using PartsOfObjects.Images;

namespace PartsOfObjects.Decompositions;

/// <summary>Vector quantisation by ML.NET's k-means: every image is the prototype nearest to it.</summary>
internal static class Prototypes
{
    public static Decomposition Fit(MLContext context, IDataView view, ImageSet images, int rank)
    {
        var start = Stopwatch.GetTimestamp();
        var trainer = context.Clustering.Trainers.KMeans(Columns.Pixels, numberOfClusters: rank);
        var model = trainer.Fit(view);

        // ML.NET numbers clusters from 1.
        var output = model.Transform(view);
        var clusters = output.GetColumn<uint>(output.Schema["PredictedLabel"])
            .Select(label => (int)label - 1).ToArray();
        var time = Stopwatch.GetElapsedTime(start);
        VBuffer<float>[]? centroids = null;
        model.Model.GetClusterCentroids(ref centroids, out _);
        return new Decomposition
        {
            Name = "k-means",
            Rule = "One weight is 1, the others are 0: an image is a prototype.",
            Components = [.. centroids.Select(centroid => centroid.DenseValues().ToArray())],
            Weights = [.. clusters.Select(cluster => OneOf(rank, cluster))],
            Time = time,
        };
    }

    private static float[] OneOf(int count, int index)
    {
        var weights = new float[count];
        weights[index] = 1;
        return weights;
    }
}
