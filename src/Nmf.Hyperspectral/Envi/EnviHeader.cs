namespace Nmf.Hyperspectral;

/// <summary>
/// What the text file beside an ENVI picture says ("ENVI Header Files", NV5 Geospatial Software documentation): the
/// size and the layout of the data, and what the bands are. A picture has <see cref="Lines"/> times
/// <see cref="Samples"/> pixels of <see cref="Bands"/> values.
/// </summary>
/// <remarks>Immutable; lists are taken as they are. Equality is by reference for lists.</remarks>
public sealed record EnviHeader
{
    internal const string StandardFile = "ENVI Standard";
    internal const string BadBandsKey = "bbl";
    internal const string IgnoreValueKey = "data ignore value";
    internal const string ScaleFactorKey = "reflectance scale factor";
    internal const string LibraryFile = "ENVI Spectral Library";

    private static readonly string[] GeographicKeys = [
        "coordinate system string", "geo points", "pixel size", "projection info", "rpc info", "x start", "y start"];

    /// <summary>Width of the picture in pixels. In a spectral library: the number of values of a spectrum.</summary>
    public required int Samples { get; init; }

    /// <summary>Height of the picture in pixels. In a spectral library: the number of spectra.</summary>
    public required int Lines { get; init; }

    /// <summary>Number of values of a pixel. In a spectral library: 1.</summary>
    public required int Bands { get; init; }

    /// <summary>How a value is stored.</summary>
    public EnviDataType DataType { get; init; } = EnviDataType.Single;

    /// <summary>Order of the values.</summary>
    public EnviInterleave Interleave { get; init; } = EnviInterleave.Bsq;

    /// <summary>Order of the bytes of a value.</summary>
    internal EnviByteOrder ByteOrder { get; init; } = EnviByteOrder.LittleEndian;

    /// <summary>Bytes before the first value.</summary>
    internal long HeaderOffset { get; init; }

    /// <summary>Kind of file, such as "ENVI Standard" or "ENVI Spectral Library".</summary>
    internal string FileType { get; init; } = StandardFile;

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>Centres of the bands in <see cref="WavelengthUnits"/>, one for each (of a spectral library: one
    /// for each sample).</summary>
    public IReadOnlyList<double>? Wavelengths { get; init; }

    /// <summary>Unit of <see cref="Wavelengths"/>, such as "Micrometers" or "Nanometers".</summary>
    public string? WavelengthUnits { get; init; }

    /// <summary>Widths of the bands at half of their maximum, in <see cref="WavelengthUnits"/>.</summary>
    public IReadOnlyList<double>? FullWidthsAtHalfMaximum { get; init; }

    /// <summary>Whether each band is good: not 0 in the list "bbl".</summary>
    public IReadOnlyList<bool>? GoodBands { get; init; }

    /// <summary>
    /// Names of the bands; they may be alike. A list of an ENVI header cannot hold a comma, a line break or a brace
    /// without its partner: they are written as a semicolon, a blank and a parenthesis.
    /// </summary>
    public IReadOnlyList<string>? BandNames { get; init; }

    /// <summary>Names of the spectra of a spectral library, written as <see cref="BandNames"/> are.</summary>
    internal IReadOnlyList<string>? SpectraNames { get; init; }

    /// <summary>Position on the Earth, the text of the field as it is, braces included.</summary>
    public string? MapInfo { get; init; }

    /// <summary>The stored value that means that there is none.</summary>
    public double? DataIgnoreValue { get; init; }

    /// <summary>What stored values are divided by to get reflectance between 0 and 1, greater than zero.</summary>
    public double? ReflectanceScaleFactor { get; init; }

    /// <summary>
    /// All other fields, and those that were not understood, keys in lower case and values as they are, braces
    /// included, in the order of the file. A property that is set is written in place of the field of its name.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> OtherFields { get; init; } = [];

    /// <summary>What of the text was left out when it was read, or taken to be meant, one sentence each; each begins
    /// with the name of the file.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Whether it describes spectra, one for each line, and no picture.</summary>
    internal bool IsSpectralLibrary => FileType.Equals(LibraryFile, StringComparison.OrdinalIgnoreCase);

    /// <summary>Number of pixels.</summary>
    public long Pixels => (long)Lines * Samples;

    /// <summary>Size of the data in bytes, without <see cref="HeaderOffset"/>.</summary>
    /// <exception cref="OverflowException">It is beyond Int64.</exception>
    internal long DataBytes => checked(Pixels * Bands * DataType.Size());

    /// <summary>
    /// The header of maps over the same pixels, such as abundances: other bands, of type Single without scale or ignore
    /// value; the position on the Earth is kept.
    /// </summary>
    /// <param name="names">Names of the maps.</param>
    /// <param name="interleave">Order of the values.</param>
    public EnviHeader ForMaps(IReadOnlyList<string> names, EnviInterleave interleave = EnviInterleave.Bsq)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new EnviHeader
        {
            Samples = Samples,
            Lines = Lines,
            Bands = names.Count,
            BandNames = names,
            Interleave = interleave,
            MapInfo = MapInfo,
            OtherFields = [.. OtherFields.Where(field => GeographicKeys.Contains(field.Key))],
        };
    }

    private int SpectrumLength => IsSpectralLibrary ? Samples : Bands;

    /// <summary>Reads a header.</summary>
    /// <param name="path">Path of the header, or of the data beside it.</param>
    /// <exception cref="EnviFormatException">It is not a header that can be read; the message
    /// names the field.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">The path is that of a folder.</exception>
    public static EnviHeader Read(string path)
    {
        var header = EnviPaths.FindHeader(path);
        using var text = new StreamReader(new FileStream(header, FileMode.Open, FileAccess.Read, FileShare.Read));
        return EnviHeaderReader.Read(text, header);
    }

    /// <summary>Writes it over an older file.</summary>
    /// <param name="path">Path of the header, which should end in ".hdr".</param>
    /// <exception cref="ArgumentException">A field cannot be written; the message names it.</exception>
    public void Write(string path)
    {
        Validate();
        using var text = new StreamWriter(path) { NewLine = "\n" };
        EnviHeaderWriter.Write(this, text);
    }

    /// <summary>Writes it.</summary>
    /// <param name="text">Where to.</param>
    /// <exception cref="ArgumentException">A field cannot be written; the message names it.</exception>
    internal void Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Validate();
        EnviHeaderWriter.Write(this, text);
    }

    /// <summary>What a band is called: its wavelength, or its name, or its number from 1.</summary>
    /// <param name="band">Index of the band, from 0.</param>
    public string BandLabel(int band)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(band);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(band, Bands);
        return Wavelengths is { } wavelengths && !IsSpectralLibrary
            ? $"{wavelengths[band]:R}"
            : BandNames is { } names ? names[band]
            : $"Band {band + 1}";
    }

    /// <summary>Requires that a header can be written and read again.</summary>
    /// <exception cref="ArgumentException">Something is out of range; the message names it.</exception>
    internal void Validate()
    {
        Require(
            Samples > 0 && Lines > 0 && Bands > 0,
            $"A picture needs samples, lines and bands, not {Samples} x {Lines} x {Bands}.",
            nameof(Samples));
        Require(Enum.IsDefined(DataType), $"There is no data type {DataType}.", nameof(DataType));
        Require(Enum.IsDefined(Interleave), $"There is no interleave {Interleave}.", nameof(Interleave));
        Require(Enum.IsDefined(ByteOrder), $"There is no byte order {ByteOrder}.", nameof(ByteOrder));
        Require(HeaderOffset >= 0, "The header offset must not be negative.", nameof(HeaderOffset));
        Require(
            FitsInt64, $"{Samples} samples x {Lines} lines x {Bands} bands are more than a file can hold.",
            nameof(Samples));
        Require(
            ReflectanceScaleFactor is null or (> 0 and < double.PositiveInfinity),
            "The reflectance scale factor must be finite and greater than zero.", nameof(ReflectanceScaleFactor));
        RequireLength(Wavelengths?.Count, SpectrumLength, nameof(Wavelengths));
        RequireLength(FullWidthsAtHalfMaximum?.Count, SpectrumLength, nameof(FullWidthsAtHalfMaximum));
        RequireLength(GoodBands?.Count, SpectrumLength, nameof(GoodBands));
        RequireLength(BandNames?.Count, Bands, nameof(BandNames));
        RequireLength(SpectraNames?.Count, Lines, nameof(SpectraNames));
        RequireText(FileType, nameof(FileType));
        RequireText(Description, nameof(Description));
        RequireText(WavelengthUnits, nameof(WavelengthUnits));
        RequireVerbatim("map info", MapInfo ?? "", nameof(MapInfo));
        foreach (var (key, value) in OtherFields)
            RequireVerbatim(key, value, nameof(OtherFields));
    }

    internal bool FitsInt64 => (Int128)Pixels * Bands * DataType.Size() + HeaderOffset <= long.MaxValue;

    private static void RequireText(string? text, string property)
        => Require(
            text is null || EnviText.IsBalanced(text) || !EnviText.NeedsBraces(text),
            $"The text '{text}' has a brace without its partner.",
            property);

    private static void RequireVerbatim(string key, string value, string property)
        => Require(
            !key.AsSpan().ContainsAny("=\r\n") && (EnviText.IsBraced(value) || !EnviText.NeedsBraces(value)),
            $"The field '{key} = {value}' is not of the form \"key = value\": "
                + "a value of several lines needs braces around it.",
            property);

    private static void RequireLength(int? length, int expected, string property)
        => Require(
            length is null || length == expected,
            $"{property} has {length} elements, but there must be {expected}.", property);

    private static void Require(bool condition, string message, string property)
    {
        if (!condition)
            throw new ArgumentException(message, property);
    }
}
