namespace Nmf.Hyperspectral;

/// <summary>Braces and lists in the values of a header: a value that begins with a brace ends at its partner.</summary>
internal static class EnviText
{
    /// <summary>Whether every brace has its partner.</summary>
    public static bool IsBalanced(string text)
    {
        var depth = 0;
        foreach (var character in text)
        {
            depth += character == '{' ? 1 : character == '}' ? -1 : 0;
            if (depth < 0)
                return false;
        }

        return depth == 0;
    }

    /// <summary>Whether the value is one pair of braces with something in between.</summary>
    public static bool IsBraced(string value)
        => value.Length > 1 && value.StartsWith('{') && value.EndsWith('}') && IsBalanced(value[1..^1]);

    /// <summary>Whether a text cannot be a value without braces around it.</summary>
    public static bool NeedsBraces(string text) => text.StartsWith('{') || text.AsSpan().ContainsAny('\r', '\n');

    /// <summary>The text between the braces of a value that has them.</summary>
    public static string Inside(string value) => IsBraced(value) ? value[1..^1] : value;

    /// <summary>Parentheses in place of braces.</summary>
    public static string WithoutBraces(string text) => text.Replace('{', '(').Replace('}', ')');

    /// <summary>The items without the last if it is empty: a comma after the last element is common and
    /// means nothing.</summary>
    public static string[] WithoutLast(string[] items) => items[^1].Length == 0 ? items[..^1] : items;

    /// <summary>The lines of a list without their commas; null when they are not as many as there must be.</summary>
    public static string[]? NamesOfLines(string value, int count)
    {
        var lines = Inside(value).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == count ? Array.ConvertAll(lines, line => line.TrimEnd(',').TrimEnd()) : null;
    }

    /// <summary>The elements of a list between commas that are in no parentheses and no quotation marks; null when they
    /// are not as many as there must be.</summary>
    public static string[]? NamesInQuotes(string value, int count)
    {
        var (names, inside, start, depth, quoted) = (new List<string>(), Inside(value), 0, 0, false);
        for (var i = 0; i < inside.Length; i++)
        {
            quoted ^= inside[i] == '"';
            depth += inside[i] is '(' or '[' ? 1 : inside[i] is ')' or ']' ? -1 : 0;
            if (inside[i] != ',' || depth > 0 || quoted)
                continue;
            names.Add(inside[start..i].Trim());
            start = i + 1;
        }

        names.Add(inside[start..].Trim());
        var all = WithoutLast([.. names]);
        return all.Length == count ? all : null;
    }
}
