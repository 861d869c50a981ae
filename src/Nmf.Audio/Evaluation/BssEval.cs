namespace Nmf.Audio;

/// <summary>
/// BSS Eval: an estimate ŝ is projected on the span of the delayed copies of its source (target) and of all
/// sources. What the second projection adds is interference, what it leaves is artifacts (Vincent, Gribonval and
/// Févotte, "Performance measurement in blind audio source separation", 2006). Filters of 512 taps are the usual
/// choice; one tap allows a gain only.
/// </summary>
/// <remarks>
/// O(n² T log T + (n L)³) for n sources of T samples and filters of L taps, in double precision; 4 (n L)² bytes for the
/// Gram matrix. Delayed copies that the others determine (to 1e-12 of their energy, as with pure tones) are left out,
/// which changes no projection. Thread-safe.
/// </remarks>
public static class BssEval
{
    /// <summary>The length of filters in the published evaluations.</summary>
    internal const int UsualFilterLength = 512;

    /// <summary>Scores estimates of all sources.</summary>
    /// <param name="sources">The true sources, n signals of T samples.</param>
    /// <param name="estimates">As many estimates, of as many samples.</param>
    /// <param name="filterLength">Taps of the filter that a source may have gone through without that counting as
    /// distortion; 1 for a gain.</param>
    /// <param name="permute">Whether estimates may be in another order: the assignment with the greatest mean SIR is
    /// taken. Otherwise estimate j is that of source j.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="ArgumentException">Numbers or lengths differ, or the filter is not positive.</exception>
    /// <exception cref="AudioDataException">A source or an estimate is silent or not finite: the scores are
    /// not defined.</exception>
    public static SeparationResult Evaluate(
        IReadOnlyList<float[]> sources,
        IReadOnlyList<float[]> estimates,
        int filterLength = UsualFilterLength,
        bool permute = true,
        CancellationToken cancellationToken = default)
    {
        Require(sources, estimates, filterLength);
        var count = sources.Count;
        var span = new SourceSpan(sources, filterLength, cancellationToken);
        var scores = new SeparationScore[count, count];
        for (var i = 0; i < count; i++)
        {
            var estimate = span.Project(estimates[i], cancellationToken);
            for (var j = 0; j < count; j++)
            {
                if (permute || i == j)
                    scores[i, j] = Score(estimate, j);
            }
        }

        var order = permute ? BestOrder(scores) : [.. Enumerable.Range(0, count)];
        return new SeparationResult([.. order.Select((i, j) => scores[i, j])], order);
    }

    /// <summary>For every source the estimate, so that the sum of the SIR is greatest; infinite ones
    /// count as 1000 dB.</summary>
    private static int[] BestOrder(SeparationScore[,] scores)
    {
        var count = scores.GetLength(0);
        var costs = new double[count, count];
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < count; i++)
                costs[j, i] = -Math.Clamp(scores[i, j].SourceToInterference, -1000, 1000);
        }

        return OptimalAssignment.Minimize(costs);
    }

    private static SeparationScore Score(SourceSpan.Projections estimate, int source)
    {
        var (whole, all, target) = (estimate.Estimate, estimate.OnAll, estimate.OnOne(source));
        double targetEnergy = 0, distortion = 0, interference = 0, artifacts = 0, sourcesEnergy = 0;
        for (var t = 0; t < whole.Length; t++)
        {
            targetEnergy += target[t] * target[t];
            distortion += (whole[t] - target[t]) * (whole[t] - target[t]);
            interference += (all[t] - target[t]) * (all[t] - target[t]);
            artifacts += (whole[t] - all[t]) * (whole[t] - all[t]);
            sourcesEnergy += all[t] * all[t];
        }

        return new SeparationScore(
            Decibels.Of(targetEnergy, distortion), Decibels.Of(targetEnergy, interference),
            Decibels.Of(sourcesEnergy, artifacts));
    }

    private static void Require(IReadOnlyList<float[]> sources, IReadOnlyList<float[]> estimates, int filterLength)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(estimates);
        ArgumentOutOfRangeException.ThrowIfLessThan(filterLength, 1);
        if (sources.Count == 0 || sources.Count != estimates.Count)
            throw new ArgumentException(
                $"There are {sources.Count} sources and {estimates.Count} estimates; there must be as many of both.",
                nameof(estimates));
        foreach (var (signals, what) in new[] { (sources, "source"), (estimates, "estimate") })
        {
            for (var j = 0; j < signals.Count; j++)
                Decibels.RequireSignal(signals[j], sources[0].Length, $"{what} {j}");
        }
    }
}
