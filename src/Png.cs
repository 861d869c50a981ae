using System.Buffers.Binary;
using System.IO.Compression;

namespace Nmf;

/// <summary>Writes pictures of eight bits for red, green and blue, and perhaps opacity, as PNG (ISO/IEC 15948): header,
/// one block of compressed lines without filter, end. In each of the libraries that compile this file.</summary>
internal static class Png
{
    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(i =>
    {
        var remainder = (uint)i;
        for (var bit = 0; bit < 8; bit++)
            remainder = (remainder & 1) == 0 ? remainder >> 1 : 0xEDB88320 ^ (remainder >> 1);
        return remainder;
    })];

    public static void Write(Stream stream, int width, int height, ReadOnlySpan<byte> pixels)
    {
        var line = pixels.Length / height;
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = line == 4 * width ? (byte)6 : (byte)2;
        WriteChunk(stream, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var lines = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                lines.WriteByte(0);
                lines.Write(pixels.Slice(line * y, line));
            }
        }

        WriteChunk(stream, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Checksum(Checksum(uint.MaxValue, type), data));
        stream.Write(number);
    }

    private static uint Checksum(uint checksum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            checksum = Remainders[(byte)(checksum ^ value)] ^ (checksum >> 8);
        return checksum;
    }
}
