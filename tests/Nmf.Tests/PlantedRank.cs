namespace Nmf.Tests;

/// <summary>Noisy data of five planted components, with the noise that suits the divergence: exponential,
/// Poisson or Gaussian.</summary>
internal static class PlantedRank
{
    public const int Rank = 5;
    private const int Samples = 300;
    private const int Features = 120;

    public static NmfData<double> Data(double beta, int seed)
    {
        var random = new Random(seed);
        double Exponential() => -Math.Log(1 - random.NextDouble());
        double Entry() => random.NextDouble() < 0.4 ? Exponential() : 0.02 * random.NextDouble();
        var w = Enumerable.Range(0, Features * Rank).Select(_ => Entry()).ToArray();
        var h = Enumerable.Range(0, Samples * Rank).Select(_ => Entry()).ToArray();
        var values = new double[Samples * Features];
        for (var n = 0; n < Samples; n++)
        {
            for (var f = 0; f < Features; f++)
            {
                var y = 1e-3;
                for (var k = 0; k < Rank; k++)
                    y += h[(n * Rank) + k] * w[(f * Rank) + k];
                values[(n * Features) + f] = beta switch
                {
                    0 => y * Exponential(),
                    1 => Poisson(20 * y, random),
                    _ => Math.Max(0, y + (0.2 * Gaussian(random))),
                };
            }
        }

        return NmfData<double>.FromDense(values, Samples, Features);
    }

    private static double Gaussian(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Poisson(double mean, Random random)
    {
        // Sums of exponential waiting times; the means here are below a few hundred.
        var (count, time) = (0, -Math.Log(1 - random.NextDouble()));
        for (; time < mean; count++)
            time -= Math.Log(1 - random.NextDouble());
        return count;
    }
}
