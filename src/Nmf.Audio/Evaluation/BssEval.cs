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
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(estimates);
        return Evaluate(
            [.. sources.Select(s => new[] { s })], [.. estimates.Select(s => new[] { s })], false, filterLength,
            permute, cancellationToken);
    }

    /// <summary>Scores estimates of the images of all sources: what each contributes to the channels of the recording.
    /// The target is the image itself, so that SDR counts a wrong place or a filter as distortion; what the
    /// projection on the delayed channels of the image adds to it is spatial distortion (Vincent, Sawada, Bofill,
    /// Makino and Rosca, "First stereo audio source separation evaluation campaign", 2007).</summary>
    /// <param name="sources">The true images, n recordings of I channels and T samples; a channel may be
    /// silent.</param>
    /// <param name="estimates">As many estimates, of as many channels and samples.</param>
    /// <param name="filterLength">Taps of the filters from and to every channel.</param>
    /// <param name="permute">As for sources.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <remarks>The costs are those of n I sources.</remarks>
    /// <exception cref="ArgumentException">Numbers, lengths or sample rates differ, or the filter is not
    /// positive.</exception>
    /// <exception cref="AudioDataException">An image or an estimate is silent or not finite.</exception>
    public static SeparationResult EvaluateImages(
        IReadOnlyList<AudioClip> sources,
        IReadOnlyList<AudioClip> estimates,
        int filterLength = UsualFilterLength,
        bool permute = true,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(estimates);
        if (sources.Concat(estimates).FirstOrDefault(
            c => (c.SampleRate, c.Channels.Count) != (sources[0].SampleRate, sources[0].Channels.Count)) is { } other)
        {
            throw new ArgumentException(
                $"There are {other.Channels.Count} channels at {other.SampleRate} Hz beside "
                + $"{sources[0].Channels.Count} at {sources[0].SampleRate} Hz.", nameof(estimates));
        }

        return Evaluate(
            [.. sources.Select(c => c.Channels)], [.. estimates.Select(c => c.Channels)], true, filterLength, permute,
            cancellationToken);
    }

    private static SeparationResult Evaluate(
        IReadOnlyList<float[]>[] sources, IReadOnlyList<float[]>[] estimates, bool areImages, int filterLength,
        bool permute, CancellationToken cancellationToken)
    {
        Require(sources, estimates, filterLength);
        var count = sources.Length;
        var span = new SourceSpan(
            [.. sources.SelectMany(s => s)], sources[0].Count, filterLength, cancellationToken);
        var scores = new SeparationScore[count, count];
        for (var i = 0; i < count; i++)
        {
            SourceSpan.Projections[] estimate = [.. estimates[i].Select(c => span.Project(c, cancellationToken))];
            for (var j = 0; j < count; j++)
            {
                if (permute || i == j)
                    scores[i, j] = Score(estimate, j, areImages ? sources[j] : null);
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

    /// <summary>One estimate as one of one source, over the channels of both.</summary>
    private static SeparationScore Score(
        SourceSpan.Projections[] channels, int source, IReadOnlyList<float[]>? image)
    {
        double truth = 0, distortion = 0, spatial = 0, target = 0, interference = 0, sources = 0, artifacts = 0;
        for (var c = 0; c < channels.Length; c++)
        {
            var (whole, all, one) = (channels[c].Estimate, channels[c].OnAll, channels[c].OnOne(source));
            for (var t = 0; t < whole.Length; t++)
            {
                var exact = image is null ? one[t] : t < image[c].Length ? image[c][t] : 0;
                truth += exact * exact;
                distortion += Square(whole[t] - exact);
                spatial += Square(one[t] - exact);
                target += one[t] * one[t];
                interference += Square(all[t] - one[t]);
                sources += all[t] * all[t];
                artifacts += Square(whole[t] - all[t]);
            }
        }

        return new SeparationScore(
            Decibels.Of(truth, distortion), image is null ? null : Decibels.Of(truth, spatial),
            Decibels.Of(target, interference), Decibels.Of(sources, artifacts));

        static double Square(double value) => value * value;
    }

    private static void Require(
        IReadOnlyList<float[]>[] sources, IReadOnlyList<float[]>[] estimates, int filterLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filterLength, 1);
        if (sources.Length == 0 || sources.Length != estimates.Length)
            throw new ArgumentException(
                $"There are {sources.Length} sources and {estimates.Length} estimates; there must be as many of both.",
                nameof(estimates));
        foreach (var (signals, what) in new[] { (sources, "source"), (estimates, "estimate") })
        {
            for (var j = 0; j < signals.Length; j++)
                Decibels.RequireSignal(signals[j], sources[0][0].Length, $"{what} {j}");
        }
    }
}
