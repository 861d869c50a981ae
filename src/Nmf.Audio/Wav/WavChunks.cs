using System.Buffers.Binary;
using System.Text;

namespace Nmf.Audio;

/// <summary>
/// The chunks of a WAV file up to its samples, in either byte order: RIFF, and RIFX with the most significant byte
/// first; RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088), whose chunk "ds64" has the sizes that 32 bits do not hold.
/// </summary>
internal sealed class WavChunks
{
    // What a size of 32 bits says where "ds64" has the right one, or where nobody knows it.
    public const uint OpenSize = uint.MaxValue;

    private const int SizesLength = 28;
    private const int LongestTable = 64;

    private readonly Stream _stream;
    private readonly bool _is64;
    private readonly Dictionary<uint, long> _sizes = [];
    private long? _dataSize;

    private WavChunks(Stream stream, ReadOnlySpan<byte> start)
    {
        _stream = stream;
        IsBigEndian = start[..4].SequenceEqual("RIFX"u8);
        _is64 = !IsBigEndian && !start[..4].SequenceEqual("RIFF"u8);
        RiffSize = UInt32(start[4..]);
        Position = start.Length;
    }

    /// <summary>Whether numbers have the most significant byte first.</summary>
    public bool IsBigEndian { get; }

    /// <summary>What the file says of itself: the bytes behind its first eight.</summary>
    public long RiffSize { get; private set; }

    /// <summary>Bytes that were read.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the head of the file.</summary>
    /// <exception cref="WavFormatException">The stream is not a WAV file.</exception>
    public static WavChunks Open(Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        RequireRiff(start);
        return new WavChunks(stream, start);
    }

    /// <summary>Reads the head of the next chunk; false at the end of the file.</summary>
    /// <param name="id">Receives the four characters of its name.</param>
    /// <param name="size">Receives the number of its bytes; null for data whose size is left open.</param>
    public bool Next(Span<byte> id, out long? size)
    {
        Span<byte> head = stackalloc byte[8];
        size = null;
        if (Fill(head) < head.Length)
            return false;
        head[..4].CopyTo(id);
        var size32 = UInt32(head[4..]);
        var isData = id.SequenceEqual("data"u8);
        if (size32 != OpenSize)
            size = size32;
        else if (_is64 && isData)
            size = _dataSize;
        else if (!isData)
            size = _sizes.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(id), out var long64) ? long64 : size32;
        return true;
    }

    /// <summary>Reads a "ds64" chunk.</summary>
    /// <exception cref="WavFormatException">It is broken.</exception>
    public void ReadSizes(long size)
    {
        Span<byte> bytes = stackalloc byte[SizesLength];
        if (size < SizesLength)
            throw new WavFormatException(
                $"The \"ds64\" chunk has {size} bytes, but at least {SizesLength} are needed.");
        ReadExactly(bytes, "ds64"u8);
        if (_is64 && RiffSize == OpenSize)
            RiffSize = Size(BinaryPrimitives.ReadUInt64LittleEndian(bytes)) ?? OpenSize;
        _dataSize = Size(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        var entries = Math.Min(Math.Min(UInt32(bytes[24..]), LongestTable), (size - SizesLength) / 12);
        for (var i = 0; i < entries; i++)
        {
            var entry = bytes[..12];
            ReadExactly(entry, "ds64"u8);
            _sizes[BinaryPrimitives.ReadUInt32BigEndian(entry)] =
                Size(BinaryPrimitives.ReadUInt64LittleEndian(entry[4..])) ?? OpenSize;
        }

        Skip(size - SizesLength - (12 * entries) + (size & 1), "ds64"u8);
    }

    /// <summary>Fills a buffer with the next bytes of a chunk.</summary>
    /// <exception cref="WavFormatException">The file ends before.</exception>
    public void ReadExactly(Span<byte> bytes, ReadOnlySpan<byte> chunk)
    {
        if (Fill(bytes) < bytes.Length)
            throw EndsWithin(chunk);
    }

    /// <summary>Passes over a part of the stream, a block at a time.</summary>
    /// <exception cref="WavFormatException">The file ends before.</exception>
    public void Skip(long count, ReadOnlySpan<byte> chunk)
    {
        Span<byte> block = stackalloc byte[512];
        while (count > 0)
        {
            // Not by Seek: a position beyond the end would go unnoticed, and the chunks before the data are small.
            var read = _stream.Read(block[..(int)Math.Min(count, block.Length)]);
            if (read == 0)
                throw EndsWithin(chunk);
            count -= read;
            Position += read;
        }
    }

    public ushort UInt16(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32(ReadOnlySpan<byte> bytes)
        => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private int Fill(Span<byte> bytes)
    {
        var read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        Position += read;
        return read;
    }

    // All ones, or more than a file can have, is a size that nobody knew.
    private static long? Size(ulong size) => size <= long.MaxValue ? (long)size : null;

    private static void RequireRiff(ReadOnlySpan<byte> start)
    {
        if (start.Length == 12 && Printable(start[..4]) is "RIFF" or "RIFX" or "RF64" or "BW64"
            && start[8..].SequenceEqual("WAVE"u8))
        {
            return;
        }
        if (start.IsEmpty)
            throw new WavFormatException("The file is empty.");
        var kind = start.Length < 4 ? "" : Printable(start[..4]) switch
        {
            "FORM" => ": it looks like AIFF",
            "fLaC" => ": it looks like FLAC",
            "OggS" => ": it looks like Ogg",
            "riff" => ": it looks like Wave64",
            "RIFF" or "RIFX" or "RF64" or "BW64" when start.Length < 12 => ": it ends within the header",
            "RIFF" or "RIFX" or "RF64" or "BW64" => $": it is RIFF with content {Printable(start[8..])}",
            var id when id.StartsWith("ID3", StringComparison.Ordinal) => ": it looks like MP3",
            var id => $": it begins with {id}",
        };
        throw new WavFormatException($"This is not a WAV file{kind}.");
    }

    private static WavFormatException EndsWithin(ReadOnlySpan<byte> chunk)
        => new($"The file ends within the \"{Printable(chunk)}\" chunk.");

    private static string Printable(ReadOnlySpan<byte> id)
    {
        var text = new StringBuilder(id.Length);
        foreach (var b in id)
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '?');
        return text.ToString();
    }
}
