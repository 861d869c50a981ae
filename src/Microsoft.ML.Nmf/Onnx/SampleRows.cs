namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Rows on which the export tries how many steps a dictionary needs: sums of a few components, with more and more of
/// noise that no component explains, up to nothing else.
/// </summary>
internal static class SampleRows
{
    /// <summary>Number of rows.</summary>
    public const int Count = 32;

    private const int Seed = 1;
    private const double Density = 0.5;

    private static readonly double[] Noise = [0, 0.05, 0.3, 1];

    /// <summary>Draws the rows, <see cref="Count"/> x F; the same for the same dictionary.</summary>
    public static double[] Draw(NmfModelParameters model)
    {
        var random = new Random(Seed);
        var features = model.FeatureCount;
        var rows = new double[Count * features];
        for (var n = 0; n < Count; n++)
        {
            var row = rows.AsSpan(n * features, features);
            for (var k = 0; k < model.Rank; k++)
            {
                var activation = random.NextDouble() < Density ? Exponential(random) : 0;
                var component = model.GetComponent(k);
                double largest = 0;
                foreach (var weight in component)
                    largest = Math.Max(largest, weight);
                for (var f = 0; f < features && activation > 0 && largest > 0; f++)
                    row[f] += activation * component[f] / largest;
            }

            double mean = 0;
            foreach (var value in row)
                mean += value / features;
            var share = Noise[n % Noise.Length];
            for (var f = 0; f < features; f++)
                row[f] = ((1 - share) * row[f]) + (share * (mean > 0 ? mean : 1) * Exponential(random));
        }

        return rows;
    }

    private static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());
}
