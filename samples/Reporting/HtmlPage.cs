using System.Text;

namespace Reporting;

/// <summary>A report: one HTML file, with its charts and pictures inside.</summary>
/// <param name="title">Text of the title.</param>
/// <param name="introduction">Text below it.</param>
public sealed class HtmlPage(string title, string introduction)
{
    private const string NoFonts =
        "This report was made on a machine without fonts, so its charts have no text; install "
        + "some (fonts-dejavu-core on Debian) and run again.";

    private readonly StringBuilder _body = new();

    /// <summary>Text at the end.</summary>
    public string? Footer { get; set; }

    /// <summary>More style, for what only this report has.</summary>
    public string Style { get; init; } = "";

    /// <summary>The few numbers that matter most.</summary>
    /// <param name="tiles">Texts.</param>
    public HtmlPage Tiles(params IEnumerable<(string Value, string Caption)> tiles)
    {
        _body.AppendLine("<section class=\"tiles\">");
        foreach (var (value, caption) in tiles)
            _body.AppendLine($"<div><b>{Html.Text(value)}</b><span>{Html.Text(caption)}</span></div>");
        _body.AppendLine("</section>");
        return this;
    }

    /// <summary>A heading above several sections.</summary>
    /// <param name="heading">Text.</param>
    public HtmlPage Part(string heading)
    {
        _body.AppendLine($"<h2 class=\"part\">{Html.Text(heading)}</h2>");
        return this;
    }

    /// <summary>A box with a heading.</summary>
    /// <param name="heading">Text; empty for none.</param>
    /// <param name="content">HTML, from <see cref="Html"/> and <see cref="Table.ToHtml"/>.</param>
    public HtmlPage Section(string heading, params IEnumerable<string> content)
    {
        _body.AppendLine("<section>");
        if (heading.Length > 0)
            _body.AppendLine($"<h2>{Html.Text(heading)}</h2>");
        foreach (var piece in content)
            _body.AppendLine(piece);
        _body.AppendLine("</section>");
        return this;
    }

    /// <summary>The text of the file.</summary>
    public string Render() => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{Html.Text(title)}}</title>
        <style>
        {{HtmlStyle.Css}}
        {{Style}}
        </style>
        </head>
        <body>
        <header>
        <h1>{{Html.Text(title)}}</h1>
        <p>{{Html.Text(introduction)}}</p>
        </header>
        {{_body}}
        {{(Chart.WasDrawnWithoutText ? Html.Note(NoFonts) : "")}}
        {{(Footer is null ? "" : $"<footer><p>{Html.Text(Footer)}</p></footer>")}}
        </body>
        </html>

        """;

    /// <summary>Writes the file, over an older one; its folder is made where there is none.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public void Save(string path)
    {
        ConsoleProgram.OutputFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            File.WriteAllText(path, Render());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"Cannot write {path}: {e.Message}");
        }
    }
}
