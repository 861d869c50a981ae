namespace Nmf;

/// <summary>
/// The divergence per entry that is left when the model is exactly right, because the data are random: a fit well
/// below it describes noise.
/// </summary>
internal static class NoiseFloor
{
    // Beyond this mean the series is exact to 1e-5.
    private const double LargeMean = 50;

    /// <summary>The expected Itakura-Saito divergence of an exponential variable from its mean, Euler's constant: power
    /// spectra of a single frame.</summary>
    public const double ItakuraSaito = 0.57721566490153286;

    /// <summary>The expected Kullback-Leibler divergence of a Poisson variable from its mean; ½
    /// for large means.</summary>
    /// <param name="mean">The mean, at least 0.</param>
    /// <remarks>Takes O(mean) time below 50 and O(1) above, with an error below 1e-5.</remarks>
    public static double Poisson(double mean)
    {
        if (!(mean >= 0))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "The mean must be at least 0.");
        if (mean == 0)
            return 0;
        if (mean > LargeMean)
            return 0.5 + (1 / (12 * mean)) + (1 / (12 * mean * mean));

        // E[x log(x/m) - x + m] = E[x log(x/m)] = m E[log((x + 1)/m)].
        double expectation = 0;
        var probability = Math.Exp(-mean);
        var last = mean + (12 * Math.Sqrt(mean)) + 20;
        for (var x = 0; x <= last; x++)
        {
            expectation += probability * Math.Log((x + 1) / mean);
            probability *= mean / (x + 1);
        }

        return mean * expectation;
    }
}
