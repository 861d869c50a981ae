namespace Nmf.Audio;

/// <summary>
/// Reads a WAV file block by block: PCM of up to 32 bits, floating point of 32 and 64, one to 256 channels,
/// WAVE_FORMAT_EXTENSIBLE, both byte orders (RIFF and RIFX), more than 4 GB (RF64 and BW64), and recordings that were
/// piped and whose header leaves their length open. The stream need not be seekable. Memory does not depend on the
/// length of the file nor on what its header claims. Not thread-safe.
/// </summary>
/// <remarks>
/// Integers that have fewer bits than their bytes hold, such as 12 in two bytes, 20 in three or 24 in four, are read
/// as those of the bytes: the format puts them into the upper bits. Bytes at the end that are no whole frame are
/// left out, with a warning.
/// </remarks>
public sealed class WavReader : IDisposable
{
    private const int BlockBytes = 1 << 15;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly bool _isBigEndian;
    private readonly bool _readTruncated;
    private readonly byte[] _block;
    private readonly long? _promisedBytes;
    private readonly List<string> _warnings = [];
    private long? _remainingBytes;
    private long _position;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">A stream at the beginning of a WAV file.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed, and when this
    /// constructor throws.</param>
    /// <exception cref="WavFormatException">The stream is not a WAV file that can be read, or it is shorter than its
    /// header says.</exception>
    public WavReader(Stream stream, bool leaveOpen = false)
        : this(stream, new WavReadOptions(), leaveOpen)
    {
    }

    /// <summary>Reads the header.</summary>
    /// <param name="stream">A stream at the beginning of a WAV file.</param>
    /// <param name="options">What becomes of a file that is not whole.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the reader is disposed, and when this
    /// constructor throws.</param>
    /// <exception cref="WavFormatException">The stream is not a WAV file that can be read, or it is shorter than its
    /// header says and the options do not allow it.</exception>
    public WavReader(Stream stream, WavReadOptions options, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        (_stream, _leaveOpen, _readTruncated) = (stream, leaveOpen, options.ReadTruncated);
        try
        {
            (Format, _isBigEndian, _promisedBytes) = WavHeader.Read(stream);
            if (stream.CanSeek && stream.Position == stream.Length)
                _promisedBytes ??= 0;
            _remainingBytes = _promisedBytes is { } promised ? Present(promised) : null;
        }
        catch
        {
            if (!leaveOpen)
                stream.Dispose();
            throw;
        }

        _block = new byte[Math.Max(1, BlockBytes / Format.BytesPerFrame) * Format.BytesPerFrame];
        Frames = _remainingBytes / Format.BytesPerFrame;
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="options">What becomes of a file that is not whole; null for the defaults.</param>
    /// <exception cref="WavFormatException">It is not a WAV file that can be read, or it is shorter than its header
    /// says and the options do not allow it.</exception>
    /// <exception cref="IOException">It cannot be opened, or the path is that of a folder.</exception>
    public static WavReader Open(string path, WavReadOptions? options = null)
        => new(
            new FileStream(AudioPath.RequireNoFolder(path), FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes),
            options ?? new WavReadOptions());

    /// <summary>Format of the file; that of integers is the one of the bytes that hold them.</summary>
    public WavFormat Format { get; }

    /// <summary>
    /// Number of samples per channel; null when the header leaves it open, as that of a recording that was piped. Of a
    /// truncated file that is read nevertheless those that are there, or, of a stream that cannot tell its length,
    /// those that the header promises.
    /// </summary>
    public long? Frames { get; }

    /// <summary>What of the file was left out or is missing, one sentence each; complete when
    /// the end was read.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads samples, full scale being 1.</summary>
    /// <param name="samples">Receives the samples of all channels in turn; its length must be a multiple of the
    /// number of channels.</param>
    /// <returns>Number of samples per channel that were read; 0 at the end.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of the number of channels.</exception>
    /// <exception cref="WavFormatException">The file ends before the header says, and the options do
    /// not allow it.</exception>
    public int Read(Span<float> samples)
    {
        if (samples.Length % Format.Channels != 0)
            throw new ArgumentException(
                $"There is room for {samples.Length} samples, which is not a multiple of {Format.Channels} channels.",
                nameof(samples));
        var frames = 0;
        while (!samples.IsEmpty)
        {
            var wanted = Math.Min(_block.Length, (long)samples.Length * Format.BytesPerSample);
            if (_remainingBytes is { } remaining)
                wanted = Math.Min(wanted, remaining);
            var bytes = _block.AsSpan(0, (int)wanted);
            var count = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _position += count;
            var whole = count - (count % Format.BytesPerFrame);
            if (count < bytes.Length)
                EndOfStream();
            else
                _remainingBytes -= count;
            if (whole == 0)
                break;
            var read = whole / Format.BytesPerSample;
            WavSamples.Decode(bytes[..whole], Format.Encoding, _isBigEndian, samples[..read]);
            samples = samples[read..];
            frames += whole / Format.BytesPerFrame;
        }

        return frames;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    /// <summary>The bytes of whole frames that the header promises, or those that are there where
    /// fewer are allowed.</summary>
    private long Present(long promised)
    {
        var whole = Whole(promised);
        if (!_stream.CanSeek || _stream.Length - _stream.Position >= whole)
            return whole;
        var present = _stream.Length - _stream.Position;
        if (!_readTruncated)
            throw new WavFormatException(Truncated(present));
        _warnings.Add(Truncated(present));
        return present - (present % Format.BytesPerFrame);
    }

    private long Whole(long bytes)
    {
        var rest = bytes % Format.BytesPerFrame;
        if (rest != 0)
            _warnings.Add($"The data have {bytes} bytes, which is not a multiple of the "
                + $"{Format.BytesPerFrame} bytes of a frame; the last {rest} are left out.");
        return bytes - rest;
    }

    private void EndOfStream()
    {
        if (_remainingBytes is null)
            Whole(_position);
        else if (_readTruncated)
            _warnings.Add(Truncated(_position));
        else
            throw new WavFormatException(Truncated(_position));
        _remainingBytes = 0;
    }

    private string Truncated(long present)
        => $"The file is truncated: the header promises {_promisedBytes} bytes of samples, but there are {present}.";
}
