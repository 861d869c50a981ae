namespace Nmf;

/// <summary>
/// Logarithm and exponential from sums, products and quotients alone, which round in the same way on every machine;
/// those of <see cref="Math"/> are the operating system's and may differ in the last bit. For random numbers that are
/// the same anywhere; both are within two units in the last place.
/// </summary>
internal static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>log x of a positive, finite number.</summary>
    public static double Log(double x)
    {
        var exponent = Math.ILogB(x);
        var m = Math.ScaleB(x, -exponent);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            exponent++;
        }

        // 2 artanh((m - 1) / (m + 1)); beyond the last term nothing is left of the squares, at most 0.03.
        var t = (m - 1) / (m + 1);
        var s = t * t;
        double sum = 0;
        for (var i = 23; i >= 3; i -= 2)
            sum = (sum + (1.0 / i)) * s;
        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * t * sum) + (2 * t));
    }

    /// <summary>e to the power of x.</summary>
    public static double Exp(double x)
    {
        if (x < -745)
            return 0;
        if (x > 709.8)
            return double.PositiveInfinity;
        var k = Math.Round(x / (Ln2High + Ln2Low));
        var r = x - (k * Ln2High) - (k * Ln2Low);
        var sum = 1.0;
        for (var i = 14; i >= 1; i--)
            sum = 1 + (sum * r / i);
        return Math.ScaleB(sum, (int)k);
    }

    /// <summary>log k! of a whole number: Stirling's series from 16 on.</summary>
    public static double LogFactorial(double k)
    {
        if (k < 16)
        {
            var product = 1.0;
            for (var i = 2; i <= k; i++)
                product *= i;
            return Log(product);
        }

        var inverse = 1 / k;
        var s = inverse * inverse;
        var series = inverse * ((1.0 / 12) - (s * ((1.0 / 360) - (s * ((1.0 / 1260) - (s / 1680))))));
        return ((k + 0.5) * Log(k)) - k + HalfLogTwoPi + series;
    }
}
