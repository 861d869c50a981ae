namespace Nmf.Audio;

/// <summary>
/// What a WAV header says (Microsoft and IBM, "Multimedia Programming Interface and Data Specifications", 1991;
/// WAVE_FORMAT_EXTENSIBLE as Microsoft documents it), read up to the first sample. Chunks other than "fmt ", "ds64"
/// and "data" are passed over.
/// </summary>
/// <param name="Format">The format. Integers of fewer bits than their container has stand in its upper bits, so they
/// are read as those of the container.</param>
/// <param name="IsBigEndian">Whether samples have their most significant byte first.</param>
/// <param name="DataBytes">Number of bytes of data, or null when it is not known.</param>
internal sealed record WavHeader(WavFormat Format, bool IsBigEndian, long? DataBytes)
{
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort Extensible = 0xFFFE;
    private const int LongestFormat = 40;

    // What programs that cannot go back leave as sizes: SoX, ALSA, and ones.
    private static readonly long[] OpenSizes = [0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, WavChunks.OpenSize];

    // The last eight bytes of the identifiers of subformats that are plain format numbers.
    private static ReadOnlySpan<byte> SubformatTail => [0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>Reads the header and leaves the stream at the first sample.</summary>
    /// <exception cref="WavFormatException">The stream is not a WAV file that can be read.</exception>
    public static WavHeader Read(Stream stream)
    {
        var chunks = WavChunks.Open(stream);
        Span<byte> id = stackalloc byte[4];
        WavFormat? format = null;
        while (chunks.Next(id, out var size))
        {
            if (id.SequenceEqual("data"u8))
            {
                if (format is null)
                    throw new WavFormatException("The \"data\" chunk comes before the \"fmt \" chunk.");
                return new WavHeader(
                    format, chunks.IsBigEndian, IsOpen(chunks, size, format.BytesPerFrame) ? null : size);
            }

            if (id.SequenceEqual("fmt "u8))
            {
                if (format is not null)
                    throw new WavFormatException("There are two \"fmt \" chunks.");
                format = ReadFormat(chunks, size ?? 0);
            }
            else if (id.SequenceEqual("ds64"u8))
            {
                chunks.ReadSizes(size ?? 0);
            }
            else
            {
                chunks.Skip((size ?? 0) + ((size ?? 0) & 1), id);
            }
        }

        throw new WavFormatException(
            format is null ? "The file ends before a \"fmt \" chunk." : "The file ends before a \"data\" chunk.");
    }

    /// <summary>
    /// Whether the size of the data is one that was never filled in. Such data reach to the end of the file or beyond:
    /// where the size of the whole file leaves room for chunks behind the data, both sizes are meant.
    /// </summary>
    private static bool IsOpen(WavChunks chunks, long? size, int frameBytes)
    {
        const int BeforeSize = 8;
        if (size is not { } bytes)
            return true;
        var isUnfilled = bytes == 0 || OpenSizes.Contains(bytes)
            || OpenSizes.Any(open => bytes == open - (open % frameBytes))
            || (bytes >= OpenSizes[0] && OpenSizes.Contains(chunks.RiffSize));
        return isUnfilled && BeforeSize + chunks.RiffSize <= chunks.Position + bytes + (bytes & 1);
    }

    private static WavFormat ReadFormat(WavChunks chunks, long size)
    {
        if (size < 16)
            throw new WavFormatException($"The \"fmt \" chunk has {size} bytes, but at least 16 are needed.");
        Span<byte> bytes = stackalloc byte[LongestFormat];
        bytes = bytes[..(int)Math.Min(size, LongestFormat)];
        chunks.ReadExactly(bytes, "fmt "u8);
        chunks.Skip(size - bytes.Length + (size & 1), "fmt "u8);

        int tag = chunks.UInt16(bytes);
        int channels = chunks.UInt16(bytes[2..]);
        var rate = chunks.UInt32(bytes[4..]);
        int frameBytes = chunks.UInt16(bytes[12..]);
        int bits = chunks.UInt16(bytes[14..]);
        if (tag == Extensible)
            tag = Subformat(chunks, bytes);
        if (tag is not (Pcm or Float))
            throw new WavFormatException(
                $"The samples are stored as {NameOf(tag)}. Only integer (PCM) and floating-point samples are read.");
        if (channels is 0 or > WavFormat.MostChannels)
            throw new WavFormatException(
                $"The header claims {channels} channels; between 1 and {WavFormat.MostChannels} are read.");
        if (rate is 0 or > int.MaxValue)
            throw new WavFormatException($"The header claims a sample rate of {rate} Hz.");

        // 24 bits in four bytes are common where the bytes of a frame say so; other containers are the
        // smallest that hold the bits.
        var container = bits is 24 && frameBytes == 4 * channels ? 4 : (bits + 7) / 8;
        var encoding = (tag, bits, container) switch
        {
            (Pcm, > 0, 1) => WavEncoding.Pcm8,
            (Pcm, _, 2) => WavEncoding.Pcm16,
            (Pcm, _, 3) => WavEncoding.Pcm24,
            (Pcm, _, 4) => WavEncoding.Pcm32,
            (Float, 32, _) => WavEncoding.IeeeFloat32,
            (Float, 64, _) => WavEncoding.IeeeFloat64,
            _ => throw new WavFormatException(
                $"The header claims {(tag == Pcm ? "integer" : "floating-point")} samples of {bits} bits. "
                + "Integers of 1 to 32 bits are read, and floating-point numbers of 32 and 64."),
        };
        var format = new WavFormat((int)rate, channels, encoding);
        if (frameBytes != format.BytesPerFrame)
            throw new WavFormatException($"The header claims {frameBytes} bytes for {channels} channels of "
                + $"{bits} bits, but these take {format.BytesPerFrame}.");
        return format;
    }

    private static int Subformat(WavChunks chunks, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LongestFormat)
            throw new WavFormatException(
                $"The \"fmt \" chunk has {bytes.Length} bytes, but WAVE_FORMAT_EXTENSIBLE takes {LongestFormat}.");
        int bits = chunks.UInt16(bytes[14..]);
        int valid = chunks.UInt16(bytes[18..]);
        if (valid > bits)
            throw new WavFormatException($"The header claims {valid} valid bits in samples of {bits} bits.");
        var number = chunks.UInt32(bytes[24..]);
        var isPlain = number <= ushort.MaxValue && chunks.UInt16(bytes[28..]) == 0 && chunks.UInt16(bytes[30..]) == 0x10
            && bytes[32..].SequenceEqual(SubformatTail);
        return isPlain ? (int)number : throw new WavFormatException(
            $"The samples have the subformat {new Guid(bytes[24..], chunks.IsBigEndian)}, which is not read.");
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
}
