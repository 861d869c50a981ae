using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Nmf.Hyperspectral.Tests;

public sealed class FalseColorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Nanometers", 1)]
    [InlineData("Micrometers", 1000)]
    [InlineData("\u00B5m", 1000)]
    [InlineData(null, 1)]
    [InlineData("Unknown", 1000)]
    public void Bands_are_those_nearest_to_red_green_and_blue_or_infrared_in_any_unit(string? units, double divisor)
    {
        double[] wavelengths = [450, 470, 540, 560, 630, 645, 700, 850, 900];
        Write(Header(2, 1, 9) with
        {
            Wavelengths = [.. wavelengths.Select(w => w / divisor)], WavelengthUnits = units,
        }, new float[18]);
        Assert.Equal([5, 2, 0], Read().Bands);
        Assert.Equal([7, 5, 2], Read(new() { Infrared = true }).Bands);
        Assert.Equal([8, 0, 8], Read(new() { Bands = [8, 0, 8] }).Bands);
    }

    [Theory]
    [InlineData("Wavenumber")]
    [InlineData("GHz")]
    [InlineData("Index")]
    public void Numbers_in_other_units_are_no_wavelengths(string units)
    {
        Write(Header(1, 1, 8) with
        {
            Wavelengths = [460, 550, 640, 650, 660, 670, 680, 690], WavelengthUnits = units,
        }, new float[8]);
        Assert.Equal([6, 4, 2], Read().Bands);
    }

    [Fact]
    public void Bad_bands_are_not_chosen_and_without_wavelengths_near_them_bands_are_evenly_spaced()
    {
        Write(Header(1, 1, 4) with
        {
            Wavelengths = [460, 550, 640, 650], WavelengthUnits = "Nanometers", GoodBands = [true, true, false, true],
        }, new float[4]);
        Assert.Equal([3, 1, 0], Read().Bands);
        using (var cube = EnviCube.Open(_folder["a.hdr"], new EnviReadOptions { DropBadBands = true }))
            Assert.Equal([3, 1, 0], FalseColor.Read(cube).Bands);
        Write(Header(1, 1, 8), new float[8]);
        Assert.Equal([6, 4, 2], Read().Bands);
        Write(Header(1, 1, 8) with
        {
            Wavelengths = [2000, 2100, 2200, 2300, 2310, 2320, 2330, 2340], WavelengthUnits = "Nanometers",
        }, new float[8]);
        Assert.Equal([6, 4, 2], Read().Bands);
    }

    [Fact]
    public void Each_band_is_stretched_between_its_percentiles_and_pixels_without_data_are_transparent()
    {
        // A ramp from 0 to 100 in red, times ten and back in green, constant in blue.
        var values = new float[101 * 3];
        for (var n = 0; n <= 100; n++)
            (values[3 * n], values[(3 * n) + 1], values[(3 * n) + 2]) = (n, 10 * (100 - n), 5);
        Write(Header(101, 1, 3), values);
        var picture = Read(new() { Bands = [0, 1, 2], Percentile = 10 });
        Assert.Equal((101, 1), (picture.Width, picture.Height));
        for (var n = 0; n <= 100; n++)
        {
            var expected = (byte)Math.Round(255 * Math.Clamp((n - 10) / 80.0, 0, 1));
            Assert.Equal(expected, picture.Rgba[4 * n], (a, b) => Math.Abs(a - b) <= 1);
            Assert.Equal(255 - expected, picture.Rgba[(4 * n) + 1], (a, b) => Math.Abs(a - b) <= 1);
            Assert.Equal((0, 255), (picture.Rgba[(4 * n) + 2], picture.Rgba[(4 * n) + 3]));
        }

        values[6] = float.NaN;
        Write(Header(101, 1, 3), values);
        picture = Read(new() { Bands = [0, 1, 2] });
        Assert.Equal([0, 0, 0, 0], picture.Rgba.Slice(8, 4).ToArray());
        Assert.Equal(255, picture.Rgba[7]);
        Write(Header(2, 2, 3), [.. Enumerable.Repeat(float.NaN, 12)]);
        Assert.Equal(new byte[16], Read().Rgba.ToArray());
    }

    [Fact]
    public void The_file_is_a_png_of_the_pixels()
    {
        var random = new Random(1);
        Write(Header(7, 5, 3), [.. Enumerable.Range(0, 105).Select(_ => random.NextSingle())]);
        var picture = Read();
        picture.WritePng(_folder["a.png"]);
        var file = File.ReadAllBytes(_folder["a.png"]);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);

        // The checksum of an empty end is known.
        Assert.Equal([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], file[^12..]);
        Assert.Equal("IHDR", Encoding.ASCII.GetString(file, 12, 4));
        Assert.Equal((7, 5), (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)),
            BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20))));
        Assert.Equal([8, 6, 0, 0, 0], file[24..29]);
        var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(33));
        Assert.Equal("IDAT", Encoding.ASCII.GetString(file, 37, 4));
        using var lines = new ZLibStream(new MemoryStream(file, 41, length), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        lines.CopyTo(bytes);
        for (var y = 0; y < 5; y++)
        {
            Assert.Equal(0, bytes.ToArray()[y * 29]);
            Assert.Equal(picture.Rgba.Slice(y * 28, 28).ToArray(), bytes.ToArray().AsSpan((y * 29) + 1, 28).ToArray());
        }
    }

    [Fact]
    public void What_does_not_go_is_refused_by_name()
    {
        Write(Header(1, 1, 4) with { GoodBands = [true, true, false, true] }, new float[4]);
        Refused("Three bands", new() { Bands = [1, 2] });
        Refused("band 4", new() { Bands = [1, 2, 4] });
        Refused("band -1", new() { Bands = [-1, 2, 3] });
        Refused("percentile", new() { Percentile = 50 });
        Refused("percentile", new() { Percentile = double.NaN });
        using var cube = EnviCube.Open(_folder["a.hdr"], new EnviReadOptions { DropBadBands = true });
        Assert.Contains("band 2", Assert.Throws<ArgumentException>(
            () => FalseColor.Read(cube, new() { Bands = [1, 2, 3] })).Message);

        void Refused(string part, FalseColorOptions options)
            => Assert.Contains(part, Assert.Throws<ArgumentException>(() => Read(options)).Message);
    }

    private static EnviHeader Header(int samples, int lines, int bands)
        => new() { Samples = samples, Lines = lines, Bands = bands };

    private void Write(EnviHeader header, float[] values)
    {
        using var writer = EnviWriter.Create(_folder["a.hdr"], header);
        writer.Write(values);
        writer.Complete();
    }

    private FalseColor Read(FalseColorOptions? options = null)
    {
        using var cube = EnviCube.Open(_folder["a.hdr"]);
        return FalseColor.Read(cube, options);
    }
}
