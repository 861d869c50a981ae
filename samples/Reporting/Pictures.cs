using SkiaSharp;

namespace Reporting;

/// <summary>Numbers drawn as pixels, as PNG data URIs.</summary>
public static class Pictures
{
    private const int Gap = 6;

    /// <summary>One picture.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="color">Colour of the pixel in column x and row y, the top row first.</param>
    /// <param name="zoom">Side of a pixel in the file.</param>
    public static string Draw(int width, int height, Func<int, int, SKColor> color, int zoom = 1)
    {
        using var bitmap =
            new SKBitmap(new SKImageInfo(width * zoom, height * zoom, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Paint(bitmap, 0, 0, width, height, zoom, color);
        return DataUri(bitmap);
    }

    /// <summary>Pictures of one size beside and below each other, on white.</summary>
    /// <param name="pictures">Values of each, row by row, in [0, 1] for a palette that begins at zero; values
    /// outside are clipped.</param>
    /// <param name="width">Pixels in a row of a picture.</param>
    /// <param name="columns">Pictures beside each other.</param>
    /// <param name="palette">Colours.</param>
    /// <param name="zoom">Side of a pixel in the file.</param>
    public static string Mosaic(
        IReadOnlyList<float[]> pictures, int width, int columns, Func<double, SKColor> palette, int zoom = 4)
    {
        var height = pictures[0].Length / width;
        var across = Math.Min(columns, pictures.Count);
        var down = (pictures.Count + columns - 1) / columns;
        var (stepX, stepY) = ((width * zoom) + Gap, (height * zoom) + Gap);
        using var bitmap = new SKBitmap(
            new SKImageInfo((across * stepX) - Gap, (down * stepY) - Gap, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.White);
        for (var i = 0; i < pictures.Count; i++)
        {
            var values = pictures[i];
            Paint(
                bitmap, i % columns * stepX, i / columns * stepY, width, height, zoom,
                (x, y) => palette(values[(y * width) + x]));
        }

        return DataUri(bitmap);
    }

    /// <summary>Values divided by their largest magnitude, so that they fill a palette.</summary>
    public static float[] Scaled(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        var scaled = values.ToArray();
        if (largest > 0)
        {
            foreach (ref var value in scaled.AsSpan())
                value /= largest;
        }

        return scaled;
    }

    private static void Paint(
        SKBitmap bitmap, int left, int top, int width, int height, int zoom, Func<int, int, SKColor> color)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                bitmap.Erase(
                    color(x, y),
                    new SKRectI(left + (x * zoom), top + (y * zoom), left + ((x + 1) * zoom), top + ((y + 1) * zoom)));
        }
    }

    private static string DataUri(SKBitmap bitmap)
    {
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return "data:image/png;base64," + Convert.ToBase64String(png.AsSpan());
    }
}
