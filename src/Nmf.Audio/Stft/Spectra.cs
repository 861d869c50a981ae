namespace Nmf.Audio;

/// <summary>Power and magnitude of the coefficients of one frame, for streaming.</summary>
public static class Spectra
{
    /// <summary>|X_f|² of every frequency.</summary>
    /// <param name="frame">2 · F values: real and imaginary part in turn.</param>
    /// <param name="power">Receives F values.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Power(ReadOnlySpan<float> frame, Span<float> power)
    {
        RequireFit(frame, power);
        for (var f = 0; f < power.Length; f++)
            power[f] = (frame[2 * f] * frame[2 * f]) + (frame[(2 * f) + 1] * frame[(2 * f) + 1]);
    }

    /// <summary>|X_f| of every frequency.</summary>
    /// <param name="frame">2 · F values: real and imaginary part in turn.</param>
    /// <param name="magnitude">Receives F values.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Magnitude(ReadOnlySpan<float> frame, Span<float> magnitude)
    {
        RequireFit(frame, magnitude);
        for (var f = 0; f < magnitude.Length; f++)
            magnitude[f] = MathF.Sqrt((frame[2 * f] * frame[2 * f]) + (frame[(2 * f) + 1] * frame[(2 * f) + 1]));
    }

    private static void RequireFit(ReadOnlySpan<float> frame, Span<float> result)
    {
        if (frame.Length != 2 * result.Length)
            throw new ArgumentException(
                $"A frame of {frame.Length} values holds {frame.Length / 2} complex coefficients, "
                + $"but there is room for {result.Length}.", nameof(result));
    }
}
