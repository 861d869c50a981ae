using System.Buffers.Binary;

namespace PartsOfObjects.Images;

/// <summary>
/// Portable graymaps, the format of most sets of faces and one that Skia does not read: "P5" with bytes, or two bytes
/// above 255, the higher first, or "P2" with decimal numbers. White space and comments, from # to the end of a line,
/// separate the fields of the header.
/// </summary>
internal static class PortableGraymap
{
    private const int LargestSide = 1 << 14;
    private const int LargestMaximum = 65535;

    /// <returns>Pixels row by row, from 0 to 1.</returns>
    /// <exception cref="FormatException">The bytes are not a graymap.</exception>
    public static (int Width, int Height, float[] Pixels) Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes[0] != 'P' || bytes[1] is not ((byte)'2' or (byte)'5'))
            throw new FormatException("it does not begin with P2 or P5.");
        var isText = bytes[1] == '2';
        var at = 2;
        var width = Number(bytes, ref at, "the width", 1, LargestSide);
        var height = Number(bytes, ref at, "the height", 1, LargestSide);
        var maximum = Number(bytes, ref at, "the largest value", 1, LargestMaximum);

        // One separator, and what follows it is data even if it looks like white space.
        at++;
        var size = maximum > byte.MaxValue ? sizeof(ushort) : 1;
        var count = (long)width * height;
        if (bytes.Length - at < (isText ? (2 * count) - 1 : count * size))
            throw new FormatException(
                $"it ends too early: {width} x {height} pixels do not fit into {bytes.Length} bytes.");
        var pixels = new float[count];
        for (var i = 0; i < pixels.Length; i++)
        {
            var value = isText ? Number(bytes, ref at, $"pixel {i}", 0, maximum)
                : size == 1 ? bytes[at + i]
                : BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + (2 * i))..]);
            if (value > maximum)
                throw new FormatException($"pixel {i} is {value}, above the largest value {maximum}.");
            pixels[i] = (float)value / maximum;
        }

        return (width, height, pixels);
    }

    private static int Number(ReadOnlySpan<byte> bytes, ref int at, string name, int least, int most)
    {
        while (at < bytes.Length && (IsSpace(bytes[at]) || bytes[at] == '#'))
        {
            var isComment = bytes[at] == '#';
            while (isComment && at < bytes.Length && bytes[at] != '\n')
                at++;
            at += isComment ? 0 : 1;
        }

        var (value, digits) = (0L, 0);
        for (; at < bytes.Length && char.IsAsciiDigit((char)bytes[at]); at++, digits++)
            value = Math.Min((10 * value) + (bytes[at] - '0'), int.MaxValue);
        if (digits == 0 || value < least || value > most)
            throw new FormatException(
                digits == 0 ? $"{name} is missing." : $"{name} is {value}, not between {least} and {most}.");
        return (int)value;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);
}
