namespace SpeechEnhancement.Baseline;

/// <summary>E₁(x) = ∫ₓ^∞ e⁻ᵗ/t dt for x &gt; 0, to about 1e-14: its power series up to 1, its continued fraction above
/// (Abramowitz and Stegun 1964, 5.1.11 and 5.1.22).</summary>
internal static class ExponentialIntegral
{
    private const double EulerGamma = 0.57721566490153286;
    private const double Smallest = 1e-300;

    /// <param name="x">Greater than zero.</param>
    public static double E1(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        return x <= 1 ? Series(x) : Fraction(x);
    }

    // -γ - log x - Σ (-x)^k / (k k!)
    private static double Series(double x)
    {
        var sum = -EulerGamma - Math.Log(x);
        var power = 1.0;
        for (var k = 1; Math.Abs(power) > 1e-18; k++)
        {
            power *= -x / k;
            sum -= power / k;
        }

        return sum;
    }

    // e^-x / (x + 1 - 1²/(x + 3 - 2²/(x + 5 - …))), by the modified method of Lentz.
    private static double Fraction(double x)
    {
        var b = x + 1;
        var c = 1 / Smallest;
        var d = 1 / b;
        var value = d;
        for (var i = 1; i < 500; i++)
        {
            var a = -(double)i * i;
            b += 2;
            d = 1 / ((a * d) + b);
            c = b + (a / c);
            var factor = c * d;
            value *= factor;
            if (Math.Abs(factor - 1) < 1e-16)
                break;
        }

        return value * Math.Exp(-x);
    }
}
