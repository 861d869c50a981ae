using System.Globalization;
using System.IO.Compression;

namespace PartsOfObjects.Images;

/// <summary>Handwritten digits: in every line the pixels of a square image, from 0 to 16, and a label.</summary>
internal static class DigitFile
{
    private const float Darkest = 16;

    /// <exception cref="UserErrorException">The file cannot be read, or a line is not what the format says.</exception>
    public static ImageSet Read(string path)
    {
        var rows = new List<float[]>();
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0)
                    rows.Add(Pixels(line, path, rows));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UserErrorException($"Cannot read {path}: {e.Message}");
        }

        if (rows.Count == 0)
            throw new UserErrorException($"{path} holds no image.");
        return new ImageSet
        {
            What = "digits", Width = (int)Math.Sqrt(rows[0].Length), Rows = [.. rows], Palette = Palette.Ink
        };
    }

    private static float[] Pixels(string line, string path, List<float[]> earlier)
    {
        var cells = line.Split(',');
        var side = (int)Math.Round(Math.Sqrt(cells.Length - 1));
        if (side == 0 || side * side != cells.Length - 1)
            throw new UserErrorException(
                $"{path}, image {earlier.Count}: {cells.Length} values are not a square image and a label.");
        if (earlier.Count > 0 && earlier[0].Length != cells.Length - 1)
            throw new UserErrorException(
                $"{path}, image {earlier.Count} has {cells.Length - 1} pixels, but the first has {earlier[0].Length}.");
        var pixels = new float[cells.Length - 1];
        for (var i = 0; i < pixels.Length; i++)
        {
            if (!float.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || !(value >= 0 && value <= Darkest))
            {
                throw new UserErrorException(
                    $"{path}, image {earlier.Count}, pixel {i}: \"{cells[i]}\" is not a number from 0 to {Darkest}.");
            }
            pixels[i] = value / Darkest;
        }

        return pixels;
    }
}
