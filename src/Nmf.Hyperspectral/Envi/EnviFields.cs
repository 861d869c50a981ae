using System.Globalization;

namespace Nmf.Hyperspectral;

/// <summary>
/// The fields of a header, taken out one by one; what remains is kept as it is, and so is what was not understood: that
/// is a warning, unless the numbers of the picture could not be read without it.
/// </summary>
internal sealed class EnviFields
{
    // Where these contradict each other, either reading may give wrong numbers.
    private static readonly string[] Decisive =
    ["samples", "lines", "bands", "data type", "interleave", "byte order", "header offset", "file compression",
        "major frame offsets", "minor frame offsets", EnviHeader.BadBandsKey, EnviHeader.IgnoreValueKey,
        EnviHeader.ScaleFactorKey,
    ];

    private static readonly string[] NoNumber = ["", "none", "null", "n/a", "na"];

    private readonly string _path;
    private readonly List<string> _warnings;
    private readonly List<KeyValuePair<string, string>> _fields;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public EnviFields(string path, List<KeyValuePair<string, string>> fields, List<string> warnings)
    {
        (_path, _fields, _warnings) = (path, fields, warnings);
        foreach (var (key, value) in fields)
        {
            if (_values.TryAdd(key, value) || _values[key] == value)
                continue;
            var contradiction = $"contradicts an earlier line, which says '{_values[key]}'";
            if (Decisive.Contains(key))
                throw Error(key, value, contradiction + ".");
            Warn(key, value, contradiction + "; it is ignored.");
        }
    }

    public EnviFormatException Error(string key, string value, string message) => new(_path, key, value, message);

    public EnviFormatException Error(string message) => new(_path, message);

    public EnviFormatException Missing(string key) => new(_path, key, null, "is missing.");

    public void Warn(string key, string? value, string message)
        => _warnings.Add(EnviFormatException.About(_path, $"{EnviFormatException.Field(key, value)} {message}"));

    /// <summary>The text of a field, or null; the field counts as used.</summary>
    public string? Take(string key) => _values.Remove(key, out var value) ? value : null;

    /// <summary>A text without its braces; null when there is none or it is empty.</summary>
    public string? TakeText(string key)
    {
        var text = Take(key) is { } value ? EnviText.Inside(value).Trim() : "";
        return text.Length == 0 ? null : text;
    }

    public int TakeCount(string key)
    {
        var value = TakeText(key) ?? throw Missing(key);
        return Whole(value) is > 0 and <= int.MaxValue and var count ? (int)count
            : throw Error(key, value, $"must be a whole number between 1 and {int.MaxValue}.");
    }

    /// <summary>A whole number that is not negative, 0 when the field is missing.</summary>
    public long TakeOffset(string key)
        => TakeText(key) is not { } value
            ? 0
            : Whole(value) ?? throw Error(key, value, "must be a number of bytes, not negative.");

    /// <summary>Whether all numbers of a field are 0, or it is missing.</summary>
    public bool TakeIsZero(string key, out string text)
    {
        text = Take(key) ?? "";
        return Items(text).All(item => item.Length == 0 || (TryParse(item, out var number) && number == 0));
    }

    /// <summary>A number, also within braces or several times over; null when there is none. What is no such number
    /// stays where it is, with a warning.</summary>
    public double? TakeNumber(string key, Predicate<double> isAllowed, string description)
    {
        if (Take(key) is not { } value)
            return null;
        var items = Items(value).Where(item => !NoNumber.Contains(item, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (items.Length == 0)
            return null;
        var isNumber = TryParse(items[0], out var number);
        if (isNumber && isAllowed(number) && items.Skip(1).All(
            item => TryParse(item, out var other) && number.Equals(other)))
        {
            return number;
        }
        PutBack(key, value, $"must be one number{description} and is ignored.");
        return null;
    }

    /// <summary>A list of finite numbers; null when there is none. A list that does not fit stays where it is,
    /// with a warning.</summary>
    public double[]? TakeNumbers(string key, int count)
    {
        if (Take(key) is not { } value)
            return null;
        var items = Items(value);
        if (items.Length == 0)
            return null;
        if (items.Length != count)
            return PutBack(key, value, Counts(items.Length, count));
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryParse(items[i], out numbers[i]) || !double.IsFinite(numbers[i]))
                return PutBack(key, value, $"must be a list of numbers; element {i + 1} is none. It is ignored.");
        }

        return numbers;
    }

    /// <summary>A list of names; null when there is none. A list that does not fit stays where it is,
    /// with a warning.</summary>
    public string[]? TakeNames(string key, int count)
    {
        if (Take(key) is not { } value)
            return null;
        var items = Items(value);
        if (items.Length == 0)
            return null;

        // Names with commas of their own: one name for each line, or commas in parentheses or quotation marks, where
        // the number of names fits.
        var names =
            items.Length == count ? items : EnviText.NamesOfLines(value, count) ?? EnviText.NamesInQuotes(value, count);
        if (names is not null)
            return Array.ConvertAll(names, name => name.ReplaceLineEndings(" "));
        PutBack(key, value, Counts(items.Length, count));
        return null;
    }

    /// <summary>What nobody took, in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Rest()
        => [.. _fields.DistinctBy(field => field.Key).Where(field => _values.ContainsKey(field.Key))];

    private static string[] Items(string value)
        => EnviText.WithoutLast(EnviText.Inside(value).Split(',', StringSplitOptions.TrimEntries));

    private double[]? PutBack(string key, string value, string message)
    {
        _values.Add(key, value);
        Warn(key, value, message);
        return null;
    }

    private static string Counts(int found, int expected)
        => $"has {found} elements, but there must be {expected}. It is ignored.";

    private static long? Whole(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= long.MaxValue && decimal.Truncate(number) == number ? (long)number
            : null;

    private static bool TryParse(string text, out double number)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            var sign = text.StartsWith('-') ? -1 : 1;
            number = sign * double.PositiveInfinity;
            return text.TrimStart('-', '+').Equals("inf", StringComparison.OrdinalIgnoreCase);
        }

        // The greatest number in too few digits is beyond it: that is what was meant.
        if (double.IsInfinity(number) && text.AsSpan().ContainsAnyInRange('0', '9'))
            number = Math.CopySign(double.MaxValue, number);
        return true;
    }
}
