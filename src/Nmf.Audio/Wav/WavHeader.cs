using System.Buffers.Binary;
using System.Text;

namespace Nmf.Audio;

/// <summary>
/// Reads a RIFF/WAVE header up to the first sample (Microsoft and IBM, "Multimedia Programming Interface and Data Specifications", 1991;
/// WAVE_FORMAT_EXTENSIBLE as Microsoft documents it). Chunks other than "fmt " and "data" are passed over.
/// </summary>
internal static class WavHeader
{
    /// <summary>What writers that cannot go back leave as the size of the data: read to the end of the stream.</summary>
    public const uint UnknownSize = uint.MaxValue;

    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort Extensible = 0xFFFE;
    private const int LongestFormat = 40;

    // The last fourteen bytes of the identifiers of subformats that are plain format numbers.
    private static ReadOnlySpan<byte> SubformatTail => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>Reads the header and leaves the stream at the first sample.</summary>
    /// <returns>The format and the number of bytes of data, or null when it is not known.</returns>
    /// <exception cref="WavFormatException">The stream is not a WAV file that can be read.</exception>
    public static (WavFormat Format, long? DataBytes) Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        RequireRiff(start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
        Span<byte> head = stackalloc byte[8];
        WavFormat? format = null;
        while (true)
        {
            var count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (count < head.Length)
                throw new WavFormatException(format is null ? "The file ends before a \"fmt \" chunk." : "The file ends before a \"data\" chunk.");
            var size = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head[..4].SequenceEqual("data"u8))
            {
                if (format is null)
                    throw new WavFormatException("The \"data\" chunk comes before the \"fmt \" chunk.");
                return (format, size == UnknownSize ? null : size);
            }

            if (head[..4].SequenceEqual("fmt "u8))
            {
                if (format is not null)
                    throw new WavFormatException("There are two \"fmt \" chunks.");
                format = ReadFormat(stream, size);
            }
            else
            {
                Skip(stream, size + (size & 1L), head[..4]);
            }
        }
    }

    private static void RequireRiff(ReadOnlySpan<byte> start)
    {
        if (start.Length == 12 && start[..4].SequenceEqual("RIFF"u8) && start[8..].SequenceEqual("WAVE"u8))
            return;
        if (start.IsEmpty)
            throw new WavFormatException("The file is empty.");
        var kind = start.Length < 4 ? "" : Printable(start[..4]) switch
        {
            "RF64" or "BW64" => ": it is RF64, WAV for more than 4 GB, which is not read",
            "RIFX" => ": it is big-endian WAV (RIFX), which is not read",
            "FORM" => ": it looks like AIFF",
            "fLaC" => ": it looks like FLAC",
            "OggS" => ": it looks like Ogg",
            "RIFF" when start.Length == 12 => $": it is RIFF with content {Printable(start[8..])}",
            "RIFF" => ": it ends within the header",
            var id when id.StartsWith("ID3", StringComparison.Ordinal) => ": it looks like MP3",
            var id => $": it begins with {id}",
        };
        throw new WavFormatException($"This is not a WAV file{kind}.");
    }

    private static WavFormat ReadFormat(Stream stream, uint size)
    {
        if (size < 16)
            throw new WavFormatException($"The \"fmt \" chunk has {size} bytes, but at least 16 are needed.");
        Span<byte> bytes = stackalloc byte[LongestFormat];
        bytes = bytes[..(int)Math.Min(size, LongestFormat)];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new WavFormatException("The file ends within the \"fmt \" chunk.");
        Skip(stream, size - bytes.Length + (size & 1L), "fmt "u8);

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        int frameBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]);
        if (tag == Extensible)
            tag = Subformat(bytes);
        if (tag is not (Pcm or Float))
            throw new WavFormatException($"The samples are stored as {NameOf(tag)}. Only integer (PCM) and floating-point samples are read.");
        if (channels is 0 or > WavFormat.MostChannels)
            throw new WavFormatException($"The header claims {channels} channels; between 1 and {WavFormat.MostChannels} are read.");
        if (rate is 0 or > int.MaxValue)
            throw new WavFormatException($"The header claims a sample rate of {rate} Hz.");
        var encoding = (tag, bits) switch
        {
            (Pcm, 8) => WavEncoding.Pcm8,
            (Pcm, 16) => WavEncoding.Pcm16,
            (Pcm, 24) => WavEncoding.Pcm24,
            (Pcm, 32) => WavEncoding.Pcm32,
            (Float, 32) => WavEncoding.IeeeFloat32,
            (Float, 64) => WavEncoding.IeeeFloat64,
            _ => throw new WavFormatException(
                $"The header claims {(tag == Pcm ? "integer" : "floating-point")} samples of {bits} bits. Integers of 8, 16, 24 and 32 bits are read, and floating-point numbers of 32 and 64."),
        };
        var format = new WavFormat((int)rate, channels, encoding);
        if (frameBytes != format.BytesPerFrame)
            throw new WavFormatException($"The header claims {frameBytes} bytes for {channels} channels of {bits} bits, but these take {format.BytesPerFrame}.");
        return format;
    }

    private static int Subformat(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LongestFormat)
            throw new WavFormatException($"The \"fmt \" chunk has {bytes.Length} bytes, but WAVE_FORMAT_EXTENSIBLE takes {LongestFormat}.");
        int valid = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]);
        if (valid > bits)
            throw new WavFormatException($"The header claims {valid} valid bits in samples of {bits} bits.");
        return bytes[26..].SequenceEqual(SubformatTail)
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..])
            : throw new WavFormatException($"The samples have the subformat {new Guid(bytes[24..])}, which is not read.");
    }

    /// <summary>Passes over a part of the stream, a block at a time.</summary>
    private static void Skip(Stream stream, long count, ReadOnlySpan<byte> chunk)
    {
        Span<byte> block = stackalloc byte[512];
        while (count > 0)
        {
            // Not by Seek: a position beyond the end would go unnoticed, and the chunks before the data are small.
            var read = stream.Read(block[..(int)Math.Min(count, block.Length)]);
            if (read == 0)
                throw new WavFormatException($"The file ends within the chunk {Printable(chunk)}.");
            count -= read;
        }
    }

    private static string NameOf(int tag) => tag switch
    {
        2 => "Microsoft ADPCM",
        6 => "A-law",
        7 => "µ-law",
        0x11 => "IMA ADPCM",
        0x31 => "GSM 6.10",
        0x50 or 0x55 => "MPEG audio",
        _ => $"format 0x{tag:X4}",
    };

    private static string Printable(ReadOnlySpan<byte> id)
    {
        var text = new StringBuilder("\"", 6);
        foreach (var b in id)
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '?');
        return text.ToString()[1..];
    }
}
