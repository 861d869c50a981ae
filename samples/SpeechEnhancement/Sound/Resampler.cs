namespace SpeechEnhancement.Sound;

/// <summary>
/// Another sample rate: the signal is interpolated with a sinc that cuts off below half of the lower rate, under a
/// Kaiser window (β = 9, 90 dB). Positions are the multiples of a fraction, so the windowed sincs repeat and are
/// computed once for each phase.
/// </summary>
internal static class Resampler
{
    private const double WindowShape = 9;
    private const int Crossings = 24;
    private const double PassBand = 0.95;

    /// <summary>Resamples a signal; the first sample stays the first.</summary>
    public static float[] Resample(ReadOnlySpan<float> signal, int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, 1);
        if (from == to)
            return signal.ToArray();
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(from, to);
        var (step, phases) = (from / divisor, to / divisor);

        // In periods of the source: the cut-off, and how far the sinc reaches to either side.
        var cutOff = PassBand * Math.Min(1, (double)to / from);
        var reach = (int)Math.Ceiling(Crossings / cutOff);
        var kernels = new double[phases][];
        var result = new float[(int)(((long)signal.Length * phases) / step)];
        for (var t = 0; t < result.Length; t++)
        {
            var position = (long)t * step;
            var (center, phase) = ((int)(position / phases), (int)(position % phases));
            var kernel = kernels[phase] ??= Kernel((double)phase / phases, cutOff, reach);
            double sum = 0;
            for (var i = Math.Max(0, center - reach + 1); i <= Math.Min(signal.Length - 1, center + reach); i++)
                sum += signal[i] * kernel[i - center + reach - 1];
            result[t] = (float)sum;
        }

        return result;
    }

    // Weights of the samples from reach - 1 before the position to reach behind it; their sum is one, so
    // that a constant stays one.
    private static double[] Kernel(double fraction, double cutOff, int reach)
    {
        var kernel = new double[2 * reach];
        for (var i = 0; i < kernel.Length; i++)
        {
            var x = i - reach + 1 - fraction;
            var inside = 1 - (x / reach * (x / reach));
            var sinc = x == 0 ? 1 : Math.Sin(Math.PI * cutOff * x) / (Math.PI * cutOff * x);
            kernel[i] = inside <= 0 ? 0 : sinc * Bessel(WindowShape * Math.Sqrt(inside)) / Bessel(WindowShape);
        }

        var sum = kernel.Sum();
        return Array.ConvertAll(kernel, weight => weight / sum);
    }

    // The modified Bessel function of order 0, by its series.
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
