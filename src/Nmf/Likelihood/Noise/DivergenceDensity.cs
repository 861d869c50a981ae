using System.Collections.Concurrent;

namespace Nmf;

/// <summary>
/// The density of u = log(v/y) that falls with a β-divergence: <c>exp(β u / 2 - λ d_β(e^u|1)) / I(λ)</c> with λ = y^β /
/// φ, so that one function of λ normalises it for all means and dispersions. I is the trapezoidal sum over the real
/// line, exact to rounding for a smooth density that vanishes at both ends; a Chebyshev polynomial remembers it, and
/// Laplace's expansion continues it where λ is large.
/// </summary>
internal sealed class DivergenceDensity
{
    private const double Large = 100;
    private const double Least = 1e-3;
    private const double Negligible = 42;

    private static readonly ConcurrentDictionary<double, DivergenceDensity> Known = new();

    private readonly double _beta;
    private readonly ChebyshevPieces _pieces;
    private readonly double _second;
    private readonly double _third;

    private DivergenceDensity(double beta)
    {
        _beta = beta;
        _pieces = new ChebyshevPieces(x => Correction(Math.Exp(x)), Math.Log(Least), Math.Log(Large), 24);
        var (at, nearer) = (Rest(Large), Rest(Large / 2));
        _third = (nearer - at) * Large;
        _second = at - (_third / Large);
    }

    // The first term of Laplace's expansion: Stirling's 1/12 for β = 0 and 1.
    private double First => (2 - _beta) * (1 + _beta) / 24;

    public static DivergenceDensity Of(double beta) => Known.GetOrAdd(beta, b => new DivergenceDensity(b));

    /// <summary>log I(λ).</summary>
    public double LogIntegral(double lambda)
        => (0.5 * Math.Log(2 * Math.PI / lambda)) + (lambda >= Large
            ? (First + ((_second + (_third / lambda)) / lambda)) / lambda
            : lambda > Least ? _pieces.Value(Math.Log(lambda)) : Correction(lambda));

    /// <summary>The probability of at most u, by Gauss and Legendre's rule over panels that widen away from the
    /// mode.</summary>
    public double Cumulative(double u, double lambda)
    {
        var (mode, low, high) = Support(lambda);
        if (u <= low)
            return 0;
        if (u >= high)
            return 1;

        // The shorter side, for the digits of a tail.
        var (from, end) = (u, u < mode ? low : high);
        var narrow = 0.5 / Math.Sqrt(Math.Max(lambda, 1));
        double sum = 0;
        while (from != end)
        {
            var width = Math.Min(Math.Max(narrow, Math.Abs(from - mode) / 4), Math.Abs(end - from));
            var to = width == Math.Abs(end - from) ? end : from + (u < mode ? -width : width);
            for (var j = 0; j < GaussLegendre.Nodes.Length; j++)
            {
                var offset = GaussLegendre.Nodes[j] * width / 2;
                sum += GaussLegendre.Weights[j] * width / 2 * (Math.Exp(Log(((from + to) / 2) - offset, lambda))
                    + Math.Exp(Log(((from + to) / 2) + offset, lambda)));
            }

            from = to;
        }

        var part = sum / Math.Exp(LogIntegral(lambda));
        return Math.Clamp(u < mode ? part : 1 - part, 0, 1);
    }

    /// <summary>Draws u by rejection from a uniform number between the ends.</summary>
    public double DrawLog(double lambda, ref EntryRandom random)
    {
        var (mode, low, high) = Support(lambda);
        var top = Log(mode, lambda);
        while (true)
        {
            var u = low + ((high - low) * random.Uniform());
            if (PortableMath.Log(random.Uniform()) < Log(u, lambda) - top)
                return u;
        }
    }

    private double Rest(double lambda) => ((Correction(lambda) * lambda) - First) * lambda;

    // log I(λ) less what it becomes for large λ.
    private double Correction(double lambda)
    {
        var (_, low, high) = Support(lambda);
        var step = Math.Min((high - low) / 256, 0.15 / Math.Sqrt(Math.Max(lambda, 1)));
        var count = (int)Math.Ceiling((high - low) / step);
        double sum = 0;
        for (var i = 0; i <= count; i++)
            sum += Math.Exp(Log(low + (i * step), lambda));
        return Math.Log(sum * step) - (0.5 * Math.Log(2 * Math.PI / lambda));
    }

    // Between them is all of the density but a part in 1e18.
    private (double Mode, double Low, double High) Support(double lambda)
    {
        var (low, high) = (-1.0, 1.0);
        while (Slope(low, lambda) < 0)
            low *= 2;
        while (Slope(high, lambda) > 0)
            high *= 2;
        var mode = Zero(u => Slope(u, lambda), low, high);
        var level = Log(mode, lambda) - Negligible;
        var width = 1.0;
        while (Log(mode - width, lambda) > level)
            width *= 2;
        low = Zero(u => level - Log(u, lambda), mode - width, mode);
        width = 1.0;
        while (Log(mode + width, lambda) > level)
            width *= 2;
        return (mode, low, Zero(u => Log(u, lambda) - level, mode, mode + width));
    }

    // Where a function that falls from the left passes zero.
    private static double Zero(Func<double, double> value, double low, double high)
    {
        for (var i = 0; i < 50 && high - low > 1e-9; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = value(middle) > 0 ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private double Slope(double u, double lambda)
    {
        var e = PortableMath.Exp(u);
        var slope = _beta == 1 ? u * e : (PortableMath.Exp(_beta * u) - e) / (_beta - 1);
        return (_beta / 2) - (lambda * slope);
    }

    // d_β(e^u | 1) keeps its digits near 0 by its series.
    private double Log(double u, double lambda)
    {
        double divergence;
        if (Math.Abs(u) < 1e-4)
        {
            divergence = u * u * (0.5 + (u * (1 + _beta) / 6));
        }
        else
        {
            var e = PortableMath.Exp(u);
            divergence = _beta switch
            {
                0 => e - u - 1,
                1 => (u * e) - e + 1,
                _ => (PortableMath.Exp(_beta * u) + _beta - 1 - (_beta * e)) / (_beta * (_beta - 1)),
            };
        }

        return (_beta * u / 2) - (lambda * divergence);
    }
}
