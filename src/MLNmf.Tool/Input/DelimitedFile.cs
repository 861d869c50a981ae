using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace MLNmf.Tool.Input;

/// <summary>A CSV or TSV file, read row by row.</summary>
internal sealed class DelimitedFile(string path, TextOptions options)
{
    // Enough rows to see which column has the texts.
    private const int LookedAt = 1000;

    private static readonly string[] Delimiters = [",", ";", "\t", "|"];

    private string[]? _names;

    /// <summary>Names of the columns, or null where there is no header; known once the first row was read.</summary>
    public IReadOnlyList<string>? Names => _names;

    /// <summary>The texts of a column.</summary>
    /// <param name="note">Told which column was taken.</param>
    public IEnumerable<TextItem> Texts(Action<string>? note = null)
    {
        using var rows = Rows().GetEnumerator();
        var first = new List<(long Line, string[] Fields)>();
        while (first.Count < LookedAt && rows.MoveNext())
            first.Add(rows.Current);
        if (first.Count == 0)
            throw new UserErrorException(
                _names is null ? $"{path}: the file is empty." : $"{path}: the file has a header and no rows.");
        var count = first[0].Fields.Length;
        var text = Chosen(options.Column, "--column")
            ?? (_names is not null && ColumnChoice.Usual(_names) is { } usual
                ? Array.IndexOf(_names, usual)
                : (int?)null)
            ?? Enumerable.Range(0, count).MaxBy(c => first.Sum(row => (long)row.Fields[c].Length));
        note?.Invoke(
            "The texts are those of column "
            + (_names is null ? $"{text + 1}" : $"\"{_names[text]}\"")
            + (options.Column is null && count > 1 ? " (--column names another)" : ""));
        var (name, date, label) = (
            Chosen(options.Name, "--id"), Chosen(options.Date, "--date"), Chosen(options.Class, "--class"));
        foreach (var (line, fields) in first)
            yield return Item(line, fields);
        while (rows.MoveNext())
            yield return Item(rows.Current.Line, rows.Current.Fields);

        int? Chosen(string? wanted, string option)
            => wanted is null ? null : ColumnChoice.Find(path, _names, count, wanted, option);

        TextItem Item(long line, string[] fields) => new(
            fields[text], name is { } n ? fields[n] : $"line {line}", date is { } d ? fields[d] : null,
            label is { } l ? fields[l] : null);
    }

    /// <summary>All rows behind the header, with the line on which each begins.</summary>
    /// <exception cref="UserErrorException">A row has another number of fields than the first, or quotation marks do
    /// not close.</exception>
    public IEnumerable<(long Line, string[] Fields)> Rows()
    {
        using var reader = TextDecoding.Open(path, options);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = options.Delimiter ?? DelimiterOf(),
            Mode = options.HasQuotes ? CsvMode.RFC4180 : CsvMode.NoEscape,
            IgnoreBlankLines = true,
            // In 24" screen, a field that does not begin with one, a quotation mark is as good as any other character.
            BadDataFound = bad =>
            {
                if (!bad.Field.AsSpan().TrimStart().StartsWith("\""))
                    return;
                var isOpen = bad.Field.AsSpan().Count('"') % 2 == 1;
                throw new UserErrorException(
                    $"{path}({FirstLine(bad.Context.Parser!, isOpen)}): a quotation mark "
                    + (isOpen
                        ? "is opened and not closed."
                        : "stands within a field that it does not enclose: double it.")
                    + " Where they are part of the texts, --no-quotes takes them as they are.");
            },
        });
        var columns = 0;
        while (parser.Read())
        {
            var fields = parser.Record!;
            var starts = FirstLine(parser);
            if (columns == 0)
            {
                columns = fields.Length;
                if (options.HasHeader)
                {
                    _names = fields;
                    continue;
                }
            }

            if (fields.Length != columns)
                throw new UserErrorException(
                    $"{path}({starts}): this row has {fields.Length} columns, but the first has {columns}. "
                    + (options.HasQuotes
                        ? "A text with the separator in it must be in quotation marks; where these are part of the "
                            + "texts, --no-quotes takes them as they are; --delimiter names another separator."
                        : "A text must not contain the separator where quotation marks enclose nothing."));
            yield return (starts, fields);
        }
    }

    // Rows may have several lines, and blank ones before them. The break at the end of a row is counted with the next;
    // within quotation marks that never close it is one of this row.
    private static long FirstLine(IParser parser, bool isOpen = false)
    {
        var record = parser.RawRecord.AsSpan();
        if (!isOpen)
            record = record.TrimEnd("\r\n");
        return parser.RawRow - Math.Max(record.Count('\n'), record.Count('\r'));
    }

    // Whichever of the usual ones the first line has most of.
    private string DelimiterOf()
    {
        using var reader = TextDecoding.Open(path, options);
        var line = reader.ReadLine() ?? "";
        return Delimiters.MaxBy(delimiter => line.AsSpan().Count(delimiter))!;
    }
}
