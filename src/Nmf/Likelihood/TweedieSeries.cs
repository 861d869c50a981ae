using System.Collections.Concurrent;
using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// What the density of a Tweedie variable with 1 &lt; p &lt; 2 has beside its saddle point approximation: a function of
/// ξ = φ v^(p-2) alone. With a = (2-p)/(p-1) the density is <c>Σ_j z^j / (j! Γ(ja)) e^(…) / v</c>, <c>z = ξ^(-1-a) /
/// ((2-p)(p-1)^a)</c> (Dunn and Smyth 2005); all terms are positive, and only those near the largest, at j =
/// 1/((2-p)ξ), count.
/// </summary>
internal sealed class TweedieSeries
{
    // Below this ξ the terms are many and the expansion of their sum is exact.
    private const double Small = 0.01;
    private const double Negligible = 40;

    private static readonly ConcurrentDictionary<double, TweedieSeries> Known = new();

    private readonly double _power;
    private readonly double _shape;
    private readonly double _logZ;
    private readonly double[] _logGammas;
    private readonly double _second;
    private readonly double _third;

    private TweedieSeries(double power)
    {
        _power = power;
        _shape = (2 - power) / (power - 1);
        _logZ = -(_shape * Math.Log(power - 1)) - Math.Log(2 - power);
        var largest = 1 / ((2 - power) * Small);
        _logGammas = new double[(int)(largest + (12 * Math.Sqrt(largest / (1 + _shape))) + 200)];
        for (var j = 1; j < _logGammas.Length; j++)
            _logGammas[j] = SpecialFunctions.GammaLn(j + 1.0) + SpecialFunctions.GammaLn(j * _shape);

        // The first term of the expansion is p (p - 3) / 24 by the cumulants; two more join it to the series.
        var (at, further) = (Rest(Small), Rest(2 * Small));
        _third = (further - at) / Small;
        _second = at - (_third * Small);
    }

    private double First => _power * (_power - 3) / 24;

    public static TweedieSeries Of(double power) => Known.GetOrAdd(power, p => new TweedieSeries(p));

    /// <summary>The logarithm of density over saddle point approximation.</summary>
    public double LogCorrection(double xi)
        => xi < Small ? xi * (First + (xi * (_second + (xi * _third)))) : FromSeries(xi);

    private double Rest(double xi) => ((FromSeries(xi) / xi) - First) / xi;

    private double FromSeries(double xi)
    {
        var logZ = _logZ - ((1 + _shape) * Math.Log(xi));
        var top = Math.Clamp((int)(1 / ((2 - _power) * xi)), 1, _logGammas.Length - 1);
        var largest = Term(top, logZ);
        double sum = 1;
        for (var j = top + 1; j < _logGammas.Length && Term(j, logZ) - largest is var d && d > -Negligible; j++)
            sum += Math.Exp(d);
        for (var j = top - 1; j > 0 && Term(j, logZ) - largest is var d && d > -Negligible; j--)
            sum += Math.Exp(d);
        return largest + Math.Log(sum) + (0.5 * Math.Log(2 * Math.PI * xi))
            - (1 / ((2 - _power) * (_power - 1) * xi));
    }

    private double Term(int j, double logZ) => (j * logZ) - _logGammas[j];
}
