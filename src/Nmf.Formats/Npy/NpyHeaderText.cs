using System.Globalization;

namespace Nmf.Formats;

/// <summary>Parses the dictionary of a NumPy header, a literal of Python: strings, True and False, tuples of whole
/// numbers; nothing else is in the header of an array of numbers.</summary>
internal sealed class NpyHeaderText(string text, string source)
{
    private const int MostIndices = 64;
    private int _at;

    public NpyHeader Parse()
    {
        string? type = null;
        bool? isFortran = null;
        long[]? shape = null;
        Expect('{');
        while (!Accept('}'))
        {
            var key = Text();
            Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = Peek() == '['
                        ? throw Broken("the array has named fields (a structured type); save its columns as numbers")
                        : Text();
                    break;
                case "fortran_order" when isFortran is null:
                    isFortran = Truth();
                    break;
                case "shape" when shape is null:
                    shape = Shape();
                    break;
                default:
                    throw Broken($"the key '{key}' is not expected, or there twice");
            }

            if (!Accept(',') && Peek() != '}')
                throw Broken("a comma or } is expected");
        }

        if (Peek() != '\0')
            throw Broken("there is something behind the dictionary");
        return new NpyHeader(
            type ?? throw Missing("descr"), isFortran ?? throw Missing("fortran_order"),
            shape ?? throw Missing("shape"));
    }

    private MatrixFormatException Missing(string key) => new(source, $"the header has no '{key}'.");

    private MatrixFormatException Broken(string what)
        => new(source, $"the header is broken at character {_at}: {what}.");

    private char Peek()
    {
        while (_at < text.Length && text[_at] is ' ' or '\n' or '\r' or '\t')
            _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    private bool Accept(char expected)
    {
        if (Peek() != expected)
            return false;
        _at++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!Accept(expected))
            throw Broken($"{expected} is expected");
    }

    private string Text()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
            throw Broken("a text in quotes is expected");
        var end = text.IndexOf(quote, _at + 1);
        if (end < 0)
            throw Broken("a text is not closed");
        var value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private bool Truth()
    {
        Peek();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (!text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
                continue;
            _at += word.Length;
            return value;
        }

        throw Broken("True or False is expected");
    }

    private long[] Shape()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Accept(')'))
        {
            sizes.Add(Size());
            if (sizes.Count > MostIndices)
                throw Broken($"the shape has more than {MostIndices} sizes");
            if (!Accept(',') && Peek() != ')')
                throw Broken("a comma or ) is expected");
        }

        var product = sizes.Aggregate((UInt128)1, (count, size) => count > long.MaxValue ? count : count * (ulong)size);
        return product <= long.MaxValue
            ? [.. sizes]
            : throw new MatrixFormatException(source, "the header claims more than 2^63 values.");
    }

    private long Size()
    {
        Peek();
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            _at++;
        if (!long.TryParse(
            text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw Broken("a whole number of at least 0 is expected");
        }

        // Python 2 wrote long integers so.
        if (_at < text.Length && text[_at] == 'L')
            _at++;
        return size;
    }
}
