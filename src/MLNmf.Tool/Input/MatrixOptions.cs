using System.CommandLine;

namespace MLNmf.Tool.Input;

/// <summary>How a matrix of numbers is read.</summary>
internal sealed record MatrixOptions
{
    /// <summary>Columns to leave out, by name or number.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>The array of an NPZ file, or null for the only one.</summary>
    public string? Array { get; init; }

    /// <summary>Whether empty fields and NaN are entries that were not observed.</summary>
    public bool HasMissing { get; init; }

    /// <summary>How CSV files are read; <see cref="TextOptions.Name"/> is the column of the names of rows.</summary>
    public TextOptions Text { get; init; } = new();

    /// <summary>The options of a command that say so, besides those of <see cref="TextOptions"/>.</summary>
    public static Func<ParseResult, TextOptions, MatrixOptions> AddTo(Command command)
    {
        var ignore = new Option<string[]>("--ignore")
        {
            Description = "Columns to leave out, by name or number",
            AllowMultipleArgumentsPerToken = true,
        };
        var array = new Option<string?>("--array") { Description = "Which array of an NPZ file" };
        var missing = new Option<bool>("--missing")
        {
            Description = "Empty fields and NaN were not observed (else they are an error)",
        };
        foreach (var option in new Option[] { ignore, array, missing })
            command.Options.Add(option);
        return (parsed, text) => new MatrixOptions
        {
            Ignore = parsed.GetValue(ignore) ?? [],
            Array = parsed.GetValue(array),
            HasMissing = parsed.GetValue(missing),
            Text = text,
        };
    }

    /// <summary>The options of a command that reads matrices and no texts.</summary>
    public static Func<ParseResult, MatrixOptions> AddAllTo(Command command)
    {
        var delimiter = new Option<string?>("--delimiter")
        {
            Description = "What separates columns of a CSV file: one character, or tab [default: found out]",
        };
        var header = new Option<bool>("--no-header") { Description = "The first row of a CSV file is data, too" };
        var name = new Option<string?>("--id") { Description = "Column of the names of the rows, by name or number" };
        foreach (var option in new Option[] { delimiter, header, name })
            command.Options.Add(option);
        var own = AddTo(command);
        return parsed => own(parsed, new TextOptions
        {
            Delimiter = TextOptions.DelimiterOf(parsed.GetValue(delimiter)),
            HasHeader = !parsed.GetValue(header),
            Name = parsed.GetValue(name),
        });
    }
}
