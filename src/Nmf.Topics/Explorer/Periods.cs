using System.Globalization;

namespace Nmf.Topics;

/// <summary>Days in periods of one length: days, weeks, months, quarters, years or decades, so that there are at most a
/// hundred or so.</summary>
internal sealed class Periods
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string MonthFormat = "yyyy-MM";
    private const string YearFormat = "yyyy";

    private const int MostDays = 62;
    private const int MostWeeks = 80;
    private const int MostMonths = 120;
    private const int MostQuarters = 120;
    private const int MostYears = 150;

    private readonly Func<DateOnly, int> _number;
    private readonly Func<int, DateOnly> _start;
    private readonly string _format;

    private Periods(string unit, string format, Func<DateOnly, int> number, Func<int, DateOnly> start)
        => (Unit, _format, _number, _start) = (unit, format, number, start);

    /// <summary>What a period is called.</summary>
    public string Unit { get; }

    /// <summary>What of the days is known, as a format: where all are the first of January or of a month, that is all
    /// that was.</summary>
    public static string Precision(IReadOnlyCollection<DateOnly> days)
        => days.All(day => day is { Day: 1, Month: 1 }) ? YearFormat
        : days.Count > 1 && days.All(day => day.Day == 1) ? MonthFormat
        : DayFormat;

    /// <summary>The length that suits days.</summary>
    /// <param name="days">The days, at least one.</param>
    public static Periods Of(IReadOnlyCollection<DateOnly> days)
    {
        var (first, last) = (days.Min(), days.Max());
        var span = last.DayNumber - first.DayNumber + 1;
        var months = ((last.Year - first.Year) * 12) + last.Month - first.Month + 1;
        var precision = Precision(days);
        var (monthly, yearly) = (precision == MonthFormat, precision == YearFormat);
        if (!yearly && !monthly && span <= MostDays)
            return new("day", DayFormat, day => day.DayNumber, DateOnly.FromDayNumber);
        if (!yearly && !monthly && span <= MostWeeks * 7)
        {
            // Day 0 is a Monday.
            return new(
                "week", DayFormat, day => day.DayNumber / 7, week => DateOnly.FromDayNumber(Math.Max(0, week * 7)));
        }

        if (!yearly && months <= MostMonths)
            return Months("month", MonthFormat, 1);
        if (!yearly && months <= MostQuarters * 3)
            return Months("quarter", MonthFormat, 3);
        return last.Year - first.Year < MostYears ? Months("year", YearFormat, 12)
            : Months("decade", YearFormat, 120);
    }

    /// <summary>The number of the period of a day; the next period has the next number.</summary>
    public int Number(DateOnly day) => _number(day);

    /// <summary>The first day of a period as text.</summary>
    public string Label(int number) => _start(number).ToString(_format, CultureInfo.InvariantCulture);

    private static Periods Months(string unit, string format, int length) => new(
        unit, format, day => ((day.Year * 12) + day.Month - 1) / length,
        number => new DateOnly(Math.Max(1, number * length / 12), (number * length % 12) + 1, 1));
}
