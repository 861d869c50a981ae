namespace Nmf.Audio;

/// <summary>
/// The scale-invariant source-to-distortion ratio: with the target a·s, a = ⟨ŝ, s⟩ / ‖s‖², 10 log₁₀ ‖a s‖² / ‖ŝ - a s‖²
/// (Le Roux, Wisdom, Erdogan and Hershey, "SDR – half-baked or well done?", 2019). No mean is taken off.
/// </summary>
public static class SiSdr
{
    /// <summary>Scores one estimate, in dB; infinity for a multiple of the source.</summary>
    /// <param name="source">The true source.</param>
    /// <param name="estimate">As many samples.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="AudioDataException">A signal is silent or not finite.</exception>
    public static double Evaluate(ReadOnlySpan<float> source, ReadOnlySpan<float> estimate)
    {
        Decibels.RequireSignal(source, source.Length, "source");
        Decibels.RequireSignal(estimate, source.Length, "estimate");
        double product = 0, energy = 0;
        for (var t = 0; t < source.Length; t++)
        {
            product += (double)source[t] * estimate[t];
            energy += (double)source[t] * source[t];
        }

        var gain = product / energy;
        double distortion = 0;
        for (var t = 0; t < source.Length; t++)
        {
            var difference = estimate[t] - (gain * source[t]);
            distortion += difference * difference;
        }

        return Decibels.Of(gain * gain * energy, distortion);
    }
}
