namespace Nmf.Hyperspectral;

/// <summary>Braces in the values of a header: a value that begins with one ends at its partner.</summary>
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
    public static bool IsBraced(string value) => value.StartsWith('{') && value.EndsWith('}') && IsBalanced(value[1..^1]);

    /// <summary>Whether a text cannot be a value without braces around it.</summary>
    public static bool NeedsBraces(string text) => text.StartsWith('{') || text.AsSpan().ContainsAny('\r', '\n');

    /// <summary>The text between the braces of a value that has them.</summary>
    public static string Inside(string value) => IsBraced(value) ? value[1..^1] : value;
}
