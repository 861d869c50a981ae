using System.Globalization;

namespace TopicModel.Corpus;

/// <summary>Makes documents of the user's own delimited file: one per row.</summary>
internal static class DelimitedCorpus
{
    private static readonly char[] Separators = [',', ';', '\t'];

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">A .csv, .tsv or other delimited file in UTF-8 (or UTF-16 with a byte order mark).</param>
    /// <param name="textColumn">Name or number of the text column, or null to find it.</param>
    /// <param name="labelColumn">Name or number of the label column, or null to find one by its name.</param>
    /// <param name="header">Whether there is a header, or null to find out.</param>
    /// <exception cref="UserErrorException">The file is missing or malformed; the message has file,
    /// line and column.</exception>
    public static DocumentCollection Read(
        string path, string? textColumn = null, string? labelColumn = null, bool? header = null)
    {
        try
        {
            using var text = new StreamReader(path);
            return Read(text, path, textColumn, labelColumn, header);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"There is no file {path}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The file {path} cannot be read: {e.Message}");
        }
    }

    private static DocumentCollection Read(
        StreamReader text, string path, string? textColumn, string? labelColumn, bool? header)
    {
        var separator = SeparatorOf(path, text);
        var rows = new DelimitedTextReader(text, separator, path).Rows().ToList();
        if (rows.Count == 0)
            throw new UserErrorException($"{path}(1,1): the file is empty.");
        RequireEqualWidths(rows, path);

        var columns = DelimitedColumns.Choose(rows, textColumn, labelColumn, header, path);
        var documents = rows.Skip(columns.HasHeader ? 1 : 0)
            .Where(r => !string.IsNullOrWhiteSpace(r.Fields[columns.Text]))
            .Select(r => new Document(
                NameOf(r, columns.Text),
                IdentifierWords.Split(r.Fields[columns.Text]),
                columns.Label is { } label ? r.Fields[label].Trim() : ""))
            .ToList();
        var empty = rows.Count - documents.Count - (columns.HasHeader ? 1 : 0);
        return new DocumentCollection(
            documents, Path.GetFileName(path), columns.LabelName, [],
            empty == 0 ? [] : [$"{empty} rows without text were left out."]);
    }

    /// <summary>The line and the beginning of its text.</summary>
    private static string NameOf(DelimitedRow row, int textColumn)
    {
        var text = string.Join(' ', row.Fields[textColumn].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return string.Create(
            CultureInfo.InvariantCulture, $"line {row.Line}: {(text.Length <= 60 ? text : text[..59] + "…")}");
    }

    /// <summary>A tab for .tsv and .tab; else whichever of comma, semicolon and tab the first
    /// line has most of.</summary>
    private static char SeparatorOf(string path, StreamReader text)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".tsv" or ".tab")
            return '\t';
        var line = text.ReadLine() ?? "";
        text.BaseStream.Position = 0;
        text.DiscardBufferedData();
        return Separators.MaxBy(c => line.AsSpan().Count(c));
    }

    private static void RequireEqualWidths(List<DelimitedRow> rows, string path)
    {
        var width = rows[0].Fields.Count;
        foreach (var row in rows)
        {
            if (row.Fields.Count != width)
            {
                throw new UserErrorException(
                    $"{path}({row.Line},1): this row has {row.Fields.Count} fields, but the first row has {width}. "
                    + "A text that contains the separator must be in quotes.");
            }
        }
    }
}
