namespace Nmf.Hyperspectral;

/// <summary>A file is not an ENVI file that can be read: a broken header, a kind that is not read, or data that end too early.</summary>
public sealed class EnviFormatException : FormatException
{
    /// <summary>An error in a file.</summary>
    /// <param name="path">Path of the file; the message begins with its name.</param>
    /// <param name="message">What is wrong.</param>
    public EnviFormatException(string path, string message)
        : base($"{System.IO.Path.GetFileName(path)}: {message}") => Path = path;

    /// <summary>An error in one field of a header.</summary>
    /// <param name="path">Path of the header; the message begins with its name.</param>
    /// <param name="key">Key of the field, such as "data type".</param>
    /// <param name="value">What the field says; null when the field is missing.</param>
    /// <param name="message">What is wrong, after "key = value".</param>
    public EnviFormatException(string path, string key, string? value, string message)
        : base($"{System.IO.Path.GetFileName(path)}: {(value is null ? $"'{key}'" : $"'{key} = {Shortened(value)}'")} {message}")
        => (Path, Key, Value) = (path, key, value);

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Key of the field of the header; null when it is not about a field.</summary>
    public string? Key { get; }

    /// <summary>What the field says; null when it is missing or the error is not about a field.</summary>
    public string? Value { get; }

    private static string Shortened(string value)
    {
        const int Longest = 60;
        var line = value.ReplaceLineEndings(" ");
        return line.Length <= Longest ? line : line[..Longest] + "...";
    }
}
