using System.Text.Json;

namespace Nmf.Hyperspectral.Tests;

/// <summary>
/// Headers as other programs write them. What they say of the numbers is judged by GDAL
/// (<c>tests/goldens/make_envi_header_goldens.py</c>); what is left out of them is a warning.
/// </summary>
public sealed class ForeignHeaderTests : IDisposable
{
    private const string Plain =
        "ENVI\nsamples = 3\nlines = 2\nbands = 4\ndata type = 12\ninterleave = bil\nbyte order = 1\n";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, int, float[]> Judged
    {
        get
        {
            var data = new TheoryData<string, string, int, float[]>();
            using var file =
                JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "envi-headers.json")));
            foreach (var golden in file.RootElement.EnumerateArray())
            {
                data.Add(
                    golden.GetProperty("name").GetString()!,
                    golden.GetProperty("header").GetString()!,
                    golden.GetProperty("warnings").GetInt32(),
                    [.. golden.GetProperty("pixels").EnumerateArray().Select(value => value.GetSingle())]);
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Judged))]
    public void The_numbers_are_those_of_gdal_and_what_is_ignored_is_a_warning(
        string name, string header, int warnings, float[] pixels)
    {
        Assert.NotEmpty(name);
        File.WriteAllText(_folder["scene.hdr"], header);
        File.WriteAllBytes(_folder["scene.img"], [.. Enumerable.Range(0, 64).Select(value => (byte)value)]);
        using var cube = EnviCube.Open(_folder["scene.img"]);
        Assert.Equal(pixels, cube.ReadAll());
        Assert.Equal(warnings, cube.Header.Warnings.Count);
        Assert.All(cube.Header.Warnings, warning => Assert.StartsWith("scene.hdr: ", warning));

        // What was read can be written, and then has nothing left to warn of but what it still cannot say.
        var again = new StringWriter();
        cube.Header.Write(again);
        Assert.Equal(cube.Header.DataBytes, HeaderTests.Read(again.ToString()).DataBytes);
    }

    [Theory]
    [InlineData("wavelength = {1, 2, 3}\n", "'wavelength = {1, 2, 3}' has 3 elements, but there must be 4")]
    [InlineData("fwhm = {1, 2, x, 4}\n", "'fwhm = {1, 2, x, 4}' must be a list of numbers; element 3 is none")]
    [InlineData("wavelength = {1, 2, NaN, 4}\n", "element 3 is none")]
    [InlineData("bbl = {1, 0}\n", "has 2 elements")]
    [InlineData("band names = {a, b, c}\n", "has 3 elements")]
    [InlineData("data ignore value = {0, 0, 1, 0}\n", "must be one number")]
    [InlineData("data ignore value = black\n", "must be one number")]
    [InlineData("reflectance scale factor = 0\n", "must be one number")]
    [InlineData("file type = Erdas 7.5\n", "read as plain values")]
    [InlineData("note one\nnote two\n", "Lines 8 (\"note one\") and 9 are not of the form")]
    [InlineData("= 3\n", "Line 8 (\"= 3\") is not of the form")]
    [InlineData("a\nb\nc\nd\ne\n", "Lines 8 (\"a\"), 9, 10 and 2 more are not of the form")]
    [InlineData("sensor type = a\nsensor type = b\n", "'sensor type = b' contradicts an earlier line, which says 'a'")]
    [InlineData("band names = {a, b, c, d} and e\n", "text after the brace that closes 'band names'")]
    [InlineData("description = {a {b}\nsensor type = c\n", "'description' in line 8")]
    public void A_warning_names_field_and_reason(string line, string part)
    {
        var header = HeaderTests.Read(Plain + line);
        var warning = Assert.Single(header.Warnings);
        Assert.StartsWith("scene.hdr: ", warning);
        Assert.Contains(part, warning);
    }

    [Fact]
    public void What_is_not_understood_is_kept_as_it_is()
    {
        var header = HeaderTests.Read(Plain + "wavelength = {1, 2, 3}\nbbl = {1, 0}\ndata ignore value = black\n");
        Assert.Null(header.Wavelengths ?? (object?)header.GoodBands ?? header.DataIgnoreValue);
        Assert.Equal(
            [new("wavelength", "{1, 2, 3}"), new("bbl", "{1, 0}"), new("data ignore value", "black")],
            header.OtherFields);

        // A value that is set takes the place of the text that was not understood.
        var text = new StringWriter();
        (header with { Wavelengths = [1, 2, 3, 4], DataIgnoreValue = 7 }).Write(text);
        var again = HeaderTests.Read(text.ToString());
        Assert.Equal([1, 2, 3, 4], again.Wavelengths!);
        Assert.Equal(7, again.DataIgnoreValue);
        Assert.Contains("bbl", Assert.Single(again.Warnings));
    }

    [Theory]
    [InlineData("bbl = {1, 0}\n", "bbl", "DropBadBands")]
    [InlineData("data ignore value = black\n", "data ignore value", "IgnoredAsMissing")]
    [InlineData("data ignore value = {1, 2, 3, 4}\n", "data ignore value", "IgnoredAsMissing")]
    [InlineData("reflectance scale factor = {1, 2}\n", "reflectance scale factor", "ScaleToReflectance")]
    public void A_field_that_changes_the_numbers_and_is_not_understood_is_an_error_where_it_is_asked_for(
        string line, string key, string option)
    {
        File.WriteAllText(_folder["scene.hdr"], Plain + line);
        File.WriteAllBytes(_folder["scene.img"], new byte[48]);
        var error = Assert.Throws<EnviFormatException>(
            () => EnviCube.Open(_folder["scene.hdr"], new EnviReadOptions { DropBadBands = true }));
        Assert.Equal((_folder["scene.hdr"], key), (error.Path, error.Key));
        Assert.Contains(option, error.Message);
        using var cube = EnviCube.Open(
            _folder["scene.hdr"],
            new EnviReadOptions { DropBadBands = false, IgnoredAsMissing = false, ScaleToReflectance = false });
        Assert.Equal(24, cube.ReadAll().Length);
        Assert.Single(cube.Warnings);
    }

    [Theory]
    [InlineData("None", null)]
    [InlineData("none", null)]
    [InlineData("", null)]
    [InlineData("{}", null)]
    [InlineData("N/A", null)]
    [InlineData("NaN", double.NaN)]
    [InlineData("-nan", double.NaN)]
    [InlineData("{-9999}", -9999.0)]
    [InlineData("{-9999, -9999.0, -9999}", -9999.0)]
    [InlineData("-1.23e+034", -1.23e34)]
    [InlineData("-1.797693134862316E+308", double.MinValue)]
    [InlineData("-inf", double.NegativeInfinity)]
    public void Ignore_values_are_read_as_they_are_found(string text, double? value)
    {
        var header = HeaderTests.Read(Plain + $"data ignore value = {text}\n");
        Assert.Equal(value, header.DataIgnoreValue);
        Assert.Empty(header.Warnings);
    }

    [Theory]
    [InlineData("{a (1, 2), b, c, d}")]
    [InlineData("{\n a (1, 2),\n b,\n c,\n d\n}")]
    [InlineData("{a (1, 2), b, c, d,}")]
    public void Names_with_commas_are_read_where_one_reading_fits(string names)
    {
        var header = HeaderTests.Read(Plain + $"band names = {names}\n");
        Assert.Equal(["a (1, 2)", "b", "c", "d"], header.BandNames!);
        Assert.Empty(header.Warnings);
    }

    [Fact]
    public void Names_with_commas_one_on_each_line_are_read()
        => Assert.Equal(
            ["a, b", "b", "c, d, e", "d"],
            HeaderTests.Read(Plain + "band names = {\na, b,\nb,\nc, d, e,\nd}").BandNames!);

    [Fact]
    public void Names_that_a_list_cannot_hold_are_written_as_the_nearest_that_it_can()
    {
        var text = new StringWriter();
        new EnviHeader { Samples = 1, Lines = 1, Bands = 3, BandNames = ["a, b", "c\r\nd", "e {f"] }.Write(text);
        Assert.Equal(["a; b", "c d", "e (f"], HeaderTests.Read(text.ToString()).BandNames!);
    }

    [Theory]
    [InlineData("data type = 6", "6", "complex")]
    [InlineData("data type = 9", "9", "complex")]
    [InlineData("data type = 7", "7", "no type of ENVI")]
    [InlineData("file compression = 1", "1", "gzip")]
    [InlineData("file type = TIFF", "TIFF", "header of its own")]
    [InlineData("file type = ENVI Virtual Mosaic", "ENVI Virtual Mosaic", "other files")]
    [InlineData("file type = ENVI Meta File", "ENVI Meta File", "other files")]
    [InlineData("major frame offsets = 4", "4", "bytes between")]
    [InlineData("minor frame offsets = {0, 4}", "{0, 4}", "bytes between")]
    public void What_is_not_read_says_why(string line, string value, string part)
    {
        var text = line.StartsWith("data type", StringComparison.Ordinal)
            ? Plain.Replace("data type = 12", line, StringComparison.Ordinal)
            : Plain + line;
        var error = Assert.Throws<EnviFormatException>(() => HeaderTests.Read(text));
        Assert.Equal((line.Split(" = ")[0], value), (error.Key, error.Value));
        Assert.Contains(part, error.Message);
    }

    /// <summary>
    /// Comments, blank lines, blanks around keys and lines of no field may stand anywhere between fields, also within
    /// lists: none changes what is read.
    /// </summary>
    [Fact]
    public void Nothing_between_the_fields_changes_what_is_read()
    {
        var random = new Random(3);
        var expected = HeaderTests.Read(HeaderTests.Full);
        string[] between = ["", "   ", "; comment", "  ; samples = 9", "\t; } {"];
        for (var i = 0; i < 300; i++)
        {
            var lines = HeaderTests.Full.Split('\n').ToList();
            for (var edit = 0; edit < 5; edit++)
                lines.Insert(random.Next(1, lines.Count), between[random.Next(between.Length)]);
            for (var line = 1; line < lines.Count; line++)
            {
                if (random.Next(4) == 0 && lines[line].Contains('=', StringComparison.Ordinal))
                    lines[line] = new string(' ', random.Next(3)) + lines[line].Replace(
                        "=", random.Next(2) == 0 ? "=" : " =  ", StringComparison.Ordinal);
            }

            var header = HeaderTests.Read(string.Join(random.Next(2) == 0 ? "\n" : "\r\n", lines));
            Assert.Empty(header.Warnings);
            Assert.Equal(expected.DataBytes, header.DataBytes);
            Assert.Equal(expected.Wavelengths!, header.Wavelengths!);
            Assert.Equal(expected.BandNames!, header.BandNames!);
            Assert.Equal(expected.GoodBands!, header.GoodBands!);
            Assert.Equal(
                expected.OtherFields.Select(field => field.Key), header.OtherFields.Select(field => field.Key));
        }
    }
}
