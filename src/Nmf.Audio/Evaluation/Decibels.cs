namespace Nmf.Audio;

/// <summary>Ratios of energies, and what a signal needs for them to be defined.</summary>
internal static class Decibels
{
    public static double Of(double energy, double reference)
        => energy == 0 ? double.NegativeInfinity
            : reference == 0 ? double.PositiveInfinity
            : 10 * Math.Log10(energy / reference);

    public static void RequireSignal(ReadOnlySpan<float> signal, int length, string what)
    {
        if (signal.Length != length)
            throw new ArgumentException(
                $"The {what} has {signal.Length} samples, the first source {length}. All must have one length.");
        if (signal.IsEmpty)
            throw new AudioDataException($"The {what} is empty.");
        AudioDataException.RequireFinite(signal, 0);
        if (!signal.ContainsAnyExcept(0f))
            throw new AudioDataException($"The {what} is silent: its scores are not defined.");
    }
}
