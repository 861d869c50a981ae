namespace Reporting;

/// <summary>Rows of cells, for the console and for the report.</summary>
/// <param name="header">Names of the columns. One that begins with "&gt;" aligns its column to the right.</param>
public sealed class Table(params string[] header)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with as many cells as there are columns.</summary>
    public Table Add(params string[] cells)
    {
        if (cells.Length != header.Length)
            throw new ArgumentException(
                $"The table has {header.Length} columns, the row {cells.Length} cells.", nameof(cells));
        _rows.Add(cells);
        return this;
    }

    /// <summary>The lines, the header first, in columns that line up.</summary>
    public IEnumerable<string> Lines()
    {
        string[][] rows = [[.. header.Select((_, c) => Name(c))], .. _rows];
        var widths = header.Select((_, c) => rows.Max(row => row[c].Length)).ToArray();
        return rows.Select(row => string.Join(
            "  ", row.Select((cell, c) => IsRight(c) ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd());
    }

    /// <summary>Prints the lines.</summary>
    /// <param name="indent">What each begins with.</param>
    public void Print(string indent = "")
    {
        foreach (var line in Lines())
            Console.WriteLine(indent + line);
    }

    /// <summary>The table as HTML; cells are text, not HTML.</summary>
    public string ToHtml() => $"""
        <table>
        <thead><tr>{Cells([.. header.Select((_, c) => Name(c))], "th")}</tr></thead>
        <tbody>
        {string.Concat(_rows.Select(row => $"<tr>{Cells(row, "td")}</tr>\n"))}</tbody>
        </table>
        """;

    private string Cells(string[] cells, string tag)
        => string.Concat(
            cells.Select((cell, c) => $"<{tag}{(IsRight(c) ? " class=\"number\"" : "")}>{Html.Text(cell)}</{tag}>"));

    private bool IsRight(int column) => header[column].StartsWith('>');

    private string Name(int column) => header[column].TrimStart('>');
}
