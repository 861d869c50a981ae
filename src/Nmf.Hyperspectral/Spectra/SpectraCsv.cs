using System.Globalization;
using System.Text;

namespace Nmf.Hyperspectral;

/// <summary>Spectra and maps as comma-separated values (RFC 4180), numbers in the form that gives the
/// same bits again.</summary>
public static class SpectraCsv
{
    private const string Wavelength = "wavelength";
    private const string Band = "band";
    private const char Mark = '\'';

    // The fullwidth forms too, which spreadsheets of some languages take for the plain ones.
    private const string FormulaStarts = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    /// <summary>Writes maps over the pixels of a picture: line and sample, from 0, then one
    /// column for each map.</summary>
    /// <remarks>
    /// A name that a spreadsheet would take for a formula, because it begins with one of <c>= + - @</c>, has an
    /// apostrophe before it, which marks text there. A value that is missing is NaN.
    /// </remarks>
    /// <param name="text">Where to.</param>
    /// <param name="samples">Width of the picture.</param>
    /// <param name="names">Names of the maps.</param>
    /// <param name="pixels">The maps' values, pixel after pixel.</param>
    /// <exception cref="ArgumentException">The values are not whole lines of the picture.</exception>
    public static void WriteMaps(TextWriter text, int samples, IReadOnlyList<string> names, ReadOnlySpan<float> pixels)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (names.Count == 0 || pixels.Length % ((long)samples * names.Count) != 0)
            throw new ArgumentException(
                $"{pixels.Length} values are not whole lines of {samples} pixels with {names.Count} maps.",
                nameof(pixels));
        text.WriteLine(string.Join(',', names.Select(Title).Prepend("sample").Prepend("line")));
        for (var pixel = 0; pixel < pixels.Length / names.Count; pixel++)
        {
            text.Write($"{pixel / samples},{pixel % samples}");
            foreach (var value in pixels.Slice(pixel * names.Count, names.Count))
                text.Write($",{value:R}");
            text.WriteLine();
        }
    }

    internal static void Write(SpectralLibrary library, TextWriter text)
    {
        var first = library.Wavelengths is null ? Band
            : library.WavelengthUnits is { } unit ? $"{Wavelength} ({unit})"
            : Wavelength;
        text.WriteLine(string.Join(',', library.Names.Select(Title).Prepend(Quoted(first))));
        for (var band = 0; band < library.Bands; band++)
        {
            text.Write((library.Wavelengths?[band] ?? band + 1).ToString("R", CultureInfo.InvariantCulture));
            foreach (var spectrum in library.Spectra)
                text.Write($",{spectrum[band]:R}");
            text.WriteLine();
        }
    }

    /// <summary>Reads what <see cref="Write"/> writes.</summary>
    internal static SpectralLibrary Read(TextReader text, string name)
    {
        if (text.ReadLine() is not { } head)
            throw new FormatException($"{name}: the file is empty.");
        var titles = Cells(head, name, 1).ConvertAll(WithoutMark);
        if (titles.Count < 2)
            throw new FormatException($"{name}: the first line has {titles.Count} columns, "
                + "but needs the bands or wavelengths and at least one spectrum.");
        var (wavelengths, columns) = (new List<double>(), titles.Skip(1).Select(_ => new List<float>()).ToArray());
        for (var number = 2; text.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var cells = Cells(line, name, number);
            if (cells.Count != titles.Count)
                throw new FormatException(
                    $"{name}: line {number} has {cells.Count} columns, but the first line has {titles.Count}.");
            wavelengths.Add(Number(cells[0], name, number, titles[0]));
            for (var k = 0; k < columns.Length; k++)
                columns[k].Add((float)Number(cells[k + 1], name, number, titles[k + 1]));
        }

        if (wavelengths.Count == 0)
            throw new FormatException($"{name}: there is no line with values.");
        var isBand = titles[0].Equals(Band, StringComparison.OrdinalIgnoreCase);
        var (open, close) = (titles[0].IndexOf('(', StringComparison.Ordinal), titles[0].LastIndexOf(')'));
        return new SpectralLibrary(
            [.. titles.Skip(1)],
            [.. columns.Select(column => column.ToArray())],
            isBand ? null : wavelengths,
            !isBand && open >= 0 && close > open ? titles[0][(open + 1)..close] : null);
    }

    private static double Number(string cell, string name, int line, string column)
    {
        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"{name}: line {line}, column '{column}': '{cell}' is not a number.");

        // Spectra are Singles: what is beyond their range is infinite in them.
        return float.IsFinite((float)number) ? number
            : throw new FormatException($"{name}: line {line}, column '{column}': "
                + $"'{cell}' is not a finite number. Leave the band out, or the spectrum.");
    }

    /// <summary>A name as a cell that no spreadsheet takes for a formula.</summary>
    private static string Title(string name) => Quoted(LooksLikeFormula(name) ? Mark + name : name);

    private static string WithoutMark(string cell)
        => cell.StartsWith(Mark) && LooksLikeFormula(cell) ? cell[1..] : cell;

    /// <summary>Whether it begins like a formula, also behind marks and blanks: so that one mark more is always one
    /// that can be taken away again.</summary>
    private static bool LooksLikeFormula(string name)
        => name.FirstOrDefault(character => character != Mark && !char.IsWhiteSpace(character)) is not '\0'
            and var first && FormulaStarts.Contains(first);

    private static string Quoted(string cell)
        => cell.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? cell
            : $"\"{cell.ReplaceLineEndings(" ").Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static List<string> Cells(string line, string name, int number)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                    cell.Append(line[i++]);
                else
                    quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        if (quoted)
            throw new FormatException($"{name}: line {number} has a quotation mark that is never closed.");
        cells.Add(cell.ToString().Trim());
        return cells;
    }
}
