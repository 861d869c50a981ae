namespace Nmf.Audio.Tests;

/// <summary>Signals that are the same bits in every language.</summary>
internal static class Signals
{
    public static double[] Noise(int count, int seed)
    {
        long state = seed;
        var values = new double[count];
        for (var t = 0; t < count; t++)
        {
            state = ((1103515245L * state) + 12345) % (1L << 31);
            values[t] = (state / (double)(1 << 30)) - 1;
        }

        return values;
    }

    public static float[] Single(IEnumerable<double> values) => [.. values.Select(v => (float)v)];

    /// <summary>A decaying chord with a noisy beginning and a pause.</summary>
    public static float[] Music(int count)
    {
        var noise = Noise(count, 3);
        return Single(Enumerable.Range(0, count).Select(t =>
            (t % 5000) > 4500 ? 0 : (0.3 * Math.Exp(-(t % 5000) / 1500.0) * (Math.Sin(0.11 * t) + Math.Sin(
                0.17 * t))) + (0.02 * noise[t])));
    }

    public static double Peak(ReadOnlySpan<float> signal)
    {
        double peak = 0;
        foreach (var value in signal)
            peak = Math.Max(peak, Math.Abs(value));
        return peak;
    }

    public static double GreatestDifference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double greatest = 0;
        for (var t = 0; t < expected.Length; t++)
            greatest = Math.Max(greatest, Math.Abs(expected[t] - actual[t]));
        return greatest;
    }
}
