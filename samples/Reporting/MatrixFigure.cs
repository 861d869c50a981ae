using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Reporting;

/// <summary>A small matrix as squares with the names of its rows and columns, as SVG.</summary>
public static class MatrixFigure
{
    private const int Side = 40;
    private const int Left = 84;
    private const int Top = 48;

    /// <summary>The figure.</summary>
    /// <param name="names">Names of rows and of columns.</param>
    /// <param name="color">Colour of a row and a column.</param>
    /// <param name="rows">What the rows are, written along them.</param>
    /// <param name="columns">What the columns are, written above them.</param>
    /// <param name="title">What the figure shows, for who cannot see it.</param>
    public static string Svg(
        IReadOnlyList<string> names, Func<int, int, SKColor> color, string rows, string columns, string title)
    {
        var (width, height) = (Left + (Side * names.Count) + 1, Top + (Side * names.Count) + 1);
        var svg = new StringBuilder(Invariant($"<svg viewBox=\"0 0 {width} {height}\" style=\"max-width:{width}px\" "));
        svg.Append(Invariant($"width=\"100%\" role=\"img\" aria-label=\"{Html.Text(title)}\">"));
        svg.Append(Invariant($"<text x=\"{Left}\" y=\"14\">{Html.Text(columns)}</text>"));
        svg.Append(Invariant($"<text transform=\"translate(14,{height}) rotate(-90)\">{Html.Text(rows)}</text>"));
        for (var i = 0; i < names.Count; i++)
        {
            var (x, y) = (Left + (Side * i), Top + (Side * i));
            svg.Append(Invariant($"<text x=\"{x + (Side / 2)}\" y=\"{Top - 8}\" text-anchor=\"middle\">"));
            svg.Append(Invariant($"{Html.Text(names[i])}</text>"));
            svg.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{y + (Side / 2) + 4}\" text-anchor=\"end\">"));
            svg.Append(Invariant($"{Html.Text(names[i])}</text>"));
            for (var j = 0; j < names.Count; j++)
            {
                var c = color(i, j);
                svg.Append(Invariant($"<rect x=\"{Left + (Side * j)}\" y=\"{y}\" width=\"{Side}\" "));
                svg.Append(Invariant($"height=\"{Side}\" fill=\"#{c.Red:x2}{c.Green:x2}{c.Blue:x2}\" "));
                svg.Append("stroke=\"#dde3e8\"/>");
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
