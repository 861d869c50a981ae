using System.Text;

namespace Nmf.Hyperspectral.Tests;

/// <summary>Whatever the bytes of header and data, a picture is read or refused with the documented exception, in
/// bounded memory.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_pictures_are_read_or_refused()
    {
        var random = new Random(11);
        var original = Encoding.UTF8.GetBytes(HeaderTests.Full);
        var data = new byte[16 + 48];
        random.NextBytes(data);
        File.WriteAllBytes(_folder["a.img"], data);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var text = Encoding.UTF8.GetString(Mutate(original, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var header = HeaderTests.Read(text);
                Assert.True(header is { Samples: > 0, Lines: > 0, Bands: > 0 });
                using var cube = EnviCube.Open(
                    header, _folder["a.img"], new EnviReadOptions { DropBadBands = i % 2 == 0 });
                Assert.True(header.HeaderOffset + header.DataBytes <= data.Length);
                Assert.Equal(header.Pixels * cube.BandCount, cube.ReadAll().Length);
                var again = new StringWriter();
                header.Write(again);
                Assert.Equal(header.DataBytes, HeaderTests.Read(again.ToString()).DataBytes);
                read++;
            }
            catch (EnviFormatException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000, $"Case {i}: {text}");
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    [Theory]
    [InlineData("2000000000", "100000", "1000")]
    [InlineData("1", "1", "2000000000")]
    [InlineData("2000000000", "1", "1")]
    public void A_header_that_promises_gigabytes_costs_no_memory(string samples, string lines, string bands)
    {
        File.WriteAllBytes(_folder["a.img"], new byte[100]);
        var header = HeaderTests.Read(
            $"ENVI\nsamples = {samples}\nlines = {lines}\nbands = {bands}\ndata type = 5\ninterleave = bip\nbyte order "
            + "= 0");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<EnviFormatException>(() => EnviCube.Open(header, _folder["a.img"]));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Damaged_csv_is_read_or_refused()
    {
        var random = new Random(12);
        var original = "wavelength (nm),\"a, b\",c\n400,0.1,0.2\n500,1e-3,3\n600,0.5,0.25\n"u8.ToArray();
        var (read, refused) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            try
            {
                var library = SpectraCsv.Read(
                    new StringReader(Encoding.UTF8.GetString(Mutate(original, random))), "a.csv");
                Assert.All(library.Spectra, spectrum => Assert.Equal(library.Bands, spectrum.Length));
                read++;
            }
            catch (FormatException e)
            {
                Assert.StartsWith("a.csv: ", e.Message);
                refused++;
            }
        }

        Assert.True(read > 200 && refused > 200, $"{read} read, {refused} refused");
    }

    [Fact]
    public void A_header_without_end_is_refused()
        => Assert.Contains(
            "longer than",
            Assert.Throws<EnviFormatException>(() => EnviHeaderReader.Read(new Endless(), "a.hdr")).Message);

    private static byte[] Mutate(byte[] original, Random random)
    {
        // Characters that mean something in a header are likelier than others to make something that is almost right.
        var meaningful = "={},;\n 0123456789-e"u8;
        var file = original.ToArray();
        var edits = random.Next(1, 4);
        for (var e = 0; e < edits; e++)
        {
            var at = random.Next(file.Length);
            file = random.Next(5) switch
            {
                0 => [.. file[..at], meaningful[random.Next(meaningful.Length)], .. file[(at + 1)..]],
                1 => [.. file[..at], (byte)random.Next(256), .. file[(at + 1)..]],
                2 => [.. file[..at], meaningful[random.Next(meaningful.Length)], .. file[at..]],
                3 when random.Next(4) == 0 => file[..Math.Max(1, at)],
                _ => [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(1, 8))..], (byte)'\n'],
            };
        }

        return file;
    }

    private sealed class Endless : TextReader
    {
        private int _at;

        public override int Read() => _at < 5 ? "ENVI\n"[_at++] : 'x';

        public override int Peek() => 'x';
    }
}
