namespace Nmf.Audio;

/// <summary>How a sample is stored in a WAV file.</summary>
public enum WavEncoding
{
    /// <summary>8-bit unsigned integers, 128 is zero.</summary>
    Pcm8,

    /// <summary>16-bit signed integers.</summary>
    Pcm16,

    /// <summary>24-bit signed integers.</summary>
    Pcm24,

    /// <summary>32-bit signed integers. Samples are read as Single, so 24 of the bits remain.</summary>
    Pcm32,

    /// <summary>32-bit floating-point numbers, full scale is 1.</summary>
    IeeeFloat32,

    /// <summary>64-bit floating-point numbers, full scale is 1. Samples are read as Single.</summary>
    IeeeFloat64,
}

/// <summary>The format of a WAV file.</summary>
/// <param name="SampleRate">Samples per second and channel, in Hz.</param>
/// <param name="Channels">Number of channels, 1 to 256.</param>
/// <param name="Encoding">How a sample is stored.</param>
public sealed record WavFormat(int SampleRate, int Channels = 1, WavEncoding Encoding = WavEncoding.Pcm16)
{
    /// <summary>The greatest number of channels that is read or written.</summary>
    internal const int MostChannels = 256;

    /// <summary>Bytes of one sample of one channel.</summary>
    internal int BytesPerSample => Encoding switch
    {
        WavEncoding.Pcm8 => 1,
        WavEncoding.Pcm16 => 2,
        WavEncoding.Pcm24 => 3,
        WavEncoding.IeeeFloat64 => 8,
        _ => 4,
    };

    /// <summary>Bytes of one sample of all channels.</summary>
    internal int BytesPerFrame => Channels * BytesPerSample;

    internal bool IsFloat => Encoding is WavEncoding.IeeeFloat32 or WavEncoding.IeeeFloat64;

    internal void Validate()
    {
        if (SampleRate <= 0)
            throw new ArgumentException(
                $"The sample rate must be greater than zero, not {SampleRate}.", nameof(SampleRate));
        if (Channels is < 1 or > MostChannels)
            throw new ArgumentException(
                $"The number of channels must be between 1 and {MostChannels}, not {Channels}.",
                nameof(Channels));
        if (!Enum.IsDefined(Encoding))
            throw new ArgumentException($"There is no encoding {Encoding}.", nameof(Encoding));
    }
}

/// <summary>A stream is not a WAV file that can be read: another format, a broken header, or data that
/// end too early.</summary>
public sealed class WavFormatException : FormatException
{
    /// <summary>An error with a message that says what is wrong.</summary>
    internal WavFormatException(string message)
        : base(message)
    {
    }
}
