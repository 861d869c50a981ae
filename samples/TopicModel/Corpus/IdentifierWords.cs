using System.Text;

namespace TopicModel.Corpus;

/// <summary>
/// Splits identifiers into the words that they are made of: <c>HttpClientHandler.SendAsync</c> becomes
/// <c>Http Client Handler Send Async</c>, <c>XMLReader</c> becomes <c>XML Reader</c>. Prose passes through,
/// without its punctuation.
/// </summary>
internal static class IdentifierWords
{
    /// <summary>Appends the words of a text, each followed by a space. Everything but letters and digits
    /// separates words.</summary>
    public static void Append(StringBuilder destination, ReadOnlySpan<char> text)
    {
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i < text.Length && !IsBoundary(text, i))
                continue;
            AppendWord(destination, text[start..i]);
            start = i;
        }
    }

    /// <summary>The words of a text, separated by single spaces.</summary>
    public static string Split(ReadOnlySpan<char> text)
    {
        var words = new StringBuilder(text.Length + 16);
        Append(words, text);
        return words.ToString().TrimEnd();
    }

    private static void AppendWord(StringBuilder destination, ReadOnlySpan<char> word)
    {
        if (!word.IsEmpty && IsWordCharacter(word[0]))
            destination.Append(word).Append(' ');
    }

    /// <summary>Whether a word ends before position i, which is neither the start nor the end of the text.</summary>
    private static bool IsBoundary(ReadOnlySpan<char> text, int i)
    {
        var (before, at) = (text[i - 1], text[i]);
        if (IsApostrophe(text, i) || IsApostrophe(text, i - 1))
            return false;
        if (!IsWordCharacter(before) || !IsWordCharacter(at))
            return true;
        if (!char.IsUpper(at))
            return false;
        // aB and 1B begin a word; so does the last capital of an abbreviation that a word follows
        // (XMLReader, but not IPv4 and URIs).
        return !char.IsUpper(before) || (IsLower(text, i + 1) && IsLower(text, i + 2));
    }

    private static bool IsLower(ReadOnlySpan<char> text, int i) => i < text.Length && char.IsLower(text[i]);

    /// <summary>An apostrophe inside a word ("doesn't"), which the list of stop words expects to see, but not that of a
    /// genitive ("type's").</summary>
    private static bool IsApostrophe(ReadOnlySpan<char> text, int i)
        => text[i] == '\'' && i > 0 && char.IsLetter(text[i - 1]) && IsLower(text, i + 1)
            && (text[i + 1] != 's' || IsLower(text, i + 2));

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c);
}
