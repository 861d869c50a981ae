using System.IO.Compression;
using System.Text;

namespace Microsoft.ML;

/// <summary>
/// Checks the structure of a binary data view within a model, such as the schema of its input, before ML.NET reads it:
/// ML.NET's reader runs for ever where an array is longer than the file, allocates what a length says, and calls itself
/// for every type within a type.
/// </summary>
internal static class SchemaEntry
{
    private const int HeaderLength = 256;
    private const int BitsPerByte = 8;

    // What a type may be: items of vectors are no vectors, and values of keys neither vectors nor keys, so that types
    // within types end.
    private enum Types
    {
        All,
        PlainOrKey,
        Plain,
    }

    private static ReadOnlySpan<byte> Signature => "CML\0DVB\0"u8;

    private static ReadOnlySpan<byte> TailSignature => "\0BVD\0LMC"u8;

    public static bool IsOne(ReadOnlySpan<byte> content) => content.StartsWith(Signature);

    /// <exception cref="InvalidDataException">The structure is damaged.</exception>
    public static void Verify(byte[] content)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(content, writable: false), Encoding.UTF8);
            VerifyColumns(reader, content);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw Damaged(e);
        }
    }

    // Header: 8 bytes: signature; longs: version, oldest version that can read it, place of the table of contents,
    // place of the tail, number of rows; int: number of columns; filled up to 256 bytes.
    // A column in the table: string: name; type; byte: compression; LEB128: rows of a block; longs: places of its
    // blocks and of the table of its annotations, 0 for none.
    private static void VerifyColumns(BinaryReader reader, byte[] content)
    {
        Seek(reader, 3 * sizeof(long), content.Length);
        var (contents, tail) = (reader.ReadInt64(), reader.ReadInt64());
        reader.ReadInt64();
        var columns = reader.ReadInt32();
        Require(tail >= HeaderLength && tail <= content.Length - TailSignature.Length
            && content.AsSpan((int)tail).StartsWith(TailSignature));
        if (columns != 0)
            Seek(reader, contents, tail);
        var annotations = new List<long>();
        for (var i = 0; i < columns; i++)
        {
            reader.ReadString();
            ReadType(reader, Types.All);
            reader.ReadByte();
            reader.Read7BitEncodedInt64();
            reader.ReadInt64();
            annotations.Add(reader.ReadInt64());
        }

        foreach (var place in annotations.Where(place => place != 0))
            VerifyAnnotations(reader, place, tail, content);
    }

    // LEB128: how many; for each: string: kind; type; byte: compression; long: place of the value; LEB128: its length.
    private static void VerifyAnnotations(BinaryReader reader, long table, long tail, byte[] content)
    {
        Seek(reader, table, tail);
        for (var left = reader.Read7BitEncodedInt64(); left > 0; left--)
        {
            reader.ReadString();
            var isVector = ReadType(reader, Types.All);
            var isCompressed = reader.ReadByte() != 0;
            var (place, length) = (reader.ReadInt64(), reader.Read7BitEncodedInt64());
            Require(place >= HeaderLength && length > 0 && place <= tail - length);
            if (isVector)
                VerifyVector(new MemoryStream(content, (int)place, (int)length, writable: false), isCompressed);
        }
    }

    // ints: number of vectors, 1; length, or 0; the length again if it was 0; number of values, or -1 for all; number
    // of indices, which follow; then the values, of a bit at least.
    private static void VerifyVector(Stream block, bool isCompressed)
    {
        using var values = isCompressed ? new DeflateStream(block, CompressionMode.Decompress) : block;
        using var reader = new BinaryReader(values);
        Require(reader.ReadInt32() == 1);
        var length = reader.ReadInt32();
        if (length == 0)
            length = reader.ReadInt32();
        var count = reader.ReadInt32();
        var indices = reader.ReadInt32();
        Require(length >= 0 && count >= -1 && indices == Math.Max(count, 0) && count <= length);
        long rest = 0;
        var buffer = new byte[1 << 16];
        for (int read; (read = values.Read(buffer)) > 0;)
            rest += read;
        rest -= (long)indices * sizeof(int);
        Require(rest >= 0 && (count < 0 ? length : count) <= BitsPerByte * rest);
    }

    // string: name; LEB128: length of what follows; for vectors: type of the items; int: number of dimensions; ints:
    // the dimensions; for keys: type; more.
    private static bool ReadType(BinaryReader reader, Types allowed)
    {
        var name = reader.ReadString();
        var length = reader.Read7BitEncodedInt64();
        var end = reader.BaseStream.Position + length;
        Require(length >= 0 && end <= reader.BaseStream.Length);
        var isVector = name == "VBuffer";
        var isKey = name.StartsWith("Key", StringComparison.Ordinal);
        Require(!isVector || allowed == Types.All);
        Require(!isKey || allowed != Types.Plain);
        if (isVector || isKey)
            ReadType(reader, isVector ? Types.PlainOrKey : Types.Plain);
        if (isVector)
        {
            var dimensions = reader.ReadInt32();
            Require(dimensions >= 0 && reader.BaseStream.Position + ((long)dimensions * sizeof(int)) == end);
        }

        reader.BaseStream.Position = end;
        return isVector;
    }

    private static void Seek(BinaryReader reader, long place, long end)
    {
        Require(place >= 0 && place <= end);
        reader.BaseStream.Position = place;
    }

    private static void Require(bool condition)
    {
        if (!condition)
            throw Damaged(null);
    }

    private static InvalidDataException Damaged(Exception? inner)
        => new("The schema in the archive is damaged.", inner);
}
