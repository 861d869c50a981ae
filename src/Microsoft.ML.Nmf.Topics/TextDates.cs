using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML;

/// <summary>Dates as texts have them.</summary>
internal static partial class TextDates
{
    /// <summary>How they are written, for messages.</summary>
    public const string Rule =
        "Dates are written like 2026-11-30 or 30.11.2026, years like 1999; empty ones are none. Of 3/4/2026 nobody can "
        + "say which is the day.";

    private static readonly string[] DaysFirst =
        ["d.M.yyyy", "d.M.yyyy H:mm", "d.M.yyyy H:mm:ss", "d. M. yyyy", "d. M. yyyy H:mm", "d. M. yyyy H:mm:ss"];

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

        if (DateTime.TryParseExact(
            trimmed, DaysFirst, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            date = day;
            return true;
        }

        // The parser takes 3/4/2026, 3-4-2026 and 3.4.26 for the fourth of March, whoever wrote it, 3/4 for a day of
        // this year, and 12:30 for today.
        if (DayOrMonth().IsMatch(trimmed) || !DateTimeOffset.TryParse(
            trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            return false;
        }

        date = parsed.DateTime;
        return true;
    }

    [GeneratedRegex(@"^\d{1,2}[./:-]\d{1,2}(\D|$)", RegexOptions.CultureInvariant)]
    private static partial Regex DayOrMonth();
}
