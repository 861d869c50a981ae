namespace TopicModel.Report;

/// <summary>Rows of cells in columns that line up.</summary>
/// <param name="header">Names of the columns. One that begins with "&gt;" aligns its column to the right.</param>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> _rows = [[.. header.Select(h => h.TrimStart('>'))]];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The lines, the header first.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = Enumerable.Range(0, header.Length).Select(c => _rows.Max(r => r[c].Length)).ToArray();
        return _rows.Select(row => string.Join("  ", row.Select((cell, c) => header[c].StartsWith('>') ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd());
    }
}
