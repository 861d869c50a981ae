using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// The correction for 1 &lt; p &lt; 2. With a = (2-p)/(p-1) the density is <c>Σ_j z^j / (j! Γ(ja)) e^(…) / v</c>,
/// <c>z = ξ^(-1-a) / ((2-p)(p-1)^a)</c> (Dunn and Smyth 2005); all terms are positive, and only those near the largest,
/// at j = 1/((2-p)ξ), count.
/// </summary>
internal sealed class TweedieSeries : TweedieCorrection
{
    private const double Negligible = 40;

    private readonly double _power;
    private readonly double _shape;
    private readonly double _logZ;
    private readonly double[] _logGammas;

    public TweedieSeries(double power)
        : base(power)
    {
        _power = power;
        _shape = (2 - power) / (power - 1);
        _logZ = -(_shape * Math.Log(power - 1)) - Math.Log(2 - power);
        var largest = 1 / ((2 - power) * Small);
        _logGammas = new double[(int)(largest + (12 * Math.Sqrt(largest / (1 + _shape))) + 200)];
        for (var j = 1; j < _logGammas.Length; j++)
            _logGammas[j] = SpecialFunctions.GammaLn(j + 1.0) + SpecialFunctions.GammaLn(j * _shape);
    }

    protected override double Exact(double xi)
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
