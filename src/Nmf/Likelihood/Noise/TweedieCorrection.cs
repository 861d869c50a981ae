using System.Collections.Concurrent;

namespace Nmf;

/// <summary>
/// What the density of a Tweedie variable has beside its saddle point approximation, <c>exp(-d_β(v|y)/φ) / √(2π φ
/// v^p)</c>: a function of ξ = φ v^(p-2) alone. Where ξ is small, so that an exact value takes hundreds of terms, three
/// terms of its expansion, which differ by less than 1e-8.
/// </summary>
internal abstract class TweedieCorrection(double power)
{
    /// <summary>Below this ξ the expansion is used.</summary>
    protected const double Small = 0.01;

    private static readonly ConcurrentDictionary<double, TweedieCorrection> Known = new();

    private double _second;
    private double _third;

    // The first term of the expansion, by the cumulants.
    private double First => power * (power - 3) / 24;

    public static TweedieCorrection Of(double power) => Known.GetOrAdd(power, p =>
    {
        TweedieCorrection correction = p < 2 ? new TweedieSeries(p) : new TweedieIntegral(p);

        // Two more terms join the expansion to what is exact.
        var (at, further) = (correction.Rest(Small), correction.Rest(2 * Small));
        correction._third = (further - at) / Small;
        correction._second = at - (correction._third * Small);
        return correction;
    });

    /// <summary>The logarithm of density over saddle point approximation.</summary>
    public double LogCorrection(double xi)
        => xi < Small ? xi * (First + (xi * (_second + (xi * _third)))) : Exact(xi);

    /// <summary>The same, for ξ from 0.01.</summary>
    protected abstract double Exact(double xi);

    private double Rest(double xi) => ((Exact(xi) / xi) - First) / xi;
}
