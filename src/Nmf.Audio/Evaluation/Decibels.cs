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
        RequireSamples(signal, length, what);
        RequireSound(signal.ContainsAnyExcept(0f), what);
    }

    /// <summary>Of several channels some may be silent.</summary>
    public static void RequireSignal(IReadOnlyList<float[]> channels, int length, string what)
    {
        foreach (var channel in channels)
            RequireSamples(channel, length, what);
        RequireSound(channels.Any(channel => channel.AsSpan().ContainsAnyExcept(0f)), what);
    }

    private static void RequireSamples(ReadOnlySpan<float> signal, int length, string what)
    {
        if (signal.Length != length)
            throw new ArgumentException(
                $"The {what} has {signal.Length} samples, the first source {length}. All must have one length.");
        if (signal.IsEmpty)
            throw new AudioDataException($"The {what} is empty.");
        AudioDataException.RequireFinite(signal, 0);
    }

    private static void RequireSound(bool isSound, string what)
    {
        if (!isSound)
            throw new AudioDataException($"The {what} is silent: its scores are not defined.");
    }
}
