namespace Nmf;

/// <summary>The random numbers of one entry: they depend on seed, stream and entry alone, and on nothing that differs
/// between machines. Logarithms and exponentials are those of <see cref="PortableMath"/>.</summary>
/// <param name="seed">Seed.</param>
/// <param name="stream">Stream.</param>
/// <param name="entry">Number of the entry, below 2^41.</param>
internal struct EntryRandom(int seed, int stream, long entry)
{
    private const int NumbersOfEntry = 22;

    private readonly CounterRandom _random = new(seed, stream);
    private long _next = entry << NumbersOfEntry;

    /// <summary>Uniform on (0, 1).</summary>
    public double Uniform() => _random.Uniform(_next++) + (0.5 / (1UL << 53));

    /// <summary>Normal with mean 0 and variance 1: the polar method of Marsaglia and Bray (1964).</summary>
    public double Normal()
    {
        while (true)
        {
            var u = (2 * Uniform()) - 1;
            var v = (2 * Uniform()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
                return u * Math.Sqrt(-2 * PortableMath.Log(s) / s);
        }
    }

    /// <summary>Gamma with scale 1: Marsaglia and Tsang, "A simple method for generating gamma variables",
    /// 2000.</summary>
    /// <param name="shape">Shape, greater than 0.</param>
    public double Gamma(double shape)
    {
        // A small shape is that of shape + 1 times a power of a uniform number.
        var boost = shape < 1 ? PortableMath.Exp(PortableMath.Log(Uniform()) / shape) : 1;
        var d = (shape < 1 ? shape + 1 : shape) - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + (c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            if (PortableMath.Log(Uniform()) < (0.5 * x * x) + d - (d * v) + (d * PortableMath.Log(v)))
                return d * v * boost;
        }
    }

    /// <summary>Poisson: products of uniform numbers for small means, else the transformed rejection of Hörmann, "The
    /// transformed rejection method for generating Poisson random variables", 1993.</summary>
    /// <param name="mean">Mean, at least 0.</param>
    public double Poisson(double mean)
    {
        const double small = 10;
        if (mean < small)
        {
            var limit = PortableMath.Exp(-mean);
            var product = Uniform();
            var count = 0;
            for (; product > limit; count++)
                product *= Uniform();
            return count;
        }

        var logMean = PortableMath.Log(mean);
        var b = 0.931 + (2.53 * Math.Sqrt(mean));
        var a = -0.059 + (0.02483 * b);
        var inverseAlpha = 1.1239 + (1.1328 / (b - 3.4));
        var squeeze = 0.9277 - (3.6224 / (b - 2));
        while (true)
        {
            var u = Uniform() - 0.5;
            var v = Uniform();
            var us = 0.5 - Math.Abs(u);
            var k = Math.Floor((((2 * a / us) + b) * u) + mean + 0.43);
            if (us >= 0.07 && v <= squeeze)
                return k;
            if (k < 0 || (us < 0.013 && v > us))
                continue;
            if (PortableMath.Log(v * inverseAlpha / ((a / (us * us)) + b))
                <= (k * logMean) - mean - PortableMath.LogFactorial(k))
            {
                return k;
            }
        }
    }
}
