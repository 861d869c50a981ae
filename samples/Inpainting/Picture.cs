using SkiaSharp;

namespace Inpainting;

/// <summary>A colour picture: height x width x 3 values from 0 to 1, NaN where a pixel is missing.</summary>
internal sealed class Picture(int width, int height)
{
    public const int Channels = 3;

    private readonly float[] _values = new float[width * height * Channels];

    public int Width => width;

    public int Height => height;

    public ref float this[int x, int y, int channel] => ref _values[(((y * width) + x) * Channels) + channel];

    /// <summary>Reads a picture as it is, or made smaller.</summary>
    /// <param name="path">A JPEG or PNG file.</param>
    /// <param name="largestSide">The larger side in pixels at most, or null.</param>
    /// <exception cref="UserErrorException">It is no picture.</exception>
    public static Picture Load(string path, int? largestSide)
    {
        using var original = SKBitmap.Decode(path) ?? throw new UserErrorException($"{path} is not a picture.");
        var scale = Math.Min(1.0, (double)(largestSide ?? int.MaxValue) / Math.Max(original.Width, original.Height));
        var size = new SKImageInfo(
            Math.Max(1, (int)(original.Width * scale)), Math.Max(1, (int)(original.Height * scale)));
        using var bitmap = scale < 1
            ? original.Resize(size, new SKSamplingOptions(SKCubicResampler.Mitchell))
            : original.Copy();
        var picture = new Picture(bitmap.Width, bitmap.Height);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var color = bitmap.GetPixel(x, y);
                (picture[x, y, 0], picture[x, y, 1], picture[x, y, 2]) = (color.Red / 255f, color.Green / 255f,
                    color.Blue / 255f);
            }
        }

        return picture;
    }

    /// <summary>A town by the water at dusk, so that the sample needs no file.</summary>
    public static Picture Town(int width, int height)
    {
        var picture = new Picture(width, height);
        var shore = (int)(0.68 * height);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < shore; y++)
                Paint(x, y, Scene(x, y));

            // The water mirrors the town, darker and in waves.
            for (var y = shore; y < height; y++)
            {
                var depth = y - shore;
                var wave = 1.5 * Math.Sin((0.9 * depth) + (0.07 * x)) * Math.Min(1, depth / 8.0);
                var (red, green, blue) = Scene((int)Math.Clamp(x + wave, 0, width - 1), Math.Max(0, shore - 1 - depth));
                var shade = 0.62 + (0.08 * Math.Sin((0.8 * depth) + (0.11 * x)));
                Paint(x, y, (shade * red, shade * green, (shade * blue) + 0.06));
            }
        }

        return picture;

        void Paint(int x, int y, (double Red, double Green, double Blue) color)
            => (picture[x, y, 0], picture[x, y, 1], picture[x, y, 2])
                = ((float)Math.Clamp(color.Red, 0, 1), (float)Math.Clamp(color.Green, 0, 1),
                    (float)Math.Clamp(color.Blue, 0, 1));

        (double, double, double) Scene(int x, int y)
        {
            var (house, inHouse) = (x / 22, x % 22);
            var roof = shore - (height * (0.18 + (0.16 * Fraction(house * 0.618))))
                - (0.4 * Math.Min(inHouse, 21 - inHouse));
            if (y >= roof && inHouse < 21)
            {
                var (column, row) = (inHouse % 7, (int)(y - roof) % 10);
                var window = column is >= 2 and <= 4 && row is >= 4 and <= 8 && y > roof + 6;
                var lit = Fraction((house * 0.37) + (inHouse / 7 * 0.71) + ((int)((y - roof) / 10) * 0.53)) > 0.45;
                var tint = Fraction(house * 0.414);
                return window
                    ? (lit ? (1, 0.85, 0.45) : (0.15, 0.17, 0.25))
                    : (0.35 + (0.3 * tint), 0.28 + (0.1 * tint), 0.3 - (0.08 * tint));
            }

            var sky = (double)y / shore;
            var sun = Math.Exp(
                -(Math.Pow(x - (0.7 * width), 2) + Math.Pow(y - (0.3 * height), 2)) / (0.004 * width * width));
            var cloud = 0.08 * Math.Max(0, Math.Sin((0.05 * x) + (0.02 * y)) * Math.Sin((0.17 * y) + (0.013 * x)));
            return (0.35 + (0.55 * sky) + (0.5 * sun) + cloud, 0.35 + (0.25 * sky) + (0.4 * sun) + cloud,
                0.62 - (0.25 * sky) + (0.1 * sun) + cloud);
        }

        static double Fraction(double x) => x - Math.Floor(x);
    }

    /// <summary>A copy in which a part of the pixels is missing.</summary>
    public Picture WithHoles(double part, int seed)
    {
        var random = new Random(seed);
        var copy = new Picture(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var missing = random.NextDouble() < part;
                for (var c = 0; c < Channels; c++)
                    copy[x, y, c] = missing ? float.NaN : this[x, y, c];
            }
        }

        return copy;
    }

    /// <summary>A picture of this size.</summary>
    public Picture With(Func<int, int, int, float> value)
    {
        var picture = new Picture(width, height);
        for (var i = 0; i < _values.Length; i++)
        {
            var pixel = i / Channels;
            picture._values[i] = value(pixel % width, pixel / width, i % Channels);
        }

        return picture;
    }

    /// <summary>A copy in which missing pixels have values.</summary>
    public Picture FilledBy(Func<int, int, int, float> value)
        => With((x, y, c) => float.IsNaN(this[x, y, c]) ? value(x, y, c) : this[x, y, c]);

    /// <summary>Peak signal-to-noise ratio in decibels: 10 log10(1 / mean squared error) over all pixels.</summary>
    public double PeakSignalToNoise(Picture truth)
    {
        double sum = 0;
        for (var i = 0; i < _values.Length; i++)
            sum += Math.Pow(Math.Clamp(_values[i], 0, 1) - truth._values[i], 2);
        return 10 * Math.Log10(_values.Length / sum);
    }

    /// <summary>Writes a PNG file, over an older one.</summary>
    public void Save(string path)
    {
        var uri = ToDataUri();
        File.WriteAllBytes(path, Convert.FromBase64String(uri[(uri.IndexOf(',') + 1)..]));
    }

    /// <summary>The picture as a PNG for an HTML file; missing pixels are black.</summary>
    public string ToDataUri()
    {
        return Pictures.Draw(
            width, height, (x, y) => new SKColor(Byte(this[x, y, 0]), Byte(this[x, y, 1]), Byte(this[x, y, 2])));

        static byte Byte(float value) => float.IsNaN(value) ? (byte)0 : (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
    }
}
