namespace Nmf;

/// <summary>A Tweedie variable with p &gt; 2, as a density of u = log(v/y), which has one mode: <c>-λ d_β(e^u|1) - ½
/// log 2πξ</c> and its correction, with λ = y^(2-p)/φ and ξ = e^((p-2)u)/λ.</summary>
internal readonly struct PositiveTweedie
{
    // Between the ends is all of the density but a part in 1e18.
    private const double Negligible = 42;

    private readonly double _power;
    private readonly double _lambda;
    private readonly TweedieCorrection _correction;

    /// <param name="power">p.</param>
    /// <param name="lambda">y^(2-p)/φ.</param>
    public PositiveTweedie(double power, double lambda)
        => (_power, _lambda, _correction) = (power, lambda, TweedieCorrection.Of(power));

    /// <summary>The probability of at most u, by Gauss and Legendre's rule over panels.</summary>
    public double Cumulative(double u)
    {
        var (mode, low, high) = Support();
        if (u <= low || u >= high)
            return u <= low ? 0 : 1;

        // The shorter side, for the digits of a tail.
        var (from, to) = u < mode ? (low, u) : (u, high);
        const int panels = 96;
        var half = (to - from) / panels / 2;
        double sum = 0;
        for (var i = 0; i < panels; i++)
        {
            var middle = from + (((2 * i) + 1) * half);
            for (var j = 0; j < GaussLegendre.Nodes.Length; j++)
            {
                var offset = GaussLegendre.Nodes[j] * half;
                sum += GaussLegendre.Weights[j] * half
                    * (Math.Exp(Log(middle - offset)) + Math.Exp(Log(middle + offset)));
            }
        }

        return Math.Clamp(u < mode ? sum : 1 - sum, 0, 1);
    }

    /// <summary>Draws u by rejection from a uniform number between the ends.</summary>
    public double DrawLog(ref EntryRandom random)
    {
        var (mode, low, high) = Support();
        var top = Log(mode);
        while (true)
        {
            var u = low + ((high - low) * random.Uniform());
            if (PortableMath.Log(random.Uniform()) < Log(u) - top)
                return u;
        }
    }

    private double Log(double u)
    {
        var xi = PortableMath.Exp((_power - 2) * u) / _lambda;
        return -(_lambda * BetaDivergence.Value(PortableMath.Exp(u), 1, 2 - _power))
            - (0.5 * PortableMath.Log(2 * Math.PI * xi)) + _correction.LogCorrection(xi);
    }

    private (double Mode, double Low, double High) Support()
    {
        var mode = LineSearch.Maximum(Log, -1, 1);
        var level = Log(mode) - Negligible;
        return (mode, End(mode, -1, level), End(mode, 1, level));
    }

    private double End(double mode, double direction, double level)
    {
        var width = 1.0;
        while (Log(mode + (direction * width)) > level)
            width *= 2;
        var (inside, outside) = (0.0, width);
        for (var i = 0; i < 40; i++)
        {
            var middle = (inside + outside) / 2;
            (inside, outside) = Log(mode + (direction * middle)) > level ? (middle, outside) : (inside, middle);
        }

        return mode + (direction * outside);
    }
}

/// <summary>The rule of eight points on [-1, 1]: four nodes, each with both signs, and their weights.</summary>
internal static class GaussLegendre
{
    public static double[] Nodes { get; } = [0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
        0.9602898564975363];

    public static double[] Weights { get; } = [0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
        0.1012285362903763];
}
