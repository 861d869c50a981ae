using System.Buffers.Binary;
using System.IO.Compression;

namespace Microsoft.ML;

/// <summary>
/// Checks the CRC-32 and the length of every entry of a saved model, and the structure of its schema. Neither the
/// runtime's zip reader nor ML.NET does: a damaged weight would be served. Time of one decompression.
/// </summary>
internal static class ModelArchive
{
    /// <exception cref="InvalidDataException">The content is not a zip archive, or an entry is damaged.</exception>
    public static void Verify(byte[] content, CancellationToken cancellationToken = default)
    {
        using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
        var buffer = new byte[64 * 1024];
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            var crc = uint.MaxValue;
            long length = 0;
            MemoryStream? schema = null;
            for (int read; (read = stream.ReadAtLeast(buffer, buffer.Length, false)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                crc = Crc32.Append(crc, buffer.AsSpan(0, read));
                if (length == 0 && SchemaEntry.IsOne(buffer.AsSpan(0, read)))
                    schema = new MemoryStream();
                schema?.Write(buffer, 0, read);
            }

            if (~crc != entry.Crc32 || length != entry.Length)
                throw new InvalidDataException($"The entry {entry.FullName} of the archive is damaged.");
            if (schema is not null)
                SchemaEntry.Verify(schema.ToArray());
        }
    }

    /// <summary>CRC-32 of ISO 3309 (reflected, polynomial 0xEDB88320), four bytes at a time by four tables.</summary>
    private static class Crc32
    {
        private static readonly uint[][] Tables = MakeTables();

        public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
        {
            uint[] t0 = Tables[0], t1 = Tables[1], t2 = Tables[2], t3 = Tables[3];
            for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
            {
                crc ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                crc = t3[(byte)crc] ^ t2[(byte)(crc >> 8)] ^ t1[(byte)(crc >> 16)] ^ t0[crc >> 24];
            }
            foreach (var b in bytes)
                crc = t0[(byte)(crc ^ b)] ^ (crc >> 8);
            return crc;
        }

        // Table k holds the effect of a byte that is followed by k zero bytes.
        private static uint[][] MakeTables()
        {
            var tables = new uint[sizeof(uint)][];
            for (var k = 0; k < tables.Length; k++)
            {
                tables[k] = new uint[256];
                for (uint b = 0; b < 256; b++)
                {
                    var crc = k == 0 ? b : tables[k - 1][b];
                    for (var bit = 0; bit < 8; bit++)
                        crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
                    tables[k][b] = crc;
                }
            }
            return tables;
        }
    }
}
