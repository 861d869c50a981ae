using System.Text;

namespace TopicModel.Corpus;

/// <summary>One row of a delimited file.</summary>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="Fields">Its fields, without quotes.</param>
internal readonly record struct DelimitedRow(int Line, IReadOnlyList<string> Fields);

/// <summary>
/// Reads comma-, tab- or semicolon-separated text as RFC 4180 has it: a field in quotes may contain separators, line
/// breaks and, doubled, quotes. Empty lines are skipped. A quote in the middle of a field that does not begin with one
/// is an ordinary character.
/// </summary>
internal sealed class DelimitedTextReader(TextReader text, char separator, string fileName)
{
    private readonly StringBuilder _field = new();
    private int _line = 1;
    private int _column;

    /// <summary>The rows, read as they are asked for.</summary>
    /// <exception cref="UserErrorException">A quoted field is not closed or goes on behind its quote; the message has
    /// file, line and column.</exception>
    public IEnumerable<DelimitedRow> Rows()
    {
        while (text.Peek() >= 0)
        {
            var line = _line;
            var fields = new List<string>();
            bool more;
            do
            {
                more = ReadField(out var field);
                fields.Add(field);
            }
            while (more);
            if (fields is not [""])
                yield return new DelimitedRow(line, fields);
        }
    }

    /// <summary>Reads up to and including a separator (true) or the end of the row (false).</summary>
    private bool ReadField(out string field)
    {
        _field.Clear();
        if (text.Peek() == '"')
            ReadQuoted();
        while (true)
        {
            var c = Next();
            if (c == separator || c is '\n' or -1)
            {
                field = _field.ToString();
                return c == separator;
            }

            _field.Append((char)c);
        }
    }

    private void ReadQuoted()
    {
        Next();
        var (line, column) = (_line, _column);
        while (true)
        {
            var c = Next();
            if (c < 0)
                throw Error(line, column, "this quoted field is not closed before the end of the file");
            if (c == '"' && text.Peek() != '"')
                break;
            if (c == '"')
                Next();
            _field.Append((char)c);
        }

        if (text.Peek() is var next && next != separator && next is not ('\n' or '\r' or -1))
            throw Error(
                _line, _column + 1,
                "expected a separator after the closing quote (a quote inside a quoted field must be doubled)");
    }

    /// <summary>The next character, or -1; every kind of line break comes as a line feed.</summary>
    private int Next()
    {
        var c = text.Read();
        if (c == '\r')
        {
            if (text.Peek() == '\n')
                text.Read();
            c = '\n';
        }

        if (c == '\n')
            (_line, _column) = (_line + 1, 0);
        else
            _column++;
        return c;
    }

    private UserErrorException Error(int line, int column, string message)
        => new($"{fileName}({line},{column}): {message}.");
}
