namespace Restoration.Sound;

/// <summary>What a worn record adds: hiss, and crackle, short clicks at random times.</summary>
internal static class OldRecord
{
    private const double ClicksPerSecond = 12;
    private const double ClickSeconds = 0.0008;

    // Root mean square of the hiss and of the crackle, whose powers add up to one.
    private const double Hiss = 0.8;
    private const double Crackle = 0.6;

    /// <summary>The same noise every time.</summary>
    /// <param name="length">Number of samples.</param>
    /// <param name="sampleRate">Sample rate in Hz.</param>
    /// <param name="level">Root mean square.</param>
    public static float[] Noise(int length, int sampleRate, double level)
    {
        var random = new Random(1);
        var hiss = new double[length];
        for (var t = 0; t < length; t++)
            hiss[t] = Normal(random);
        var crackle = new double[length];
        for (double at = 0; at < length; at -= Math.Log(1 - random.NextDouble()) * sampleRate / ClicksPerSecond)
        {
            var strength = Normal(random);
            for (var t = (int)at; t < Math.Min(length, at + (10 * ClickSeconds * sampleRate)); t++)
                crackle[t] += strength * Normal(random) * Math.Exp(-(t - at) / (ClickSeconds * sampleRate));
        }

        var (ofHiss, ofCrackle) = (Hiss * level / RootMeanSquare(hiss), Crackle * level / RootMeanSquare(crackle));
        return [.. hiss.Zip(crackle, (h, c) => (float)((ofHiss * h) + (ofCrackle * c)))];
    }

    private static double RootMeanSquare(double[] signal) => Math.Sqrt(signal.Sum(x => x * x) / signal.Length);

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
