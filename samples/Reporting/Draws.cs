namespace Reporting;

/// <summary>Random numbers of the distributions that made-up data need.</summary>
public static class Draws
{
    // Below, e^-mean is not zero in double precision.
    private const double LargestMean = 500;

    /// <summary>Normal with mean 0 and variance 1; Box and Muller 1958.</summary>
    public static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Poisson, by Knuth's multiplication of uniform numbers: time proportional to the mean. Larger means are
    /// sums of smaller ones.</summary>
    public static double Poisson(double mean, Random random)
    {
        if (mean > LargestMean)
            return Poisson(mean / 2, random) + Poisson(mean / 2, random);
        var limit = Math.Exp(-mean);
        var product = random.NextDouble();
        var count = 0;
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    /// <summary>Gamma with scale 1 and a shape of 1 or more; Marsaglia and Tsang 2000.</summary>
    public static double Gamma(double shape, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape, 1);
        var d = shape - (1.0 / 3);
        while (true)
        {
            var x = Normal(random);
            var v = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (x * x / 2) + (d * (1 - v + Math.Log(v))))
                return d * v;
        }
    }
}
