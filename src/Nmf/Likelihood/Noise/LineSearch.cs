namespace Nmf;

/// <summary>The maximum of a function of one variable: golden section (Kiefer 1953) in a bracket that is widened until
/// it holds one.</summary>
internal static class LineSearch
{
    private const double Tolerance = 1e-6;
    private const int MostWidenings = 60;

    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;

    /// <param name="value">The function; with several maxima one of them is found.</param>
    /// <param name="from">Where to begin …</param>
    /// <param name="to">… and to end, before the bracket is widened.</param>
    public static double Maximum(Func<double, double> value, double from, double to)
    {
        var (low, high) = (from, to);
        var middle = (low + high) / 2;
        var (atLow, atMiddle, atHigh) = (value(low), value(middle), value(high));
        for (var i = 0; i < MostWidenings && (atLow > atMiddle || atHigh > atMiddle); i++)
        {
            if (atLow > atMiddle)
            {
                (high, atHigh, middle, atMiddle) = (middle, atMiddle, low, atLow);
                low = high - (2 * (high - middle));
                atLow = value(low);
            }
            else
            {
                (low, atLow, middle, atMiddle) = (middle, atMiddle, high, atHigh);
                high = low + (2 * (middle - low));
                atHigh = value(high);
            }
        }

        var (a, b) = (high - (Golden * (high - low)), low + (Golden * (high - low)));
        var (atA, atB) = (value(a), value(b));
        while (high - low > Tolerance)
        {
            if (atA >= atB)
            {
                (high, b, atB) = (b, a, atA);
                a = high - (Golden * (high - low));
                atA = value(a);
            }
            else
            {
                (low, a, atA) = (a, b, atB);
                b = low + (Golden * (high - low));
                atB = value(b);
            }
        }

        return (low + high) / 2;
    }
}
