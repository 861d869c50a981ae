namespace Nmf.Audio;

/// <summary>
/// Reads a WAV file block by block: PCM of 8, 16, 24 and 32 bits, floating point of 32 and 64, one to 256 channels, WAVE_FORMAT_EXTENSIBLE. The
/// stream need not be seekable. Memory does not depend on the length of the file nor on what its header claims. Not thread-safe.
/// </summary>
public sealed class WavReader : IDisposable
{
    private const int BlockBytes = 1 << 15;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _block;
    private readonly long? _promisedBytes;
    private long? _remainingBytes;
    private long _position;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">A stream at the beginning of a WAV file.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed, and when this constructor throws.</param>
    /// <exception cref="WavFormatException">The stream is not a WAV file that can be read, or it is shorter than its header says.</exception>
    public WavReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        try
        {
            (Format, _promisedBytes) = WavHeader.Read(stream);
            if (_promisedBytes is { } bytes)
            {
                if (bytes % Format.BytesPerFrame != 0)
                    throw new WavFormatException($"The data have {bytes} bytes, which is not a multiple of the {Format.BytesPerFrame} bytes of a frame.");
                if (stream.CanSeek && stream.Length - stream.Position < bytes)
                    throw Truncated(stream.Length - stream.Position);
            }
        }
        catch
        {
            if (!leaveOpen)
                stream.Dispose();
            throw;
        }

        _block = new byte[Math.Max(1, BlockBytes / Format.BytesPerFrame) * Format.BytesPerFrame];
        _remainingBytes = _promisedBytes;
        Frames = _promisedBytes / Format.BytesPerFrame;
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="WavFormatException">It is not a WAV file that can be read, or it is shorter than its header says.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static WavReader Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes));

    /// <summary>Format of the file.</summary>
    public WavFormat Format { get; }

    /// <summary>Number of samples per channel; null when the header leaves it open, as that of a recording that was piped.</summary>
    public long? Frames { get; }

    /// <summary>Reads samples, full scale being 1.</summary>
    /// <param name="samples">Receives the samples of all channels in turn; its length must be a multiple of the number of channels.</param>
    /// <returns>Number of samples per channel that were read; 0 at the end.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of the number of channels.</exception>
    /// <exception cref="WavFormatException">The file ends before the header says.</exception>
    public int Read(Span<float> samples)
    {
        if (samples.Length % Format.Channels != 0)
            throw new ArgumentException($"There is room for {samples.Length} samples, which is not a multiple of {Format.Channels} channels.", nameof(samples));
        var frames = 0;
        while (!samples.IsEmpty)
        {
            var wanted = Math.Min(_block.Length, (long)samples.Length * Format.BytesPerSample);
            if (_remainingBytes is { } remaining)
                wanted = Math.Min(wanted, remaining);
            var bytes = _block.AsSpan(0, (int)wanted);
            var count = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _position += count;
            if (_remainingBytes is not null && count < bytes.Length)
                throw Truncated(_position);
            if (count % Format.BytesPerFrame != 0)
                throw new WavFormatException($"The data have {_position} bytes, which is not a multiple of the {Format.BytesPerFrame} bytes of a frame.");
            if (count == 0)
                break;
            var read = count / Format.BytesPerSample;
            WavSamples.Decode(bytes[..count], Format.Encoding, samples[..read]);
            samples = samples[read..];
            _remainingBytes -= count;
            frames += count / Format.BytesPerFrame;
        }

        return frames;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private WavFormatException Truncated(long present)
        => new($"The file is truncated: the header promises {_promisedBytes} bytes of samples, but there are {present}.");
}
