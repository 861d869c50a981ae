namespace Nmf.Hyperspectral;

/// <summary>Writes a header that was validated.</summary>
internal static class EnviHeaderWriter
{
    private const int NumbersPerLine = 8;

    public static void Write(EnviHeader header, TextWriter text)
    {
        text.WriteLine("ENVI");
        if (header.Description is { } description)
            Field("description", EnviText.IsBalanced(description) ? Braced(description) : description);
        Field("samples", Number(header.Samples));
        Field("lines", Number(header.Lines));
        Field("bands", Number(header.Bands));
        Field("header offset", Number(header.HeaderOffset));
        Field("file type", Text(header.FileType));
        Field("data type", Number((int)header.DataType));
        Field("interleave", header.Interleave.ToString().ToLowerInvariant());
        Field("byte order", Number((int)header.ByteOrder));
        Field("map info", header.MapInfo);
        Field("data ignore value", header.DataIgnoreValue is { } ignored ? Number(ignored) : null);
        Field("reflectance scale factor", header.ReflectanceScaleFactor is { } factor ? Number(factor) : null);
        Field("wavelength units", header.WavelengthUnits is { } units ? Text(units) : null);
        foreach (var (key, value) in header.OtherFields.Where(field => !IsSet(header, field.Key)))
            Field(key, value);
        Names("band names", header.BandNames);
        Names("spectra names", header.SpectraNames);
        Numbers("wavelength", header.Wavelengths);
        Numbers("fwhm", header.FullWidthsAtHalfMaximum);
        Numbers("bbl", header.GoodBands is { } good ? [.. good.Select(isGood => isGood ? 1.0 : 0)] : null);

        void Field(string key, string? value)
        {
            if (value is not null)
                text.WriteLine($"{key} = {value}");
        }

        void Names(string key, IReadOnlyList<string>? names)
        {
            // A comma after the last name counts only where that name is empty.
            if (names is not null)
                text.WriteLine(
                    $"{key} = {{\n  {string.Join(",\n  ", Writable(names))}{(names[^1].Length == 0 ? "," : "")}}}");
        }

        void Numbers(string key, IReadOnlyList<double>? numbers)
        {
            if (numbers is null)
                return;
            var lines = numbers.Select(Number).Chunk(NumbersPerLine).Select(line => string.Join(", ", line));
            text.WriteLine($"{key} = {{\n  {string.Join(",\n  ", lines)}}}");
        }
    }

    /// <summary>Whether a property takes the place of a field that was not understood.</summary>
    private static bool IsSet(EnviHeader header, string key) => key switch
    {
        "band names" => header.BandNames is not null,
        "spectra names" => header.SpectraNames is not null,
        "wavelength" => header.Wavelengths is not null,
        "fwhm" => header.FullWidthsAtHalfMaximum is not null,
        EnviHeader.BadBandsKey => header.GoodBands is not null,
        EnviHeader.IgnoreValueKey => header.DataIgnoreValue is not null,
        EnviHeader.ScaleFactorKey => header.ReflectanceScaleFactor is not null,
        _ => false,
    };

    /// <summary>The names in the nearest form that a list can hold.</summary>
    private static IEnumerable<string> Writable(IReadOnlyList<string> names)
    {
        var balanced = EnviText.IsBalanced(string.Concat(names));
        return names.Select(
            name => (balanced ? name : EnviText.WithoutBraces(name)).ReplaceLineEndings(" ").Replace(',', ';'));
    }

    private static string Text(string value) => EnviText.NeedsBraces(value) ? Braced(value) : value;

    private static string Braced(string value) => $"{{{value}}}";

    private static string Number(double value) => $"{value:R}";

    private static string Number(long value) => $"{value}";
}
