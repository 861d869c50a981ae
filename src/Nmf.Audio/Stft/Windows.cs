namespace Nmf.Audio;

/// <summary>Windows and how they overlap.</summary>
internal static class Windows
{
    public static double[] Create(StftWindow window, int length)
    {
        var values = new double[length];
        for (var t = 0; t < length; t++)
        {
            values[t] = window switch
            {
                StftWindow.Sine => Math.Sin(Math.PI * (t + 0.5) / length),
                StftWindow.Hann => 0.5 - (0.5 * Math.Cos(2 * Math.PI * t / length)),
                _ => 0.54 - (0.46 * Math.Cos(2 * Math.PI * t / length)),
            };
        }

        return values;
    }

    /// <summary>Σ_n w²(t + n·hop) for t = 0 … hop - 1: with how much weight a sample enters the frames
    /// that contain it.</summary>
    public static double[] SumsOfSquares(double[] window, int hop)
    {
        var sums = new double[hop];
        for (var t = 0; t < window.Length; t++)
            sums[t % hop] += window[t] * window[t];
        return sums;
    }

    /// <summary>w / √(Σ w²): the squares of its shifts add up to one at every sample.</summary>
    public static double[] Tight(double[] window, int hop)
    {
        var sums = SumsOfSquares(window, hop);
        return [.. window.Select((w, t) => w / Math.Sqrt(sums[t % hop]))];
    }
}
