namespace Nmf.Audio;

/// <summary>A signal cannot be worked with: it is empty, too short, silent where that is not allowed, or has a sample
/// that is not finite.</summary>
public sealed class AudioDataException : ArgumentException
{
    /// <summary>An error about the signal as a whole.</summary>
    internal AudioDataException(string message)
        : base(message)
    {
    }

    /// <summary>An error about one sample.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="sample">Index of the sample, from 0.</param>
    internal AudioDataException(string message, long sample)
        : base(message) => Sample = sample;

    /// <summary>Index of the offending sample, from 0, or -1.</summary>
    public long Sample { get; } = -1;

    /// <summary>Requires every sample to be finite.</summary>
    /// <param name="samples">Samples to check.</param>
    /// <param name="offset">Index of the first of them in its signal.</param>
    internal static void RequireFinite(ReadOnlySpan<float> samples, long offset)
    {
        for (var t = 0; t < samples.Length; t++)
        {
            if (!float.IsFinite(samples[t]))
            {
                var what = float.IsNaN(samples[t]) ? "not a number (NaN)" : "infinite";
                throw new AudioDataException(
                    $"The sample at position {offset + t} is {what}. A signal needs finite samples.",
                    offset + t);
            }
        }
    }
}
