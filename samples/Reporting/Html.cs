using System.Net;

namespace Reporting;

/// <summary>Pieces of HTML. What a parameter calls text is encoded, what it calls HTML is not.</summary>
public static class Html
{
    /// <summary>Text as HTML.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A remark in grey.</summary>
    /// <param name="text">Text.</param>
    public static string Note(string text) => $"<p class=\"note\">{Text(text)}</p>";

    /// <summary>A paragraph.</summary>
    /// <param name="text">Text.</param>
    public static string Paragraph(string text) => $"<p>{Text(text)}</p>";

    /// <summary>A chart, drawn at the width of its place.</summary>
    /// <param name="dataUri">The chart, from <see cref="Chart"/>.</param>
    /// <param name="caption">Text above it.</param>
    /// <param name="alternative">What it shows, for who cannot see it.</param>
    public static string Chart(string dataUri, string caption, string alternative)
        => $"<figure><figcaption>{Text(caption)}</figcaption><img class=\"smooth\" src=\"{dataUri}\" "
            + $"alt=\"{Text(alternative)}\"></figure>";

    /// <summary>A chart as wide as its box.</summary>
    /// <param name="dataUri">The chart, from <see cref="Reporting.Chart.RenderWide"/>.</param>
    /// <param name="caption">Text above it.</param>
    /// <param name="alternative">What it shows, for who cannot see it.</param>
    public static string WideChart(string dataUri, string caption, string alternative)
        => $"<figure class=\"wide\"><figcaption>{Text(caption)}</figcaption><img class=\"smooth\" "
            + $"src=\"{dataUri}\" alt=\"{Text(alternative)}\"></figure>";

    /// <summary>A picture of pixels, drawn at the width of its place.</summary>
    /// <param name="dataUri">The picture, from <see cref="Pictures"/>.</param>
    /// <param name="caption">Text above it.</param>
    /// <param name="alternative">What it shows, for who cannot see it.</param>
    /// <param name="text">Text below it.</param>
    public static string Picture(string dataUri, string caption, string alternative, string text = "")
        => $"<figure><figcaption>{Text(caption)}</figcaption><img src=\"{dataUri}\" "
            + $"alt=\"{Text(alternative)}\">{(text.Length > 0 ? Note(text) : "")}</figure>";

    /// <summary>A picture of pixels at its own size, with its caption.</summary>
    /// <param name="dataUri">The picture, from <see cref="Pictures"/>.</param>
    /// <param name="caption">Text above it.</param>
    /// <param name="alternative">What it shows, for who cannot see it.</param>
    public static string SmallPicture(string dataUri, string caption, string alternative)
        => $"<figure class=\"small\"><figcaption>{Text(caption)}</figcaption><img src=\"{dataUri}\" "
            + $"alt=\"{Text(alternative)}\"></figure>";

    /// <summary>Figures beside each other, as many as fit.</summary>
    /// <param name="figures">HTML.</param>
    public static string SideBySide(params IEnumerable<string> figures)
        => $"<div class=\"side\">{string.Join('\n', figures)}</div>";

    /// <summary>A sound to listen to.</summary>
    /// <param name="path">Path of the file, relative to the report.</param>
    public static string Audio(string path) => $"<audio controls preload=\"none\" src=\"{Text(path)}\"></audio>";
}
