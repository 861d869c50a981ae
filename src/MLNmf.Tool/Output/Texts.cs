using System.Globalization;

namespace MLNmf.Tool;

/// <summary>Numbers and lists as the tool writes them.</summary>
internal static class Texts
{
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A table of text: columns as wide as they have to be, the last one as it is.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<string[]> rows)
    {
        var columns = rows.Count == 0 ? 0 : rows.Max(row => row.Length);
        var widths = Enumerable.Range(0, columns)
            .Select(c => rows.Max(row => c < row.Length ? row[c].Length : 0)).ToArray();
        // Numbers stand to the right.
        var isNumber = Enumerable.Range(0, columns).Select(c => rows.Skip(1).All(
            row => c < row.Length && row[c].Length > 0 && (char.IsAsciiDigit(row[c][0]) || row[c][0] is '-' or '<')))
            .ToArray();
        foreach (var row in rows)
        {
            yield return string.Join("  ", row.Select(
                (cell, c) => isNumber[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd();
        }
    }

    /// <summary>The beginning of a text, on one line.</summary>
    public static string Beginning(string text, int length = 60)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= length ? line : line[..(length - 1)] + "…";
    }
}
