namespace Nmf.Audio;

/// <summary>
/// The short-time Fourier transforms of the channels of one recording: I spectrograms of the same frames, 8 bytes for
/// every complex coefficient. What models of several channels are fitted to, and what their parts are.
/// </summary>
/// <remarks>The spectrograms are held, not copied: who writes to <see cref="Spectrogram.Frame"/> of a channel changes
/// this one. Concurrent reads are safe.</remarks>
public sealed class MultichannelSpectrogram
{
    /// <summary>Joins the spectrograms of channels.</summary>
    /// <param name="sampleRate">Sample rate in Hz, greater than zero.</param>
    /// <param name="channels">One spectrogram per channel, made with the same options and of the same signal
    /// length.</param>
    /// <exception cref="ArgumentException">There is no channel, or the channels differ in their transform, their frames
    /// or the length of their signal.</exception>
    public MultichannelSpectrogram(int sampleRate, params IReadOnlyList<Spectrogram> channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentNullException.ThrowIfNull(channels);
        if (channels.Count == 0)
            throw new ArgumentException("There is no channel.", nameof(channels));
        var first = channels[0];
        for (var i = 1; i < channels.Count; i++)
        {
            var other = channels[i];
            if (other.Stft.Options.Explicit != first.Stft.Options.Explicit || other.Frames != first.Frames
                || other.SignalLength != first.SignalLength)
            {
                throw new ArgumentException(
                    $"Channel {i} has {other.Frames} frames of {other.SignalLength} samples, the first one "
                    + $"{first.Frames} of {first.SignalLength}, or the options of their transforms differ. "
                    + "They must be the same.", nameof(channels));
            }
        }

        (SampleRate, Channels) = (sampleRate, [.. channels]);
    }

    /// <summary>Sample rate in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The spectrogram of every channel.</summary>
    public IReadOnlyList<Spectrogram> Channels { get; }

    /// <summary>The transform that made them.</summary>
    public Stft Stft => Channels[0].Stft;

    /// <summary>Number of frames N.</summary>
    public int Frames => Channels[0].Frames;

    /// <summary>Number of frequencies F.</summary>
    public int Bins => Channels[0].Bins;

    /// <summary>Number of samples of the signal.</summary>
    public long SignalLength => Channels[0].SignalLength;

    /// <summary>The sound: every channel back by <see cref="Stft.Synthesize"/>.</summary>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <returns>As many channels, of as many samples as the recording had; without padding, of as many as the frames
    /// cover.</returns>
    public AudioClip ToClip(CancellationToken cancellationToken = default)
        => new(SampleRate, [.. Channels.Select(channel => Stft.Synthesize(channel, cancellationToken))]);
}
