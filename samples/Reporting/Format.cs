using System.Globalization;

namespace Reporting;

/// <summary>Numbers with their units, the same in the console and in the report, whatever the language
/// of the machine.</summary>
public static class Format
{
    /// <summary>1,234.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>12.3 %, of 0.123.</summary>
    public static string Percent(double part) => (100 * part).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>With a fixed number of decimals.</summary>
    public static string Figure(double value, int decimals = 3)
        => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>3.6e-8: what is so small that its decimals would be zeros.</summary>
    public static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    /// <summary>1.2 s or 12 s.</summary>
    public static string Seconds(TimeSpan time)
        => time.TotalSeconds.ToString(time.TotalSeconds < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " s";

    /// <summary>A time, or a dash.</summary>
    public static string Seconds(TimeSpan? time) => time is { } known ? Seconds(known) : "–";

    /// <summary>12 kB or 1.2 MB.</summary>
    public static string Size(long bytes) => bytes < 1_000_000
        ? $"{Count(bytes / 1000)} kB"
        : (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " MB";
}
