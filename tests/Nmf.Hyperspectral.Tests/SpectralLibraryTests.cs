namespace Nmf.Hyperspectral.Tests;

public sealed class SpectralLibraryTests : IDisposable
{
    private static readonly SpectralLibrary Minerals = new(
        ["Alunite", "Kaolin, fine"], [[0.1f, 0.2f, 1f / 3], [0.5f, 0.25f, 1e-8f]], [0.4, 1.1, 2.5], "Micrometers");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Csv_gives_back_the_same_bits()
    {
        Minerals.WriteCsv(_folder["a.csv"]);
        Assert.Equal("wavelength (Micrometers),Alunite,\"Kaolin, fine\"", File.ReadLines(_folder["a.csv"]).First());
        Same(Minerals, SpectralLibrary.Read(_folder["a.csv"]));
        var plain = new SpectralLibrary(["a \"b\""], [[1, 2]]);
        plain.WriteCsv(_folder["a.csv"]);
        Same(plain, SpectralLibrary.Read(_folder["a.csv"]));
    }

    [Fact]
    public void An_envi_library_gives_back_the_same_bits()
    {
        var library = new SpectralLibrary(["Alunite", "Kaolin"], Minerals.Spectra, Minerals.Wavelengths, "Micrometers");
        library.WriteEnvi(_folder["a.hdr"]);
        Same(library, SpectralLibrary.Read(_folder["a.hdr"]));
        Same(library, SpectralLibrary.Read(_folder["a.sli"]));
        var header = EnviHeader.Read(_folder["a.hdr"]);
        Assert.Equal((3, 2, 1, "ENVI Spectral Library"), (header.Samples, header.Lines, header.Bands, header.FileType));
        Minerals.WriteEnvi(_folder["b.hdr"]);
        Assert.Equal(["Alunite", "Kaolin; fine"], SpectralLibrary.Read(_folder["b.hdr"]).Names);
    }

    [Fact]
    public void A_picture_is_no_library()
    {
        using (var writer = EnviWriter.Create(_folder["a.hdr"], new EnviHeader { Samples = 1, Lines = 1, Bands = 2 }))
        {
            writer.Write([1, 2]);
            writer.Complete();
        }

        Assert.Equal("file type", Assert.Throws<EnviFormatException>(() => SpectralLibrary.Read(_folder["a.hdr"])).Key);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("wavelength\n1", "1 columns")]
    [InlineData("wavelength,a\n", "no line with values")]
    [InlineData("wavelength,a\n1,2,3", "line 2 has 3 columns")]
    [InlineData("wavelength,a\n1,2\n\n2,x", "line 4, column 'a': 'x'")]
    [InlineData("wavelength,\"a\n1,2", "line 1 has a quotation mark")]
    [InlineData("wavelength,a\n1,2\n2,NaN", "line 3, column 'a': 'NaN' is not a finite number")]
    [InlineData("wavelength,a,b\n1,2,Infinity\n2,3,4", "line 2, column 'b': 'Infinity' is not a finite number")]
    [InlineData("wavelength,a\n1,-∞", "'-∞' is not a number")]
    [InlineData("wavelength,a\n1,1e39", "'1e39' is not a finite number")]
    [InlineData("wavelength,a\n1,-1e400", "'-1e400' is not a finite number")]
    [InlineData("wavelength,a\nNaN,1", "line 2, column 'wavelength': 'NaN' is not a finite number")]
    [InlineData("wavelength,a\n1,", "line 2, column 'a': '' is not a number")]
    public void Broken_csv_says_where(string text, string part)
    {
        File.WriteAllText(_folder["a.csv"], text);
        var message = Assert.Throws<FormatException>(() => SpectralLibrary.Read(_folder["a.csv"])).Message;
        Assert.Contains(part, message);
        Assert.StartsWith("a.csv: ", message);
    }

    [Fact]
    public void Maps_have_a_line_for_each_pixel()
    {
        var text = new StringWriter { NewLine = "\n" };
        SpectraCsv.WriteMaps(text, 2, ["soil", "a,b"], [0.5f, 1, 2, 3, 4, 5, 6, float.NaN]);
        Assert.Equal("line,sample,soil,\"a,b\"\n0,0,0.5,1\n0,1,2,3\n1,0,4,5\n1,1,6,NaN\n", text.ToString());
        Assert.Throws<ArgumentException>(() => SpectraCsv.WriteMaps(text, 2, ["soil"], [1, 2, 3]));
    }

    /// <summary>Each name comes back, and no cell begins with what makes it a formula.</summary>
    [Fact]
    public void No_name_is_a_formula_to_a_spreadsheet_and_every_name_comes_back()
    {
        string[] starts = ["=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "a", "'a", "'", ""];
        string[] before = ["", "'", "''", "' '", "\""];
        string[] names = [.. starts.SelectMany(start => before.Select(mark => $"{mark}{start}cmd|' /C, calc'!A0"))];
        var library = new SpectralLibrary(names, [.. names.Select(_ => new float[] { 1, 2 })]);
        library.WriteCsv(_folder["a.csv"]);
        Assert.Equal(names, SpectralLibrary.Read(_folder["a.csv"]).Names);
        var text = new StringWriter { NewLine = "\n" };
        SpectraCsv.WriteMaps(text, 1, names, new float[names.Length]);
        foreach (var line in new[] { File.ReadLines(_folder["a.csv"]).First(), text.ToString().Split('\n')[0] })
            Assert.DoesNotMatch("(^|,)\"?\\s*[=+@\uFF1D\uFF0B\uFF0D\uFF20-]", line);
        Assert.StartsWith("line,sample,\"'=cmd", text.ToString());
    }

    [Fact]
    public void What_csv_does_not_hold_leaves_an_older_file_as_it_was()
    {
        Minerals.WriteCsv(_folder["a.csv"]);
        foreach (var value in new[] { float.NaN, float.PositiveInfinity })
        {
            var error = Assert.Throws<InvalidOperationException>(
                () => new SpectralLibrary(["a", "b"], [[1, 2], [3, value]]).WriteCsv(_folder["a.csv"]));
            Assert.Contains("Band 1 (from 0) of spectrum 'b'", error.Message);
        }

        Assert.Throws<InvalidOperationException>(
            () => new SpectralLibrary(["a"], [[1]], [double.NaN]).WriteCsv(_folder["a.csv"]));
        Same(Minerals, SpectralLibrary.Read(_folder["a.csv"]));
    }

    [Fact]
    public void A_library_tells_what_its_header_left_out()
    {
        Minerals.WriteEnvi(_folder["a.hdr"]);
        File.WriteAllText(
            _folder["a.hdr"],
            File.ReadAllText(_folder["a.hdr"]).Replace("0.4, 1.1, 2.5", "0.4, 1.1", StringComparison.Ordinal));
        var library = SpectralLibrary.Read(_folder["a.sli"]);
        Assert.Null(library.Wavelengths);
        Assert.Contains("'wavelength", Assert.Single(library.Warnings));
    }

    [Fact]
    public void Lengths_must_fit_together()
    {
        Assert.Throws<ArgumentException>(() => new SpectralLibrary([], []));
        Assert.Throws<ArgumentException>(() => new SpectralLibrary(["a"], [[1], [2]]));
        Assert.Throws<ArgumentException>(() => new SpectralLibrary(["a", "b"], [[1], [2, 3]]));
        Assert.Throws<ArgumentException>(() => new SpectralLibrary(["a"], [[1]], [1, 2]));
    }

    private static void Same(SpectralLibrary expected, SpectralLibrary actual)
    {
        Assert.Equal(expected.Names, actual.Names);
        Assert.Equal(expected.Spectra, actual.Spectra);
        Assert.Equal(expected.Wavelengths, actual.Wavelengths);
        Assert.Equal(expected.WavelengthUnits, actual.WavelengthUnits);
    }
}
