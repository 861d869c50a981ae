namespace Nmf.Topics;

/// <summary>Cuts texts to what is shown of them.</summary>
internal static class Passage
{
    // Of a longer text the beginning is looked at.
    private const int Searched = 100_000;

    private const string Ellipsis = "…";

    /// <summary>The passage of a text that has most of something.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">Most characters.</param>
    /// <param name="weight">How much a word counts, in lower case.</param>
    public static string Best(string text, int length, Func<string, double> weight)
    {
        if (text.Length <= length)
            return text;
        var words = Words(text.AsSpan(0, Math.Min(text.Length, Searched)), weight);
        double sum = 0, best = 0;
        var start = 0;
        for (int first = 0, last = 0; last < words.Count; last++)
        {
            sum += words[last].Weight;
            // A word that is longer than the passage stays: its beginning is shown.
            while (first < last && words[last].End - words[first].Start > length)
                sum -= words[first++].Weight;
            // The first of equals, and not for what is rounding.
            if (sum > best * (1 + 1e-9))
                (best, start) = (sum, words[first].Start);
        }

        return Cut(text, start, length);
    }

    /// <summary>The beginning of a text.</summary>
    public static string Beginning(string text, int length) => text.Length <= length ? text : Cut(text, 0, length);

    private static string Cut(string text, int start, int length)
    {
        if (length == 0)
            return "";
        // A beginning that is nearly there is shown, and at the end of the text all that has room.
        start = start < length / 4 ? 0 : Math.Min(start, text.Length - length);
        if (start > 0 && char.IsLowSurrogate(text[start]))
            start++;
        var end = Math.Min(text.Length, start + length);
        if (end < text.Length)
        {
            var space = text.AsSpan(start, end - start).LastIndexOfAny(' ', '\n', '\t');
            if (space > (end - start) * 3 / 4)
                end = start + space;
            else if (char.IsLowSurrogate(text[end]))
                end--;
        }

        return (start > 0 ? Ellipsis : "") + text[start..end] + (end < text.Length ? Ellipsis : "");
    }

    private static List<(int Start, int End, double Weight)> Words(ReadOnlySpan<char> text, Func<string, double> weight)
    {
        var words = new List<(int, int, double)>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                if (start < 0)
                    start = i;
            }
            else if (start >= 0)
            {
                words.Add((start, i, i - start > 100 ? 0 : weight(text[start..i].ToString().ToLowerInvariant())));
                start = -1;
            }
        }

        return words;
    }
}
