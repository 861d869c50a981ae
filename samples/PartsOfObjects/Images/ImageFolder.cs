using SkiaSharp;

namespace PartsOfObjects.Images;

/// <summary>All PNG, JPEG and PGM files of a folder, as grey images.</summary>
internal static class ImageFolder
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".pgm"];

    /// <exception cref="UserErrorException">There are fewer than two files, one cannot be read, or their
    /// sizes differ.</exception>
    public static ImageSet Read(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        if (files.Length < 2)
            throw new UserErrorException(
                $"The folder {folder} has {files.Length} PNG, JPEG or PGM files; parts need several images.");
        var rows = new float[files.Length][];
        (int Width, int Height) size = default;
        for (var i = 0; i < files.Length; i++)
        {
            (var width, var height, rows[i]) = Read(
                files[i], Path.GetExtension(files[i]).Equals(".pgm", StringComparison.OrdinalIgnoreCase));
            if (i == 0)
                size = (width, height);
            else if ((width, height) != size)
                throw new UserErrorException(
                    $"{files[i]} has {width} x {height} pixels, but {files[0]} has {size.Width} x {size.Height}. "
                    + "All images must have one size.");
        }

        return new ImageSet { What = "images", Width = size.Width, Rows = rows, Palette = Palette.Light };
    }

    private static (int Width, int Height, float[] Pixels) Read(string file, bool isPgm)
    {
        try
        {
            if (isPgm)
                return PortableGraymap.Parse(File.ReadAllBytes(file));
            using var bitmap = SKBitmap.Decode(file) ?? throw new FormatException(
                "it is not a picture that can be decoded.");
            var pixels = new float[bitmap.Width * bitmap.Height];
            for (var i = 0; i < pixels.Length; i++)
            {
                // Luma of ITU-R BT.601.
                var color = bitmap.GetPixel(i % bitmap.Width, i / bitmap.Width);
                pixels[i] = ((0.299f * color.Red) + (0.587f * color.Green) + (0.114f * color.Blue)) / 255;
            }

            return (bitmap.Width, bitmap.Height, pixels);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"Cannot read {file}: {e.Message}");
        }
    }
}
