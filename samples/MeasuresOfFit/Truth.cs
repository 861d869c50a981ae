using Nmf.Kernels;

namespace MeasuresOfFit;

/// <summary>
/// What the data are made of: parts that overlap, and how much of each there is in every sample. Rows of the dictionary
/// sum to one, so that with activations between 0 and 1 the model is a probability too, and binary data can have the
/// same truth as all others.
/// </summary>
internal sealed class Truth
{
    public const int Features = 30;
    public const int Rank = 4;

    // Position of a part along the features, and how fast one passes into the next.
    private const double Softness = 2.2;

    public Truth(int samples, Random random)
    {
        Dictionary = new Matrix<float>(Features, Rank);
        Activations = new Matrix<float>(samples, Rank);
        for (var f = 0; f < Features; f++)
        {
            double Nearness(int k) => Math.Exp(-Math.Abs(f - ((k + 0.5) * Features / Rank)) / Softness);
            var sum = Enumerable.Range(0, Rank).Sum(Nearness);
            for (var k = 0; k < Rank; k++)
                Dictionary[f, k] = (float)(Nearness(k) / sum);
        }

        // Few parts in each sample: most activations are small, some near one.
        for (var n = 0; n < samples; n++)
        {
            for (var k = 0; k < Rank; k++)
                Activations[n, k] = (float)(0.02 + (0.96 * Math.Pow(random.NextDouble(), 3)));
        }
    }

    /// <summary>W, features x rank.</summary>
    public Matrix<float> Dictionary { get; }

    /// <summary>H, samples x rank.</summary>
    public Matrix<float> Activations { get; }

    /// <summary>What would be observed without noise: between 0 and 1.</summary>
    public double Mean(int sample, int feature)
    {
        double y = 0;
        for (var k = 0; k < Rank; k++)
            y += (double)Activations[sample, k] * Dictionary[feature, k];
        return y;
    }
}
