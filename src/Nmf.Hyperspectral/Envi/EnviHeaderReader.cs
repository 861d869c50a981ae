namespace Nmf.Hyperspectral;

/// <summary>Makes a header of its fields: sizes and layout must be there and be understood, the rest is left out with a
/// warning where it is not.</summary>
internal static class EnviHeaderReader
{
    // Kinds whose files begin with a header of their own, and kinds whose data are in other files.
    private static readonly string[] Containers = [
        "TIFF", "NITF", "JPEG", "PNG", "GIF", "BMP", "HDF", "NETCDF", "MRSID", "ECW"];
    private static readonly string[] References = ["META FILE", "VIRTUAL MOSAIC"];
    private static readonly string[] PlainTypes = ["ENVI", "STANDARD", "UNKNOWN"];

    public static EnviHeader Read(TextReader text, string path)
    {
        var warnings = new List<string>();
        return Interpret(
            new EnviFields(path, EnviHeaderText.Fields(text, path, warnings), warnings)) with { Warnings = warnings };
    }

    private static EnviHeader Interpret(EnviFields fields)
    {
        if (!fields.TakeIsZero("file compression", out var compression))
            throw fields.Error(
                "file compression", compression, "is not read: the data are packed (gzip). Unpack them first.");
        foreach (var key in new[] { "major frame offsets", "minor frame offsets" })
        {
            if (!fields.TakeIsZero(key, out var frame))
                throw fields.Error(key, frame, "is not read: there may be no bytes between the lines or bands.");
        }

        var header = new EnviHeader
        {
            Samples = fields.TakeCount("samples"),
            Lines = fields.TakeCount("lines"),
            Bands = fields.TakeCount("bands"),
            DataType = DataType(fields),
            HeaderOffset = fields.TakeOffset("header offset"),
        };
        if (!header.FitsInt64)
            throw fields.Error($"'samples', 'lines' and 'bands' ({header.Samples} x {header.Lines} x "
                + $"{header.Bands}) are more than a file can hold.");
        header = header with
        {
            FileType = FileType(fields, header.HeaderOffset),
            Interleave = Interleave(fields, header.Bands),
            ByteOrder = ByteOrder(fields, header.DataType),
        };
        var length = header.IsSpectralLibrary ? header.Samples : header.Bands;
        return header with
        {
            Wavelengths = fields.TakeNumbers("wavelength", length),
            WavelengthUnits = fields.TakeText("wavelength units"),
            FullWidthsAtHalfMaximum = fields.TakeNumbers("fwhm", length),
            GoodBands = fields.TakeNumbers(EnviHeader.BadBandsKey, length) is { } factors
                ? Array.ConvertAll(factors, factor => factor != 0)
                : null,
            BandNames = fields.TakeNames("band names", header.Bands),
            SpectraNames = fields.TakeNames("spectra names", header.Lines),
            Description = fields.TakeText("description"),
            MapInfo = fields.Take("map info"),
            DataIgnoreValue = fields.TakeNumber(EnviHeader.IgnoreValueKey, _ => true, ""),
            ReflectanceScaleFactor = fields.TakeNumber(
                EnviHeader.ScaleFactorKey, factor => factor is > 0 and < double.PositiveInfinity,
                ", finite and greater than zero,"),
            OtherFields = fields.Rest(),
        };
    }

    private static string FileType(EnviFields fields, long offset)
    {
        const string Key = "file type";
        if (fields.TakeText(Key) is not { } value)
            return EnviHeader.StandardFile;
        if (Names(References))
            throw fields.Error(Key, value, "is not read: it points to other files. Save it as one ENVI picture.");
        if (Names(Containers) && offset == 0)
            throw fields.Error(
                Key, value,
                "is not read: such a file has a header of its own, but the header offset is 0. "
                + "Save it as an ENVI picture.");
        if (!PlainTypes.Any(type => value.StartsWith(type, StringComparison.OrdinalIgnoreCase)))
            fields.Warn(Key, value, "is no kind of ENVI file: the data are read as plain values.");
        return value;

        bool Names(string[] kinds) => kinds.Any(kind => value.Contains(kind, StringComparison.OrdinalIgnoreCase));
    }

    private static EnviDataType DataType(EnviFields fields)
    {
        const string Key = "data type";
        var type = (EnviDataType)fields.TakeCount(Key);
        return Enum.IsDefined(type) ? type
            : throw fields.Error(Key, $"{(int)type}", (int)type is 6 or 9
                ? "is complex, which is not read: save magnitudes, or real and imaginary parts as bands of their own."
                : "is no type of ENVI: 1, 2, 3, 4, 5, 12, 13, 14 and 15 are read.");
    }

    private static EnviInterleave Interleave(EnviFields fields, int bands)
    {
        const string Key = "interleave";
        var value = fields.TakeText(Key);
        return value?.ToUpperInvariant() switch
        {
            "BSQ" => EnviInterleave.Bsq,
            "BIL" => EnviInterleave.Bil,
            "BIP" => EnviInterleave.Bip,

            // One band lies the same way in all of them.
            null when bands == 1 => EnviInterleave.Bsq,
            null => throw fields.Missing(Key),
            _ => throw fields.Error(Key, value, "must be bsq, bil or bip."),
        };
    }

    private static EnviByteOrder ByteOrder(EnviFields fields, EnviDataType type)
    {
        const string Key = "byte order";
        switch (fields.TakeText(Key))
        {
            case "0":
                return EnviByteOrder.LittleEndian;
            case "1":
                return EnviByteOrder.BigEndian;
            case null:
                if (type.Size() > 1)
                    fields.Warn(
                        Key, null,
                        "is missing: the least significant byte is taken to come first, as most machines write it.");
                return EnviByteOrder.LittleEndian;
            case var value:
                throw fields.Error(
                    Key, value, "must be 0 (least significant byte first) or 1 (most significant byte first).");
        }
    }
}
