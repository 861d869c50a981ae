using System.Globalization;

namespace TopicModel.Corpus;

/// <summary>Which columns of a delimited file hold the texts and the labels, and whether its first
/// row is a header.</summary>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="Text">Column of the texts, from 0.</param>
/// <param name="Label">Column of the labels, or null.</param>
/// <param name="LabelName">What to call the labels.</param>
internal sealed record DelimitedColumns(bool HasHeader, int Text, int? Label, string LabelName)
{
    private static readonly string[] TextNames = [
        "text", "document", "content", "body", "description", "review", "message", "sentence"];
    private static readonly string[] LabelNames = ["label", "class", "category", "target", "topic", "genre"];

    /// <summary>Finds the columns.</summary>
    /// <param name="rows">All rows, at least one, of equal width.</param>
    /// <param name="text">Name or number of the text column, or null to find it.</param>
    /// <param name="label">Name or number of the label column, or null to find one by its name.</param>
    /// <param name="header">Whether there is a header, or null to find out.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="UserErrorException">There is no such column.</exception>
    public static DelimitedColumns Choose(
        IReadOnlyList<DelimitedRow> rows, string? text, string? label, bool? header, string fileName)
    {
        var first = rows[0].Fields;
        var longest = LongestColumn(rows.Count > 1 ? rows.Skip(1) : rows, first.Count);
        var hasHeader = header
            ?? (IsName(text, first) || IsName(label, first) || LooksLikeHeader(first, rows, longest));
        var names = hasHeader ? first : null;

        var textColumn = text is null ? Named(names, TextNames) ?? longest : Column(text, "--text-column");
        var labelColumn = label is null ? Named(names, LabelNames) : Column(label, "--label-column");
        if (labelColumn == textColumn)
            labelColumn = label is null
                ? null
                : throw new UserErrorException("The text column and the label column are the same.");
        return new DelimitedColumns(
            hasHeader, textColumn, labelColumn, labelColumn is { } l && names is not null ? names[l] : "label");

        int Column(string wanted, string option)
        {
            if (names is not null && IndexOf(names, wanted) is { } named)
                return named;
            if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < first.Count)
            {
                return number;
            }
            var choice =
                names is null ? $"0 to {first.Count - 1} (the first row is not a header)" : string.Join(", ", names);
            throw new UserErrorException(
                $"{fileName}({rows[0].Line},1): there is no column \"{wanted}\" ({option}); there are {choice}.");
        }
    }

    private static int LongestColumn(IEnumerable<DelimitedRow> rows, int columns)
    {
        var lengths = new long[columns];
        foreach (var row in rows)
        {
            for (var i = 0; i < columns; i++)
                lengths[i] += row.Fields[i].Length;
        }

        return Array.IndexOf(lengths, lengths.Max());
    }

    /// <summary>
    /// A header has short distinct names, none of them a number, none of which occurs below it; and either one of them
    /// is a usual name or the name of the text column is much shorter than the texts.
    /// </summary>
    private static bool LooksLikeHeader(IReadOnlyList<string> first, IReadOnlyList<DelimitedRow> rows, int longest)
    {
        if (rows.Count < 2 || first.Distinct(StringComparer.OrdinalIgnoreCase).Count() < first.Count
            || !first.All(IsColumnName))
        {
            return false;
        }
        var sample = rows.Skip(1).Take(1000).ToList();
        return (Named(first, TextNames) is not null || first[longest].Length * 2 < sample.Average(
            r => r.Fields[longest].Length)) && !Enumerable.Range(0, first.Count).Any(
                i => sample.Exists(r => r.Fields[i] == first[i]));
    }

    private static bool IsColumnName(string field)
        => field.Trim() is { Length: > 0 and <= 40 } name && !double.TryParse(name, CultureInfo.InvariantCulture, out _)
            && name.Split(' ').Length <= 3;

    private static bool IsName(string? wanted, IReadOnlyList<string> first)
        => wanted is not null && IndexOf(first, wanted) is not null;

    private static int? Named(IReadOnlyList<string>? names, string[] wanted)
        => names is null ? null : wanted.Select(w => IndexOf(names, w)).FirstOrDefault(i => i is not null);

    private static int? IndexOf(IReadOnlyList<string> names, string wanted)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Trim().Equals(wanted.Trim(), StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return null;
    }
}
