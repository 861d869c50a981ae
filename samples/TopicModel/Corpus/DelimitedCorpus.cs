using System.Globalization;
using Microsoft.VisualBasic.FileIO;

namespace TopicModel.Corpus;

/// <summary>Makes documents of the user's own delimited file: one per row.</summary>
internal static class DelimitedCorpus
{
    private static readonly char[] Separators = [',', ';', '\t'];
    private static readonly string[] TextNames = [
        "text", "document", "content", "body", "description", "review", "message", "sentence"];
    private static readonly string[] LabelNames = ["label", "class", "category", "target", "topic", "genre"];

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">A .csv, .tsv or other delimited file in UTF-8 (or UTF-16 with a byte order mark).</param>
    /// <param name="textColumn">Name or number of the text column, or null to find it: one with a usual name,
    /// else the longest.</param>
    /// <param name="labelColumn">Name or number of the label column, or null to find one by its name.</param>
    /// <param name="header">Whether the first row names the columns, or null to find out: it does if it has the name
    /// of a text column.</param>
    /// <param name="quotes">Whether quotation marks enclose fields; otherwise they are text.</param>
    /// <exception cref="UserErrorException">The file is missing or malformed; the message has
    /// file and line.</exception>
    public static DocumentCollection Read(
        string path, string? textColumn = null, string? labelColumn = null, bool? header = null, bool quotes = true)
    {
        var rows = Rows(path, quotes);
        var first = rows.Count > 0 ? rows[0].Fields : throw new UserErrorException($"{path}(1): the file is empty.");
        foreach (var row in rows.Where(row => row.Fields.Length != first.Length))
        {
            throw new UserErrorException(
                $"{path}({row.Line}): this row has {row.Fields.Length} fields, but the first row has {first.Length}. "
                + (quotes
                    ? "A text that contains the separator must be in quotes; where quotation marks belong to the "
                        + "texts, --quotes no takes them as they are."
                    : "A text must not contain the separator where quotation marks do not enclose (--quotes no)."));
        }

        var hasHeader = header ?? (Find(first, TextNames) ?? Find(first, textColumn, labelColumn)) is not null;
        string[] names = hasHeader ? first : [];
        var data = hasHeader ? rows[1..] : rows;
        var text = Chosen(textColumn, "--text-column") ?? Find(names, TextNames) ?? Longest(data, first.Length);
        var label = Chosen(labelColumn, "--label-column") ?? Find(names, LabelNames);
        if (label == text)
            label = labelColumn is null
                ? null
                : throw new UserErrorException("The text column and the label column are the same.");

        var documents = data.Where(row => !string.IsNullOrWhiteSpace(row.Fields[text])).Select(row => new Document(
            NameOf(row, text), IdentifierWords.Split(row.Fields[text]), label is { } l ? row.Fields[l].Trim() : ""))
            .ToList();
        var empty = data.Count - documents.Count;
        return new DocumentCollection(
            documents, Path.GetFileName(path), label is { } column && hasHeader ? names[column] : "label", [],
            empty == 0 ? [] : [$"{empty} rows without text were left out."]);

        int? Chosen(string? wanted, string option)
        {
            if (wanted is null)
                return null;
            if (Find(names, wanted) is { } named)
                return named;
            if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < first.Length)
            {
                return number;
            }
            var choice =
                hasHeader ? string.Join(", ", names) : $"0 to {first.Length - 1} (the first row is not a header)";
            throw new UserErrorException($"{path}(1): there is no column \"{wanted}\" ({option}); there are {choice}.");
        }
    }

    private static List<Row> Rows(string path, bool quotes)
    {
        try
        {
            using var parser = new TextFieldParser(path) { HasFieldsEnclosedInQuotes = quotes };
            parser.SetDelimiters($"{SeparatorOf(path)}");
            var rows = new List<Row>();
            while (!parser.EndOfData)
                rows.Add(new Row((int)parser.LineNumber, parser.ReadFields()!));
            return rows;
        }
        catch (MalformedLineException e)
        {
            throw new UserErrorException(
                $"{path}({e.LineNumber}): a field in quotes is not closed, "
                + "or goes on behind its quote (a quote inside it must be doubled). "
                + "Where quotation marks belong to the texts, --quotes no takes them as they are.");
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

    /// <summary>A tab for .tsv and .tab; else whichever of comma, semicolon and tab the first
    /// line has most of.</summary>
    private static char SeparatorOf(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".tsv" or ".tab")
            return '\t';
        var line = File.ReadLines(path).FirstOrDefault("");
        return Separators.MaxBy(c => line.AsSpan().Count(c));
    }

    private static int? Find(string[] names, params string?[] wanted)
        => wanted.OfType<string>().Select(
            name => Array.FindIndex(names, n => n.Trim().Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)))
            .Where(index => index >= 0).Cast<int?>().FirstOrDefault();

    private static int Longest(List<Row> rows, int columns)
        => Enumerable.Range(0, columns).MaxBy(column => rows.Sum(row => (long)row.Fields[column].Length));

    /// <summary>The line and the beginning of its text.</summary>
    private static string NameOf(Row row, int textColumn)
    {
        var text = string.Join(' ', row.Fields[textColumn].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return string.Create(
            CultureInfo.InvariantCulture, $"line {row.Line}: {(text.Length <= 60 ? text : text[..59] + "…")}");
    }

    /// <param name="Line">The line on which it begins, from 1.</param>
    /// <param name="Fields">Its fields, without quotes.</param>
    private readonly record struct Row(int Line, string[] Fields);
}
