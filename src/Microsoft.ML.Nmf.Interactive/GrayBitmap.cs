using System.Buffers.Binary;

namespace Microsoft.ML.Transforms;

/// <summary>A picture of numbers as a Windows bitmap of 256 greys, which every browser reads and nothing need
/// compress.</summary>
internal static class GrayBitmap
{
    private const int Header = 54;
    private const int Palette = 4 * 256;

    /// <summary>The largest number is black, zero white.</summary>
    /// <param name="values">Rows x columns numbers, row by row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static byte[] Of(ReadOnlySpan<float> values, int rows, int columns)
    {
        var stride = (columns + 3) / 4 * 4;
        var file = new byte[Header + Palette + (stride * rows)];
        "BM"u8.CopyTo(file);
        Write(2, file.Length);
        Write(10, Header + Palette);
        Write(14, 40);
        Write(18, columns);
        Write(22, rows);
        Write(26, 1 | (8 << 16));
        Write(46, 256);
        for (var grey = 0; grey < 256; grey++)
            file.AsSpan(Header + (4 * grey), 3).Fill((byte)grey);
        float largest = 0;
        foreach (var value in values)
            largest = Math.Max(largest, value);
        for (var row = 0; row < rows; row++)
        {
            // From the bottom up.
            var line = file.AsSpan(Header + Palette + (stride * (rows - 1 - row)), columns);
            for (var column = 0; column < columns; column++)
            {
                var part = largest > 0 ? values[(row * columns) + column] / largest : 0;
                line[column] = (byte)Math.Round(255 * (1 - Math.Clamp(part, 0, 1)));
            }
        }

        return file;

        void Write(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
    }
}
