using System.Buffers.Binary;

namespace Nmf.Audio;

/// <summary>
/// Writes a WAV file block by block. Files of more than two channels get a WAVE_FORMAT_EXTENSIBLE header, others the
/// plain one; floating point gets a "fact" chunk. Dispose it to complete the header. Not thread-safe.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private const int BlockFrames = 4096;
    private const int PlainFormat = 16;
    private const int FloatFormat = 18;
    private const int ExtensibleFormat = 40;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _block;
    private readonly long _start;
    private long _bytes;
    private bool _disposed;

    /// <summary>Writes a header; the sizes follow when the writer is disposed.</summary>
    /// <param name="stream">A seekable stream.</param>
    /// <param name="format">Format of the file.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the writer is disposed.</param>
    /// <exception cref="ArgumentException">The format is out of range, or the stream is not seekable.</exception>
    public WavWriter(Stream stream, WavFormat format, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(format);
        format.Validate();
        if (!stream.CanSeek)
            throw new ArgumentException(
                "A WAV file is completed at its beginning: the stream must be seekable.", nameof(stream));
        (_stream, Format, _leaveOpen, _start) = (stream, format, leaveOpen, stream.Position);
        _block = new byte[BlockFrames * format.BytesPerFrame];
        WriteHeader();
    }

    /// <summary>Creates a file, over an older one.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="format">Format of the file.</param>
    /// <exception cref="IOException">It cannot be created, or the path is that of a folder.</exception>
    public static WavWriter Create(string path, WavFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        format.Validate();
        return new WavWriter(
            new FileStream(AudioPath.RequireNoFolder(path), FileMode.Create, FileAccess.ReadWrite), format);
    }

    /// <summary>Format of the file.</summary>
    public WavFormat Format { get; }

    /// <summary>Number of samples that were beyond full scale and were clipped; always 0 for floating point.</summary>
    public long Clipped { get; private set; }

    /// <summary>Writes samples, full scale being 1.</summary>
    /// <param name="samples">The samples of all channels in turn.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the number of channels.</exception>
    /// <exception cref="AudioDataException">A sample is not finite.</exception>
    /// <exception cref="IOException">The file would be longer than a WAV file can be, 4 GB.</exception>
    public void Write(ReadOnlySpan<float> samples)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (samples.Length % Format.Channels != 0)
            throw new ArgumentException(
                $"There are {samples.Length} samples, which is not a multiple of {Format.Channels} channels.",
                nameof(samples));
        AudioDataException.RequireFinite(samples, _bytes / Format.BytesPerSample);
        var size = (long)samples.Length * Format.BytesPerSample;
        if (_bytes + size > uint.MaxValue - 256)
            throw new IOException("The file would be longer than a WAV file can be, 4 GB.");
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, BlockFrames * Format.Channels);
            var bytes = _block.AsSpan(0, count * Format.BytesPerSample);
            Clipped += WavSamples.Encode(samples[..count], Format.Encoding, bytes);
            _stream.Write(bytes);
            _bytes += bytes.Length;
            samples = samples[count..];
        }
    }

    /// <summary>Completes the header.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if ((_bytes & 1) == 1)
            _stream.WriteByte(0);
        var end = _stream.Position;
        _stream.Position = _start;
        WriteHeader();
        _stream.Position = end;
        if (_leaveOpen)
            _stream.Flush();
        else
            _stream.Dispose();
    }

    private void WriteHeader()
    {
        var extensible = Format.Channels > 2;
        var formatSize = extensible ? ExtensibleFormat : Format.IsFloat ? FloatFormat : PlainFormat;
        var factSize = Format.IsFloat ? 12 : 0;
        Span<byte> header = stackalloc byte[12 + 8 + ExtensibleFormat + 12 + 8];
        header = header[..(12 + 8 + formatSize + factSize + 8)];
        header.Clear();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(header.Length - 8 + _bytes + (_bytes & 1)));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], formatSize);
        var format = header.Slice(20, formatSize);
        var tag = (ushort)(Format.IsFloat ? 3 : 1);
        BinaryPrimitives.WriteUInt16LittleEndian(format, extensible ? (ushort)0xFFFE : tag);
        BinaryPrimitives.WriteUInt16LittleEndian(format[2..], (ushort)Format.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(format[4..], Format.SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(format[8..], (uint)((long)Format.SampleRate * Format.BytesPerFrame));
        BinaryPrimitives.WriteUInt16LittleEndian(format[12..], (ushort)Format.BytesPerFrame);
        BinaryPrimitives.WriteUInt16LittleEndian(format[14..], (ushort)(8 * Format.BytesPerSample));
        if (extensible)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(format[16..], 22);
            BinaryPrimitives.WriteUInt16LittleEndian(format[18..], (ushort)(8 * Format.BytesPerSample));
            new Guid(tag, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71).TryWriteBytes(format[24..]);
        }

        var rest = header[(20 + formatSize)..];
        if (factSize > 0)
        {
            "fact"u8.CopyTo(rest);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], 4);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], (uint)(_bytes / Format.BytesPerFrame));
            rest = rest[factSize..];
        }

        "data"u8.CopyTo(rest);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (uint)_bytes);
        _stream.Write(header);
    }
}
