using Nmf;

namespace PartsOfObjects.Decompositions;

/// <summary>Images as weighted sums of a few others: <c>image ≈ mean + Σ_k weight_k · component_k</c>.</summary>
internal sealed record Decomposition
{
    public required string Name { get; init; }

    /// <summary>What it allows.</summary>
    public required string Rule { get; init; }

    /// <summary>Components, each an image.</summary>
    public required float[][] Components { get; init; }

    /// <summary>Weights, a row for each image.</summary>
    public required float[][] Weights { get; init; }

    /// <summary>What is added to every image; null for nothing.</summary>
    public float[]? Mean { get; init; }

    /// <summary>Time of the fit and of the weights of all images.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Whether components or weights may be negative.</summary>
    public bool IsSigned { get; init; }

    /// <summary>An image from its weights.</summary>
    public float[] Reconstruct(int image) => Reconstruct(image, Enumerable.Range(0, Components.Length));

    /// <summary>An image from some of its components.</summary>
    public float[] Reconstruct(int image, IEnumerable<int> components)
    {
        var sum = Mean is null ? new float[Components[0].Length] : [.. Mean];
        foreach (var k in components)
        {
            for (var i = 0; i < sum.Length; i++)
                sum[i] += Weights[image][k] * Components[k][i];
        }

        return sum;
    }

    /// <summary>‖V - V̂‖ / ‖V‖ over all images.</summary>
    public double RelativeError(float[][] images)
    {
        double error = 0, total = 0;
        for (var n = 0; n < images.Length; n++)
        {
            var model = Reconstruct(n);
            for (var i = 0; i < model.Length; i++)
            {
                error += Math.Pow(images[n][i] - model[i], 2);
                total += Math.Pow(images[n][i], 2);
            }
        }

        return Math.Sqrt(error / total);
    }

    /// <summary>Mean Hoyer sparseness of the magnitudes of the components: 0 when all pixels are equal, 1 when only
    /// one is not zero.</summary>
    public double ComponentSparseness => MeanSparseness(Components);

    /// <summary>Mean Hoyer sparseness of the magnitudes of each image's weights.</summary>
    public double WeightSparseness => MeanSparseness(Weights);

    private static double MeanSparseness(float[][] rows)
        => rows.Select(row => Sparseness.Hoyer<float>(row)).Where(value => !double.IsNaN(value)).Average();
}
