namespace Nmf.Tests;

/// <summary>Counts drawn from the Gamma-Poisson model, with components that share few features.</summary>
internal static class PlantedCounts
{
    public static NmfData<double> Create(
        int samples, int features, int rank, int seed, double shape = 1, double counts = 30)
    {
        var random = new Random(seed);
        var w = new double[features, rank];
        for (var f = 0; f < features; f++)
        {
            for (var k = 0; k < rank; k++)
                w[f, k] = f * rank / features == k ? 0.5 + random.NextDouble() : 0.05 * random.NextDouble();
        }

        var values = new double[samples * features];
        for (var n = 0; n < samples; n++)
        {
            for (var k = 0; k < rank; k++)
            {
                var h = GammaNumbers.Draw(random, shape) * counts / (shape * features);
                for (var f = 0; f < features; f++)
                    values[(n * features) + f] += w[f, k] * h;
            }

            for (var f = 0; f < features; f++)
                values[(n * features) + f] = Poisson(random, values[(n * features) + f]);
        }

        return NmfData<double>.FromDense(values, samples, features);
    }

    private static double Poisson(Random random, double mean)
    {
        var (count, product) = (0, random.NextDouble());
        for (var limit = Math.Exp(-mean); product > limit; count++)
            product *= random.NextDouble();
        return count;
    }
}
