namespace Nmf.Hyperspectral;

/// <summary>A file is not an ENVI file that can be read: a broken header, a kind that is not read, or data that
/// end too early.</summary>
public sealed class EnviFormatException : FormatException
{
    /// <summary>An error in a file.</summary>
    /// <param name="path">Path of the file; the message begins with its name.</param>
    /// <param name="message">What is wrong.</param>
    internal EnviFormatException(string path, string message)
        : base(About(path, message)) => Path = path;

    /// <summary>An error in one field of a header.</summary>
    /// <param name="path">Path of the header; the message begins with its name.</param>
    /// <param name="key">Key of the field, such as "data type".</param>
    /// <param name="value">What the field says; null when the field is missing.</param>
    /// <param name="message">What is wrong, after "key = value".</param>
    internal EnviFormatException(string path, string key, string? value, string message)
        : base(About(path, $"{Field(key, value)} {message}"))
        => (Path, Key, Value) = (path, key, value);

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Key of the field of the header; null when it is not about a field.</summary>
    public string? Key { get; }

    /// <summary>What the field says; null when it is missing or the error is not about a field.</summary>
    public string? Value { get; }

    /// <summary>A message that begins with the name of the file.</summary>
    internal static string About(string path, string message) => $"{System.IO.Path.GetFileName(path)}: {message}";

    /// <summary>A field as messages show it.</summary>
    internal static string Field(string key, string? value)
        => value is null ? $"'{key}'" : $"'{key} = {Shortened(value)}'";

    private static string Shortened(string value)
    {
        const int Longest = 60;
        var line = value.ReplaceLineEndings(" ");
        return line.Length <= Longest ? line : line[..Longest] + "...";
    }
}
