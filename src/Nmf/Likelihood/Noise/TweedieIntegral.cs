namespace Nmf;

/// <summary>
/// The correction for p &gt; 2, where a Tweedie variable is a positive stable one of index α = (p-2)/(p-1), tilted by
/// an exponential. The series of Dunn and Smyth (2005) has terms of both signs there, which cancel; the integral of
/// Zolotarev (1986) for the stable density has positive ones only. With <c>A(t) = sin(αt)^(p-2) sin((1-α)t) /
/// sin(t)^(p-1)</c> and z = 1 / (ξ (p-1) (p-2) A(0)) the correction is <c>(p-2) z √(2πξ) / π ∫_0^π A exp(-z (A - A(0)))
/// dt</c>. It is 1 for p = 3, the inverse Gaussian distribution.
/// </summary>
internal sealed class TweedieIntegral : TweedieCorrection
{
    private const double Most = 1e4;
    private const int Pieces = 28;

    // The trapezoidal rule in s, t = π / (1 + e^-s), is exact to rounding: the integrand vanishes like e^s to the left
    // and faster than any exponential to the right.
    private const double From = -42;
    private const double Step = 0.04;

    private readonly double _power;
    private readonly double _index;
    private readonly double _atZero;
    private readonly ChebyshevPieces _pieces;

    public TweedieIntegral(double power)
        : base(power)
    {
        _power = power;
        _index = (power - 2) / (power - 1);
        _atZero = Math.Pow(_index, power - 2) * (1 - _index);
        _pieces = new ChebyshevPieces(x => Integral(Math.Exp(x)), Math.Log(Small), Math.Log(Most), Pieces);
    }

    protected override double Exact(double xi) => xi < Most ? _pieces.Value(Math.Log(xi)) : Integral(xi);

    private double Integral(double xi)
    {
        var z = 1 / (xi * (_power - 1) * (_power - 2) * _atZero);
        double sum = 0;
        for (var s = From; ; s += Step)
        {
            // π - t keeps its digits where t is near π.
            var (t, rest) = (Math.PI / (1 + Math.Exp(-s)), Math.PI / (1 + Math.Exp(s)));
            var logA = ((_power - 2) * Math.Log(Math.Sin(_index * t))) + Math.Log(Math.Sin((1 - _index) * t))
                - ((_power - 1) * Math.Log(Math.Sin(Math.Min(t, rest))));
            var exponent = z * (Math.Exp(logA) - _atZero);
            if (exponent > 745 + logA)
                break;
            sum += Math.Exp(logA - exponent) * t * rest / Math.PI;
        }

        return Math.Log((_power - 2) * z * sum * Step / Math.PI) + (0.5 * Math.Log(2 * Math.PI * xi));
    }
}
