namespace Nmf.Hyperspectral;

/// <summary>Named spectra over the same bands: endmembers, or a library of materials. Read and written as an ENVI
/// spectral library and as CSV.</summary>
public sealed class SpectralLibrary
{
    /// <summary>Wraps spectra, without a copy.</summary>
    /// <param name="names">One name for each spectrum.</param>
    /// <param name="spectra">The spectra, all of one length.</param>
    /// <param name="wavelengths">Centres of the bands, or null.</param>
    /// <param name="wavelengthUnits">Unit of the wavelengths, such as "Micrometers", or null.</param>
    /// <exception cref="ArgumentException">There is no spectrum, or lengths do not fit together; the
    /// message says which.</exception>
    public SpectralLibrary(
        IReadOnlyList<string> names, IReadOnlyList<float[]> spectra, IReadOnlyList<double>? wavelengths = null,
        string? wavelengthUnits = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(spectra);
        if (spectra.Count == 0 || spectra[0].Length == 0)
            throw new ArgumentException(
                "A spectral library needs at least one spectrum with at least one band.", nameof(spectra));
        if (names.Count != spectra.Count)
            throw new ArgumentException($"There are {names.Count} names for {spectra.Count} spectra.", nameof(names));
        for (var k = 0; k < spectra.Count; k++)
        {
            if (spectra[k].Length != spectra[0].Length)
                throw new ArgumentException(
                    $"Spectrum '{names[k]}' has {spectra[k].Length} bands, but the first has {spectra[0].Length}.",
                    nameof(spectra));
        }

        if (wavelengths is not null && wavelengths.Count != spectra[0].Length)
            throw new ArgumentException(
                $"There are {wavelengths.Count} wavelengths for {spectra[0].Length} bands.",
                nameof(wavelengths));
        (Names, Spectra, Wavelengths, WavelengthUnits) = (names, spectra, wavelengths, wavelengthUnits);
    }

    /// <summary>Names of the spectra.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The spectra, <see cref="Bands"/> values each.</summary>
    public IReadOnlyList<float[]> Spectra { get; }

    /// <summary>Centres of the bands in <see cref="WavelengthUnits"/>; null when they are not known.</summary>
    public IReadOnlyList<double>? Wavelengths { get; }

    /// <summary>Unit of the wavelengths; null when it is not known.</summary>
    public string? WavelengthUnits { get; }

    /// <summary>What of the files was left out or taken to be meant when it was read: those of
    /// <see cref="EnviCube.Warnings"/>.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Number of values of a spectrum.</summary>
    public int Bands => Spectra[0].Length;

    /// <summary>Reads a library: CSV when the path ends in ".csv", otherwise ENVI.</summary>
    /// <param name="path">Path of the CSV file, or of the ENVI header or data.</param>
    /// <exception cref="EnviFormatException">It is not an ENVI spectral library.</exception>
    /// <exception cref="FormatException">The CSV is broken, or has a number that is not finite; the message names
    /// line and column.</exception>
    /// <exception cref="IOException">There is no such file, or the path is that of a folder.</exception>
    public static SpectralLibrary Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        EnviPaths.RequireNoFolder(path);
        if (!Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            return ReadEnvi(path);
        using var text = new StreamReader(path);
        return SpectraCsv.Read(text, Path.GetFileName(path));
    }

    /// <summary>Writes an ENVI spectral library, Singles in the byte order of most machines,
    /// over an older one.</summary>
    /// <param name="path">Path of the header, ending in ".hdr"; the data of "endmembers.hdr" are
    /// "endmembers.sli".</param>
    /// <remarks>Names are written as those of <see cref="EnviHeader.BandNames"/> are: a comma as a semicolon.</remarks>
    public void WriteEnvi(string path)
    {
        using var writer = EnviWriter.Create(path, new EnviHeader
        {
            Samples = Bands,
            Lines = Spectra.Count,
            Bands = 1,
            FileType = EnviHeader.LibraryFile,
            SpectraNames = Names,
            Wavelengths = Wavelengths,
            WavelengthUnits = WavelengthUnits,
        });
        foreach (var spectrum in Spectra)
            writer.Write(spectrum);
        writer.Complete();
    }

    /// <summary>Writes CSV over an older file: a line of names, then a line for each band that begins with its
    /// wavelength, or its number from 1.</summary>
    /// <remarks>A name that a spreadsheet would take for a formula has an apostrophe before it, which
    /// <see cref="Read"/> takes away again.</remarks>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="InvalidOperationException">A value is not finite, which CSV does not hold; the message names
    /// spectrum and band, or the wavelengths.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public void WriteCsv(string path)
    {
        RequireFinite();
        using var text = new StreamWriter(path) { NewLine = "\n" };
        SpectraCsv.Write(this, text);
    }

    private void RequireFinite()
    {
        for (var k = 0; k < Spectra.Count; k++)
        {
            var band = Array.FindIndex(Spectra[k], value => !float.IsFinite(value));
            if (band >= 0)
                throw new InvalidOperationException(
                    $"Band {band} (from 0) of spectrum '{Names[k]}' is {Spectra[k][band]}, which CSV does not hold.");
        }

        if (Wavelengths?.Any(wavelength => !double.IsFinite(wavelength)) == true)
            throw new InvalidOperationException("A wavelength is not finite, which CSV does not hold.");
    }

    private static SpectralLibrary ReadEnvi(string path)
    {
        using var cube = EnviCube.Open(path);
        var header = cube.Header;
        if (!header.IsSpectralLibrary || header.Bands != 1)
            throw new EnviFormatException(
                path, "file type", header.FileType,
                $"with {header.Bands} bands is not a spectral library: "
                + $"that is one band of type \"{EnviHeader.LibraryFile}\".");
        var values = cube.ReadAll();
        return new SpectralLibrary(
            header.SpectraNames
                ?? [.. Enumerable.Range(1, header.Lines).Select(number => $"Spectrum {number}")],
            [.. values.Chunk(header.Samples)],
            header.Wavelengths,
            header.WavelengthUnits)
        {
            Warnings = cube.Warnings,
        };
    }
}
