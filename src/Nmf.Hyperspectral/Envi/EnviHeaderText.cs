using System.Text;

namespace Nmf.Hyperspectral;

/// <summary>
/// The text of a header: the line "ENVI", then "key = value" where a value in braces may go over several lines.
/// Lines whose first character that is not blank is a semicolon are comments, also within braces. Keys are
/// compared without regard to case.
/// </summary>
internal sealed class EnviHeaderText
{
    private const int LongestHeader = 1 << 26;
    private const int LinesNamed = 3;

    private readonly string _path;
    private readonly List<string> _warnings;
    private readonly List<string> _lines = [];
    private readonly List<int> _strangeLines = [];
    private int _next;

    private EnviHeaderText(string path, List<string> warnings) => (_path, _warnings) = (path, warnings);

    /// <summary>The fields in the order of the file; keys in lower case with single blanks.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">What errors and warnings call it.</param>
    /// <param name="warnings">Receives what is passed over.</param>
    /// <exception cref="EnviFormatException">It is not the text of a header.</exception>
    public static List<KeyValuePair<string, string>> Fields(TextReader text, string path, List<string> warnings)
    {
        var header = new EnviHeaderText(path, warnings);
        header.ReadLines(text);
        return header.Fields();
    }

    private List<KeyValuePair<string, string>> Fields()
    {
        var fields = new List<KeyValuePair<string, string>>();
        for (_next = 1; _next < _lines.Count;)
        {
            var line = _lines[_next++];
            if (string.IsNullOrWhiteSpace(line) || IsComment(line))
                continue;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? "" : string.Join(
                ' ', line[..equals].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
            if (key.Length == 0)
                _strangeLines.Add(_next);
            else
                fields.Add(new(key, Value(key, line[(equals + 1)..].Trim())));
        }

        WarnOfStrangeLines();
        return fields;
    }

    /// <summary>The value that begins on the line before <see cref="_next"/>, or on the next one with a brace, up to
    /// the brace that closes it.</summary>
    private string Value(string key, string start)
    {
        if (start.Length == 0)
        {
            var following = _next;
            while (following < _lines.Count
                && (string.IsNullOrWhiteSpace(_lines[following]) || IsComment(_lines[following])))
            {
                following++;
            }
            if (following < _lines.Count && _lines[following].TrimStart().StartsWith('{'))
                (start, _next) = (_lines[following].Trim(), following + 1);
        }

        return start.StartsWith('{') ? Balanced(key, start) ?? ToEndOfLine(key, start) : start;
    }

    /// <summary>The value up to the brace that is the partner of the first; null when there is none.</summary>
    private string? Balanced(string key, string start)
    {
        var (value, depth) = (new StringBuilder(), 0);
        var (line, next) = (start, _next);
        while (true)
        {
            for (var i = 0; i < line.Length; i++)
            {
                depth += line[i] == '{' ? 1 : line[i] == '}' ? -1 : 0;
                if (depth > 0)
                    continue;
                _next = next;
                if (line.AsSpan(i + 1).Trim(" \t\f,;").Length > 0)
                    Warn($"Line {Number(next)} has text after the brace that closes '{key}'; it is ignored.");
                return value.Append(line.AsSpan(0, i + 1)).ToString();
            }

            value.Append(line).Append('\n');
            while (next < _lines.Count && IsComment(_lines[next]))
                next++;
            if (next == _lines.Count)
                return null;
            line = _lines[next++];
        }
    }

    /// <summary>The value up to the first line that ends in a brace: where braces within have no partner.</summary>
    private string ToEndOfLine(string key, string start)
    {
        var (first, value) = (_next, new StringBuilder());
        for (var (line, next) = (start, _next); ; line = _lines[next++])
        {
            if (!IsComment(line))
                value.Append(line.TrimEnd()).Append('\n');
            if (line.AsSpan().TrimEnd() is [.., '}'])
            {
                _next = next;
                break;
            }

            if (next == _lines.Count)
                throw new EnviFormatException(
                    _path, $"The brace that opens '{key}' in line {Number(first)} is never closed.");
        }

        Warn($"The braces within '{key}' in line {Number(first)} have no partners; they are read as parentheses.");
        var text = value.ToString().TrimEnd();
        return $"{{{EnviText.WithoutBraces(text[1..^1])}}}";
    }

    private void ReadLines(TextReader text)
    {
        var (line, characters) = (new StringBuilder(), 0);
        while (true)
        {
            line.Clear();
            int character;
            while ((character = text.Read()) >= 0 && character is not ('\n' or '\r'))
            {
                if (++characters > LongestHeader)
                    throw new EnviFormatException(
                        _path, $"The header is longer than {Number(LongestHeader)} characters.");
                line.Append((char)character);
            }

            if (character < 0 && line.Length == 0)
                break;
            if (character == '\r' && text.Peek() == '\n')
                text.Read();
            _lines.Add(line.ToString());

            // Before more is read of what may be anything.
            if (_lines.Count == 1 && !_lines[0].TrimStart().StartsWith("ENVI", StringComparison.OrdinalIgnoreCase))
                throw new EnviFormatException(
                    _path,
                    $"This is not an ENVI header: its first line is \"{Printable(_lines[0].Trim())}\", not \"ENVI\".");
        }

        if (_lines.Count == 0)
            throw new EnviFormatException(_path, "The header is empty.");
    }

    private void WarnOfStrangeLines()
    {
        if (_strangeLines.Count == 0)
            return;
        var named = _strangeLines.Take(LinesNamed).Select(Number).ToArray();
        named[0] += $" (\"{Printable(_lines[_strangeLines[0] - 1].Trim())}\")";
        var rest = _strangeLines.Count - named.Length;
        string[] parts = rest == 0 ? named : [.. named, $"{Number(rest)} more"];
        Warn(
            parts.Length == 1
                ? $"Line {parts[0]} is not of the form \"key = value\" and is ignored."
                : $"Lines {string.Join(", ", parts[..^1])} and {parts[^1]} are not of the form \"key = value\" and are "
                    + "ignored.");
    }

    private void Warn(string message) => _warnings.Add(EnviFormatException.About(_path, message));

    private static bool IsComment(string line) => line.AsSpan().TrimStart() is [';', ..];

    private static string Number(int number) => $"{number}";

    private static string Printable(string text)
        => new([.. text.Take(40).Select(c => char.IsControl(c) || c > 0x7E ? '?' : c)]);
}
