namespace Restoration.Analysis;

/// <summary>Puts mono signals between two loudspeakers.</summary>
internal static class StereoMix
{
    /// <summary>Places evenly from left to right, not quite at the edges; one group is in the middle.</summary>
    public static double[] EvenPlaces(int groups)
        => groups == 1 ? [0] : [.. Enumerable.Range(0, groups).Select(g => -0.8 + (1.6 * g / (groups - 1)))];

    /// <summary>
    /// Gains of the two channels, 1 - place and 1 + place: their mean is one, so that the mean of the channels is the
    /// sum of the signals, and who listens in mono hears the recording again.
    /// </summary>
    public static (double Left, double Right) Gains(double place) => (1 - place, 1 + place);

    /// <summary>Mixes signals of one length.</summary>
    public static (float[] Left, float[] Right) Mix(IReadOnlyList<float[]> signals, IReadOnlyList<double> places)
    {
        var (left, right) = (new double[signals[0].Length], new double[signals[0].Length]);
        for (var g = 0; g < signals.Count; g++)
        {
            var (ofLeft, ofRight) = Gains(places[g]);
            for (var t = 0; t < left.Length; t++)
            {
                left[t] += ofLeft * signals[g][t];
                right[t] += ofRight * signals[g][t];
            }
        }

        return (Array.ConvertAll(left, x => (float)x), Array.ConvertAll(right, x => (float)x));
    }
}
