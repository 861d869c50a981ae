using System.Globalization;

namespace Microsoft.ML;

/// <summary>Dates as texts have them.</summary>
internal static class TextDates
{
    /// <summary>How they are written, for messages.</summary>
    public const string Rule = "Dates are written like 2026-11-30, years like 1999; empty ones are none.";

    /// <summary>Reads one.</summary>
    /// <param name="text">The text; empty where there is none.</param>
    /// <param name="date">The date, or null where there is none.</param>
    /// <returns>Whether it is a date, or none.</returns>
    public static bool TryParse(string text, out DateTime? date)
    {
        date = null;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty || trimmed is "NaN" or "?")
            return true;
        if (trimmed.Length <= 4 && int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && year is >= 1 and <= 9999)
        {
            date = new DateTime(year, 1, 1);
            return true;
        }

        if (!DateTimeOffset.TryParse(
            trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            return false;
        }

        date = parsed.DateTime;
        return true;
    }
}
