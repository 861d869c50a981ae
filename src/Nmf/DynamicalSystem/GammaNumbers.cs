namespace Nmf;

/// <summary>Random numbers of the Gamma distribution with scale 1: Marsaglia and Tsang, "A simple method for generating
/// gamma variables", 2000.</summary>
internal static class GammaNumbers
{
    /// <param name="random">Where uniform numbers come from.</param>
    /// <param name="shape">Shape, greater than 0.</param>
    public static double Draw(Random random, double shape)
    {
        // A small shape is that of shape + 1 times a power of a uniform number.
        var boost = shape < 1 ? Math.Pow(1 - random.NextDouble(), 1 / shape) : 1;
        var d = (shape < 1 ? shape + 1 : shape) - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = 1 + (c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v * boost;
        }
    }
}
