using System.Globalization;
using System.Text;

namespace Nmf.Formats;

/// <summary>What the header of a NumPy array says.</summary>
public sealed class NpyHeader
{
    // NumPy pads headers so that the data begin at a multiple of this.
    private const int Alignment = 64;

    // Headers are some 100 bytes; NumPy itself refuses more than 10,000.
    private const int LongestText = 1 << 20;
    private const int MagicLength = 6;

    internal NpyHeader(string dataType, bool isFortranOrder, IReadOnlyList<long> shape)
        => (DataType, IsFortranOrder, Shape) = (dataType, isFortranOrder, shape);

    /// <summary>Type of the values as NumPy writes it, such as <c>&lt;f4</c>: byte order, kind, bytes.</summary>
    public string DataType { get; }

    /// <summary>Whether the first index varies fastest; else the last one does.</summary>
    public bool IsFortranOrder { get; }

    /// <summary>Size along each index; empty for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The shape as NumPy prints it: <c>(3, 4)</c>, <c>(3,)</c>, <c>()</c>.</summary>
    internal string ShapeText => Shape.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"({Shape[0]},)")
        : $"({string.Join(", ", Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))})";

    /// <summary>Where the values begin, from the start of the header.</summary>
    internal long Length { get; private init; }

    /// <summary>Number of values.</summary>
    internal long Count => Shape.Aggregate(1L, (count, size) => count * size);

    /// <summary>Reads a header and leaves the stream at the first value.</summary>
    /// <exception cref="MatrixFormatException">It is not one.</exception>
    internal static NpyHeader Read(Stream stream, string source)
    {
        Span<byte> start = stackalloc byte[MagicLength + 2];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length
            || !start[..MagicLength].SequenceEqual(Magic))
        {
            throw new MatrixFormatException(
                source, "this is not a NumPy array: the file does not begin with \\x93NUMPY.");
        }

        var version = start[MagicLength];
        if (version is not (1 or 2 or 3))
            throw new MatrixFormatException(
                source, $"format version {version}.{start[MagicLength + 1]} is not known; 1.0, 2.0 and 3.0 are.");
        Span<byte> length = stackalloc byte[version == 1 ? sizeof(ushort) : sizeof(uint)];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
            throw new MatrixFormatException(source, "the file ends within the length of the header.");
        var size = version == 1
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(length)
            : System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (size > LongestText)
            throw new MatrixFormatException(source, $"the header claims to have {size} bytes.");
        var text = new byte[size];
        var got = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        if (got < text.Length)
            throw new MatrixFormatException(source, $"the header has {size} bytes, but the file ends after {got}.");
        var header = new NpyHeaderText(
            (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), source).Parse();
        return new NpyHeader(header.DataType, header.IsFortranOrder, header.Shape)
        {
            Length = start.Length + length.Length + size,
        };
    }

    /// <summary>Writes a header of version 1.0.</summary>
    internal void Write(Stream stream)
    {
        var text = $"{{'descr': '{DataType}', 'fortran_order': {(IsFortranOrder ? "True" : "False")}, "
            + $"'shape': {ShapeText}, }}";
        var before = MagicLength + 2 + sizeof(ushort);
        var padded = ((before + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - before;
        var bytes = new byte[before + padded];
        Magic.CopyTo(bytes);
        bytes[MagicLength] = 1;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(
            bytes.AsSpan(MagicLength + 2), checked((ushort)padded));
        bytes.AsSpan(before).Fill((byte)' ');
        Encoding.Latin1.GetBytes(text, bytes.AsSpan(before));
        bytes[^1] = (byte)'\n';
        stream.Write(bytes);
    }
}
