using System.Globalization;

namespace Nmf.Hyperspectral;

/// <summary>The fields of a header, taken out one by one; what remains is kept as it is.</summary>
internal sealed class EnviFields
{
    private readonly string _path;
    private readonly List<KeyValuePair<string, string>> _fields;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public EnviFields(string path, List<KeyValuePair<string, string>> fields)
    {
        (_path, _fields) = (path, fields);
        foreach (var (key, value) in fields)
        {
            if (!_values.TryAdd(key, value) && _values[key] != value)
                throw Error(key, value, $"contradicts an earlier line, which says '{_values[key]}'.");
        }
    }

    public EnviFormatException Error(string key, string value, string message) => new(_path, key, value, message);

    public EnviFormatException Error(string message) => new(_path, message);

    public EnviFormatException Missing(string key) => new(_path, key, null, "is missing.");

    /// <summary>The text of a field, or null; the field counts as used.</summary>
    public string? Take(string key) => _values.Remove(key, out var value) ? value : null;

    public string TakeRequired(string key) => Take(key) ?? throw Missing(key);

    public int TakeCount(string key)
    {
        var value = TakeRequired(key);
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
            : throw Error(key, value, $"must be a whole number between 1 and {int.MaxValue}.");
    }

    public double? TakeNumber(string key)
    {
        if (Take(key) is not { } value)
            return null;
        return TryParse(value, out var number) ? number : throw Error(key, value, "must be a number.");
    }

    /// <summary>A text without its braces; null when there is none or it is empty.</summary>
    public string? TakeText(string key)
    {
        var text = Take(key) is { } value ? EnviText.Inside(value).Trim() : "";
        return text.Length == 0 ? null : text;
    }

    public double[]? TakeNumbers(string key, int count)
    {
        if (TakeList(key, count) is not { } items)
            return null;
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryParse(items[i], out numbers[i]))
                throw Error(key, items[i], $"must be a list of numbers; element {i + 1} is none.");
        }

        return numbers;
    }

    public string[]? TakeNames(string key, int count)
        => TakeList(key, count) is { } names ? Array.ConvertAll(names, name => name.ReplaceLineEndings(" ")) : null;

    /// <summary>What nobody took, in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Rest()
        => [.. _fields.DistinctBy(field => field.Key).Where(field => _values.ContainsKey(field.Key))];

    private string[]? TakeList(string key, int count)
    {
        if (Take(key) is not { } value)
            return null;
        var items = EnviText.Inside(value).Split(',', StringSplitOptions.TrimEntries);

        // A comma after the last element is common and means nothing.
        var length = items[^1].Length == 0 ? items.Length - 1 : items.Length;
        if (length == 0)
            return null;
        return length == count ? items[..count] : throw Error(key, value, $"has {length} elements, but there must be {count}.");
    }

    private static bool TryParse(string text, out double number)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
