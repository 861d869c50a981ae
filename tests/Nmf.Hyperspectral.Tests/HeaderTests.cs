namespace Nmf.Hyperspectral.Tests;

public sealed class HeaderTests
{
    internal const string Full = """
        ENVI
        description = {
          A scene, with a comma,
          over two lines}
        ; a comment
        samples = 3
        lines   = 2
        bands   = 4

        header offset = 16
        File Type = ENVI Standard
        data type = 12
        interleave = BIL
        sensor type = Unknown
        byte order = 1
        default bands = {3, 2, 1}
        map info = {UTM, 1.000, 1.000, 580000.0, 4140000.0, 20.0, 20.0, 10, North, WGS-84}
        data  ignore  value = -9999
        reflectance scale factor = 10000.0
        wavelength units = Micrometers
        band names = { one, two,
         three, four }
        wavelength = { 0.4, 0.5,
          0.65, 2.5e0 }
        fwhm = {0.01,0.01,0.01,0.02,}
        bbl = {1, 0, 1, 1}
        nested = {a {b} c}
        """;

    [Fact]
    public void Every_field_is_read()
    {
        var header = Read(Full);
        Assert.Equal((3, 2, 4), (header.Samples, header.Lines, header.Bands));
        Assert.Equal(
            (EnviDataType.UInt16, EnviInterleave.Bil, EnviByteOrder.BigEndian),
            (header.DataType, header.Interleave, header.ByteOrder));
        Assert.Equal((16, "ENVI Standard", false), (header.HeaderOffset, header.FileType, header.IsSpectralLibrary));
        Assert.Equal("A scene, with a comma,\n  over two lines", header.Description);
        Assert.Equal([0.4, 0.5, 0.65, 2.5], header.Wavelengths!);
        Assert.Equal("Micrometers", header.WavelengthUnits);
        Assert.Equal([0.01, 0.01, 0.01, 0.02], header.FullWidthsAtHalfMaximum!);
        Assert.Equal([true, false, true, true], header.GoodBands!);
        Assert.Equal(["one", "two", "three", "four"], header.BandNames!);
        Assert.Equal("{UTM, 1.000, 1.000, 580000.0, 4140000.0, 20.0, 20.0, 10, North, WGS-84}", header.MapInfo);
        Assert.Equal((-9999, 10000), (header.DataIgnoreValue, header.ReflectanceScaleFactor));
        Assert.Equal(
            [new("sensor type", "Unknown"), new("default bands", "{3, 2, 1}"), new("nested", "{a {b} c}")],
            header.OtherFields);
        Assert.Equal((6, 48), (header.Pixels, header.DataBytes));
        Assert.Equal("0.65", header.BandLabel(2));
        Assert.Equal("three", (header with { Wavelengths = null }).BandLabel(2));
        Assert.Equal("Band 3", (header with { Wavelengths = null, BandNames = null }).BandLabel(2));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Line_ends_of_every_system_are_read(string end)
        => Assert.Equal([0.4, 0.5, 0.65, 2.5], Read(Full.ReplaceLineEndings(end)).Wavelengths!);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var header = Read(Full);
        var text = new StringWriter();
        header.Write(text);
        var again = Read(text.ToString());
        Assert.Equivalent(header, again, strict: true);
        var second = new StringWriter();
        again.Write(second);
        Assert.Equal(text.ToString(), second.ToString());
    }

    [Fact]
    public void Only_sizes_type_and_interleave_are_required()
    {
        var header = Read("ENVI\nsamples = 1\nlines = 1\nbands = 1\ndata type = 1\ninterleave = bsq");
        Assert.Equal(
            (0, EnviByteOrder.LittleEndian, "ENVI Standard"), (header.HeaderOffset, header.ByteOrder, header.FileType));
        Assert.Null(header.Wavelengths ?? (object?)header.DataIgnoreValue ?? header.MapInfo);
        Assert.Empty(header.Warnings);
    }

    [Theory]
    [InlineData("samples = 3", "samples = x", "samples", "x")]
    [InlineData("samples = 3", "samples = 0", "samples", "0")]
    [InlineData("samples = 3", "samples = -3", "samples", "-3")]
    [InlineData("lines   = 2", "lines = 99999999999", "lines", "99999999999")]
    [InlineData("bands   = 4", "bands = 4.5", "bands", "4.5")]
    [InlineData("data type = 12", "data type = 7", "data type", "7")]
    [InlineData("data type = 12", "", "data type", null)]
    [InlineData("byte order = 1", "byte order = 2", "byte order", "2")]
    [InlineData("interleave = BIL", "interleave = tile", "interleave", "tile")]
    [InlineData("interleave = BIL", "", "interleave", null)]
    [InlineData("header offset = 16", "header offset = -1", "header offset", "-1")]
    [InlineData("header offset = 16\n", "file type = TIFF\n", "file type", "TIFF")]
    [InlineData("ENVI Standard", "ENVI Meta File", "file type", "ENVI Meta File")]
    [InlineData("sensor type = Unknown", "file compression = 1", "file compression", "1")]
    [InlineData("sensor type = Unknown", "major frame offsets = {0, 8}", "major frame offsets", "{0, 8}")]
    [InlineData("sensor type = Unknown", "samples = 5", "samples", "5")]
    [InlineData("nested = {a {b} c}", "bbl = {0, 0, 0, 0}", "bbl", "{0, 0, 0, 0}")]
    public void A_broken_field_is_named_with_its_value(string part, string replacement, string key, string? value)
    {
        var text = Full.Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Full, text);
        var error = Assert.Throws<EnviFormatException>(() => Read(text));
        Assert.Equal(("scene.hdr", key), (error.Path, error.Key));
        Assert.Contains($"scene.hdr: '{key}", error.Message);
        if (value is not null)
            Assert.Equal(value, error.Value);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("BSQ", "\"BSQ\", not \"ENVI\"")]
    [InlineData("\u0001\u00ff", "\"??\"")]
    [InlineData("ENVI\nbbl = {1,\n2\nlines = 3", "'bbl' in line 2 is never closed")]
    [InlineData(
        "ENVI\nsamples = 2147483647\nlines = 2147483647\nbands = 2147483647\ndata type = 5\ninterleave = bip\nbyte "
        + "order = 0", "more than a file can hold")]
    public void A_broken_text_is_an_error_that_says_where(string text, string part)
        => Assert.Contains(part, Assert.Throws<EnviFormatException>(() => Read(text)).Message);

    [Fact]
    public void What_cannot_be_written_is_refused_by_name()
    {
        var good = new EnviHeader { Samples = 2, Lines = 2, Bands = 2 };
        Refuse(good with { Lines = 0 }, "2 x 0 x 2");
        Refuse(good with { BandNames = ["a"] }, "BandNames has 1");
        Refuse(good with { Wavelengths = [1, 2, 3] }, "Wavelengths has 3");
        Refuse(good with { Description = "{" }, "brace");
        Refuse(good with { MapInfo = "two\nlines" }, "map info");
        Refuse(good with { DataType = (EnviDataType)6 }, "data type");
        Refuse(good with { ReflectanceScaleFactor = 0 }, "scale factor");
        Refuse(good with { HeaderOffset = -1 }, "offset");
        Refuse(
            good with { Samples = int.MaxValue, Lines = int.MaxValue, Bands = int.MaxValue },
            "more than a file can hold");

        static void Refuse(EnviHeader header, string part)
            => Assert.Contains(part, Assert.Throws<ArgumentException>(() => header.Write(new StringWriter())).Message);
    }

    [Fact]
    public void The_header_of_maps_keeps_the_place_and_nothing_of_the_spectra()
    {
        var scene = Read(Full + "\ncoordinate system string = {PROJCS[\"UTM\"]}");
        var maps = scene.ForMaps(["a", "b"], EnviInterleave.Bip);
        Assert.Equal(
            (3, 2, 2, EnviDataType.Single, EnviInterleave.Bip),
            (maps.Samples, maps.Lines, maps.Bands, maps.DataType, maps.Interleave));
        Assert.Equal(scene.MapInfo, maps.MapInfo);
        Assert.Equal(["coordinate system string"], maps.OtherFields.Select(field => field.Key));
        Assert.Null(
            maps.Wavelengths ?? maps.FullWidthsAtHalfMaximum ?? (object?)maps.GoodBands ?? maps.DataIgnoreValue);
        maps.Write(new StringWriter());
    }

    internal static EnviHeader Read(string text) => EnviHeaderReader.Read(new StringReader(text), "scene.hdr");
}
