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
        Assert.Contains("comma", Assert.Throws<ArgumentException>(() => Minerals.WriteEnvi(_folder["b.hdr"])).Message);
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
