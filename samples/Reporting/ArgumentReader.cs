using System.Globalization;

namespace Reporting;

/// <summary>Reads options from a command line, one after the other: <c>--name value</c> or <c>--name=value</c>,
/// each at most once.</summary>
/// <example><code>
/// var reader = new ArgumentReader(arguments);
/// while (reader.NextOption() is { } name)
/// {
///     parsed = name switch
///     {
///         "--rank" => parsed with { Rank = reader.WholeNumber(1, 100) },
///         "--help" => parsed with { Help = true },
///         _ => throw reader.Unknown(),
///     };
/// }
/// </code></example>
public sealed class ArgumentReader(IReadOnlyList<string> arguments)
{
    private readonly HashSet<string> _seen = [];
    private int _next;
    private string _name = "";
    private string? _value;

    /// <summary>Goes on to the next option.</summary>
    /// <returns>Its name, or null at the end. <c>-h</c> and <c>-?</c> are <c>--help</c>.</returns>
    /// <exception cref="UserErrorException">The option is given twice, or the one before it was given a value that
    /// nobody asked for.</exception>
    public string? NextOption()
    {
        if (_value is not null)
            throw new UserErrorException($"The option {_name} takes no value.");
        if (_next == arguments.Count)
            return null;
        var argument = arguments[_next++];
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        (_name, _value) = argument.StartsWith("--", StringComparison.Ordinal) && equals > 0
            ? (argument[..equals], argument[(equals + 1)..])
            : (argument, null);
        if (_name is "-h" or "-?")
            _name = "--help";
        return _seen.Add(_name) ? _name : throw new UserErrorException($"The option {_name} is given twice.");
    }

    /// <summary>The value of the option.</summary>
    /// <exception cref="UserErrorException">It has none, or an empty one. What looks like an option is one: such a
    /// value takes the form <c>--name=value</c>.</exception>
    public string Text()
    {
        var value = _value;
        _value = null;
        if (value is null)
        {
            if (_next == arguments.Count || arguments[_next].StartsWith("--", StringComparison.Ordinal))
                throw new UserErrorException($"The option {_name} needs a value.");
            value = arguments[_next++];
        }

        return string.IsNullOrWhiteSpace(value)
            ? throw new UserErrorException($"The value of {_name} is empty.")
            : value;
    }

    /// <summary>The value of the option, the path of a file that exists.</summary>
    /// <exception cref="UserErrorException">There is no such file.</exception>
    public string ExistingFile()
    {
        var path = Text();
        return File.Exists(path) ? path : throw new UserErrorException($"There is no file {path} ({_name}).");
    }

    /// <summary>The value of the option, the path of a folder that exists.</summary>
    /// <exception cref="UserErrorException">There is no such folder.</exception>
    public string ExistingFolder()
    {
        var path = Text();
        return Directory.Exists(path) ? path : throw new UserErrorException($"There is no folder {path} ({_name}).");
    }

    /// <summary>The value of the option, a whole number.</summary>
    /// <exception cref="UserErrorException">It is none, or out of its range.</exception>
    public int WholeNumber(int least, int most = int.MaxValue)
    {
        var text = Text();
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw new UserErrorException(most == int.MaxValue
                ? $"The value of {_name} must be a whole number of at least {least}, not \"{text}\"."
                : $"The value of {_name} must be a whole number from {least} to {most}, not \"{text}\".");
    }

    /// <summary>The value of the option, a number.</summary>
    /// <exception cref="UserErrorException">It is none, or out of its range.</exception>
    public double Number(double least, double most)
    {
        var text = Text();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw new UserErrorException(FormattableString.Invariant(
                $"The value of {_name} must be a number from {least} to {most}, not \"{text}\"."));
    }

    /// <summary>The value of the option, one of a few words.</summary>
    /// <exception cref="UserErrorException">It is another.</exception>
    public string OneOf(params string[] choices)
    {
        var text = Text();
        return Array.IndexOf(choices, text) >= 0
            ? text
            : throw new UserErrorException(
                $"The value of {_name} must be {string.Join(", ", choices[..^1])} or {choices[^1]}, not \"{text}\".");
    }

    /// <summary>The error of an option that the program does not know.</summary>
    public UserErrorException Unknown() => new($"There is no option \"{_name}\". Try --help.");
}
