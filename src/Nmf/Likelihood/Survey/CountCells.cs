namespace Nmf;

/// <summary>
/// The probability that a noise gives a whole number: that of half a unit around it where the noise is continuous, of
/// all below a half for 0. A density may be above 1, and would win over probabilities where it is narrow.
/// </summary>
internal static class CountCells
{
    // With a variance above this the density hardly changes within a cell.
    private const double WideVariance = 25;

    // Differences of distribution functions have digits above this.
    private const double LeastDifference = 1e-9;

    public static double LogProbability(EntryNoiseModel noise, double datum, double mean)
    {
        if (noise.IsDiscrete)
            return noise.LogDensity(datum, mean);
        if (datum > 0 && noise.Variance(mean) > WideVariance)
            return noise.LogDensity(datum, mean);
        var cell = noise.Cumulative(datum + 0.5, mean) - (datum == 0 ? 0 : noise.Cumulative(datum - 0.5, mean));
        return cell > LeastDifference ? Math.Log(cell)
            : Math.Min(Math.Log(LeastDifference), noise.LogDensity(datum, mean));
    }
}
