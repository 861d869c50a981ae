using System.Globalization;
using System.Text;

namespace Nmf.Hyperspectral;

/// <summary>
/// Parses a header: the line "ENVI", then "key = value" where a value in braces may go over several lines; lines that begin with a semicolon are
/// comments. Keys are compared without regard to case.
/// </summary>
internal static class EnviHeaderReader
{
    private const int LongestHeader = 1 << 26;

    public static EnviHeader Read(TextReader text, string path) => Interpret(new EnviFields(path, Fields(text, path)));

    private static EnviHeader Interpret(EnviFields fields)
    {
        if (fields.Take("file compression") is { } compression && compression is not "0")
            throw fields.Error("file compression", compression, "is not read: decompress the data first.");
        foreach (var key in new[] { "major frame offsets", "minor frame offsets" })
        {
            if (fields.TakeNumbers(key, 2) is { } frame && frame.Any(bytes => bytes != 0))
                throw fields.Error(key, string.Join(", ", frame), "is not read: there may be no bytes between the lines or bands.");
        }

        var header = new EnviHeader
        {
            Samples = fields.TakeCount("samples"),
            Lines = fields.TakeCount("lines"),
            Bands = fields.TakeCount("bands"),
            FileType = FileType(fields),
            DataType = DataType(fields),
            Interleave = Interleave(fields),
            HeaderOffset = HeaderOffset(fields),
        };
        if (!header.FitsInt64)
            throw fields.Error($"'samples', 'lines' and 'bands' ({header.Samples} x {header.Lines} x {header.Bands}) are more than a file can hold.");
        header = header with { ByteOrder = ByteOrder(fields, header.DataType) };
        var length = header.IsSpectralLibrary ? header.Samples : header.Bands;
        return header with
        {
            Wavelengths = fields.TakeNumbers("wavelength", length),
            WavelengthUnits = fields.TakeText("wavelength units"),
            FullWidthsAtHalfMaximum = fields.TakeNumbers("fwhm", length),
            GoodBands = fields.TakeNumbers("bbl", length) is { } factors ? Array.ConvertAll(factors, factor => factor != 0) : null,
            BandNames = fields.TakeNames("band names", header.Bands),
            SpectraNames = fields.TakeNames("spectra names", header.Lines),
            Description = fields.TakeText("description"),
            MapInfo = fields.Take("map info"),
            DataIgnoreValue = fields.TakeNumber("data ignore value"),
            ReflectanceScaleFactor = ScaleFactor(fields),
            OtherFields = fields.Rest(),
        };
    }

    private static string FileType(EnviFields fields)
    {
        const string Key = "file type";
        var value = fields.TakeText(Key);
        return string.IsNullOrEmpty(value) ? EnviHeader.StandardFile
            : value.StartsWith("ENVI", StringComparison.OrdinalIgnoreCase) || value.Equals("Standard", StringComparison.OrdinalIgnoreCase) ? value
            : throw fields.Error(Key, value, "is not read: the data must be plain ENVI data.");
    }

    private static EnviDataType DataType(EnviFields fields)
    {
        const string Key = "data type";
        var number = fields.TakeCount(Key);
        var type = (EnviDataType)number;
        return Enum.IsDefined(type) ? type
            : throw fields.Error(Key, number.ToString(CultureInfo.InvariantCulture), number is 6 or 9 ? "is complex, which is not read." : "is no type of ENVI: 1, 2, 3, 4, 5, 12, 13, 14 and 15 are read.");
    }

    private static EnviInterleave Interleave(EnviFields fields)
    {
        const string Key = "interleave";
        var value = fields.TakeRequired(Key);
        return value.ToUpperInvariant() switch
        {
            "BSQ" => EnviInterleave.Bsq,
            "BIL" => EnviInterleave.Bil,
            "BIP" => EnviInterleave.Bip,
            _ => throw fields.Error(Key, value, "must be bsq, bil or bip."),
        };
    }

    private static EnviByteOrder ByteOrder(EnviFields fields, EnviDataType type)
    {
        const string Key = "byte order";
        return fields.Take(Key) switch
        {
            "0" => EnviByteOrder.LittleEndian,
            "1" => EnviByteOrder.BigEndian,
            null when type.Size() == 1 => EnviByteOrder.LittleEndian,
            null => throw fields.Missing(Key),
            var value => throw fields.Error(Key, value, "must be 0 (least significant byte first) or 1 (most significant byte first)."),
        };
    }

    private static long HeaderOffset(EnviFields fields)
    {
        const string Key = "header offset";
        return fields.Take(Key) is not { } value ? 0
            : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset
            : throw fields.Error(Key, value, "must be a number of bytes, not negative.");
    }

    private static double? ScaleFactor(EnviFields fields)
    {
        const string Key = "reflectance scale factor";
        return fields.TakeNumber(Key) switch
        {
            null => null,
            > 0 and < double.PositiveInfinity and var factor => factor,
            var factor => throw fields.Error(Key, string.Create(CultureInfo.InvariantCulture, $"{factor}"), "must be finite and greater than zero."),
        };
    }

    /// <summary>The fields in the order of the file; keys in lower case with single blanks.</summary>
    private static List<KeyValuePair<string, string>> Fields(TextReader text, string path)
    {
        var lines = new BoundedLines(text, path);
        if (lines.Next()?.Trim() is not { } first)
            throw new EnviFormatException(path, "The header is empty.");
        if (!first.Equals("ENVI", StringComparison.OrdinalIgnoreCase))
            throw new EnviFormatException(path, $"This is not an ENVI header: its first line is \"{Printable(first)}\", not \"ENVI\".");
        var fields = new List<KeyValuePair<string, string>>();
        while (lines.Next() is { } line)
        {
            if (line.Length == 0 || string.IsNullOrWhiteSpace(line) || line[0] == ';')
                continue;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new EnviFormatException(path, $"Line {lines.Number} (\"{Printable(line.Trim())}\") is not of the form \"key = value\".");
            var key = string.Join(' ', line[..equals].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
            if (key.Length == 0)
                throw new EnviFormatException(path, $"Line {lines.Number} (\"{Printable(line.Trim())}\") has no key before the equals sign.");
            fields.Add(new(key, Value(lines, path, key, line[(equals + 1)..].Trim())));
        }

        return fields;
    }

    /// <summary>The value that begins on a line, up to the brace that closes it.</summary>
    private static string Value(BoundedLines lines, string path, string key, string start)
    {
        if (!start.StartsWith('{'))
            return start;
        var first = lines.Number;
        var value = new StringBuilder();
        var depth = 0;
        for (var line = start; line is not null; line = lines.Next())
        {
            for (var i = 0; i < line.Length; i++)
            {
                depth += line[i] == '{' ? 1 : line[i] == '}' ? -1 : 0;
                if (depth > 0)
                    continue;
                if (!string.IsNullOrWhiteSpace(line[(i + 1)..]))
                    throw new EnviFormatException(path, $"Line {lines.Number} has text after the brace that closes '{key}'.");
                return value.Append(line.AsSpan(0, i + 1)).ToString();
            }

            value.Append(line).Append('\n');
        }

        throw new EnviFormatException(path, $"The brace that opens '{key}' in line {first} is never closed.");
    }

    private static string Printable(string text)
        => new([.. text.Take(40).Select(c => char.IsControl(c) || c > 0x7E ? '?' : c)]);

    /// <summary>Lines with their numbers; an error instead of a header without end.</summary>
    private sealed class BoundedLines(TextReader text, string path)
    {
        private readonly StringBuilder _line = new();
        private int _characters;

        public int Number { get; private set; }

        public string? Next()
        {
            _line.Clear();
            int character;
            while ((character = text.Read()) >= 0 && character is not ('\n' or '\r'))
            {
                if (++_characters > LongestHeader)
                    throw new EnviFormatException(path, $"The header is longer than {LongestHeader} characters.");
                _line.Append((char)character);
            }

            if (character < 0 && _line.Length == 0)
                return null;
            if (character == '\r' && text.Peek() == '\n')
                text.Read();
            Number++;
            return _line.ToString();
        }
    }
}
