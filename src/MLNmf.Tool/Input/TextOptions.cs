using System.CommandLine;
using System.Text;

namespace MLNmf.Tool.Input;

/// <summary>How texts are read.</summary>
internal sealed record TextOptions
{
    /// <summary>Name or number (from 1) of the column of the texts, or null to find it.</summary>
    public string? Column { get; init; }

    /// <summary>Name or number of a column of identifiers, or null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Name or number of a column of dates, or null for none.</summary>
    public string? Date { get; init; }

    /// <summary>Name or number of a column of classes, or null for none.</summary>
    public string? Class { get; init; }

    public TextFormat? Format { get; init; }

    /// <summary>What separates columns, or null to find out.</summary>
    public string? Delimiter { get; init; }

    public bool HasHeader { get; init; } = true;

    public bool HasQuotes { get; init; } = true;

    public Encoding? Encoding { get; init; }

    /// <summary>The options of a command that say so.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isTable">Whether it reads nothing but tables of texts and classes, CSV and TSV.</param>
    public static Func<ParseResult, TextOptions> AddTo(Command command, bool isTable = false)
    {
        var column = new Option<string?>("--column", "-c")
        {
            Description = "Name or number (from 1) of the column of the texts; of a field, in JSON lines "
                + "[default: one with a usual name such as text, else the one with the longest texts]",
        };
        var name = new Option<string?>("--id") { Description = "Name or number of a column that names the texts" };
        var date = new Option<string?>("--date") { Description = "Name or number of a column of dates" };
        var group = new Option<string?>("--class", "--label") { Description = "Name or number of a column of classes" };
        var format = new Option<TextFormat?>("--format")
        {
            Description = "What the file is [default: by its name; a folder is read file by file]",
        };
        var delimiter = new Option<string?>("--delimiter")
        {
            Description = "What separates columns: one character, or tab [default: the one of , ; tab | that the "
                + "first line has most of]",
        };
        var header = new Option<bool>("--no-header") { Description = "The first row is a text, too" };
        var quotes = new Option<bool>("--no-quotes")
        {
            Description = "Quotation marks are part of the texts and enclose nothing",
        };
        var encoding = new Option<string?>("--encoding")
        {
            Description = "Encoding of the file, such as utf-8, utf-16, latin1, windows-1252 [default: utf-8]",
        };
        Option[] options = isTable
            ? [column, group, delimiter, header, quotes, encoding]
            : [column, name, date, group, format, delimiter, header, quotes, encoding];
        foreach (var option in options)
            command.Options.Add(option);
        return parsed => new TextOptions
        {
            Column = parsed.GetValue(column),
            Name = parsed.GetValue(name),
            Date = parsed.GetValue(date),
            Class = parsed.GetValue(group),
            Format = parsed.GetValue(format),
            Delimiter = DelimiterOf(parsed.GetValue(delimiter)),
            HasHeader = !parsed.GetValue(header),
            HasQuotes = !parsed.GetValue(quotes),
            Encoding = EncodingOf(parsed.GetValue(encoding)),
        };
    }

    public static string? DelimiterOf(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => "\t",
        { Length: 1 } when text is not ("\"" or "\n" or "\r") => text,
        _ => throw new UserErrorException($"--delimiter must be one character, or tab, not \"{text}\"."),
    };

    private static Encoding? EncodingOf(string? name)
    {
        try
        {
            return name is null ? null : Encoding.GetEncoding(
                name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            throw new UserErrorException(
                $"There is no encoding \"{name}\" (--encoding). Usual ones are utf-8, utf-16, latin1, windows-1252.");
        }
    }
}

/// <summary>What a file of texts is.</summary>
internal enum TextFormat
{
    /// <summary>Columns with a separator.</summary>
    Csv,

    /// <summary>Columns separated by tabs.</summary>
    Tsv,

    /// <summary>A JSON object on every line.</summary>
    JsonLines,

    /// <summary>A text on every line.</summary>
    Lines,

    /// <summary>A Parquet file, or a folder of them.</summary>
    Parquet,
}
