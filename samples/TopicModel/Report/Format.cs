using System.Globalization;

namespace TopicModel.Report;

/// <summary>Numbers with their units, the same in the console and in the report, whatever the language of the machine.</summary>
internal static class Format
{
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double part) => (100 * part).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    public static string Figure(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(time.TotalSeconds < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " s";

    public static string Seconds(TimeSpan? time) => time is { } known ? Seconds(known) : "–";

    public static string Size(long bytes) => bytes < 1_000_000 ? $"{Count(bytes / 1000)} kB" : (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB";
}
