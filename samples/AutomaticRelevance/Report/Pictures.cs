using SkiaSharp;

namespace AutomaticRelevance.Report;

/// <summary>Rows of numbers drawn as grey pictures, side by side in one PNG.</summary>
internal static class Pictures
{
    private const int Zoom = 4;
    private const int Gap = 6;

    /// <summary>A data URI.</summary>
    /// <param name="pictures">Values of each picture, row by row; every picture is scaled to its own largest value.</param>
    /// <param name="side">Pixels of a side.</param>
    /// <param name="columns">Pictures in a row.</param>
    public static string Mosaic(IReadOnlyList<float[]> pictures, int side, int columns)
    {
        var rows = (pictures.Count + columns - 1) / columns;
        var step = (side * Zoom) + Gap;
        using var bitmap = new SKBitmap((columns * step) - Gap, (rows * step) - Gap);
        bitmap.Erase(SKColors.White);
        for (var i = 0; i < pictures.Count; i++)
            Draw(bitmap, pictures[i], side, (i % columns) * step, (i / columns) * step);
        using var image = SKImage.FromBitmap(bitmap);
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return "data:image/png;base64," + Convert.ToBase64String(data.ToArray());
    }

    private static void Draw(SKBitmap bitmap, float[] values, int side, int left, int top)
    {
        var largest = Math.Max(values.Max(), float.Epsilon);
        for (var y = 0; y < side * Zoom; y++)
        {
            for (var x = 0; x < side * Zoom; x++)
            {
                var grey = (byte)(255 - (int)(255 * values[(y / Zoom * side) + (x / Zoom)] / largest));
                bitmap.SetPixel(left + x, top + y, new SKColor(grey, grey, grey));
            }
        }
    }
}
