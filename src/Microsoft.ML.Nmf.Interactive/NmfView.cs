using System.Globalization;
using System.Net;
using System.Text;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// A model to look at, as HTML: what was fitted, every component with its share and its largest features, pictures of
/// the components where they have a shape, and the history of the objective.
/// </summary>
/// <remarks>Names are shown as text, whatever is in them; colours are those of the page, light or dark; there is no
/// script and nothing is loaded. Immutable.</remarks>
public sealed record NmfView
{
    private const string Style = """
        <style>
        .mlnmf table { border-collapse: collapse; } .mlnmf td, .mlnmf th { text-align: left; padding: 2px 10px 2px 0; }
        .mlnmf td.share { white-space: nowrap; } .mlnmf i.bar { display: inline-block; height: 8px; margin-right: 6px;
        border-radius: 2px; background: #4a8fd0; } .mlnmf figure { display: inline-block; margin: 4px 8px 4px 0; }
        .mlnmf img { image-rendering: pixelated; display: block; } .mlnmf figcaption { font-size: 85%; }
        .mlnmf svg { display: block; max-width: 100%; } .mlnmf svg text { fill: currentColor; font-size: 12px; }
        .mlnmf svg path { fill: none; stroke: #4a8fd0; stroke-width: 2; } .mlnmf svg line { stroke: currentColor;
        stroke-opacity: .25; }
        </style>
        """;

    private const int PictureSize = 96;
    private const int BarWidth = 80;

    private readonly string _summary;
    private readonly IReadOnlyList<float[]> _components;
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<double> _shares;
    private readonly IReadOnlyList<ObjectivePoint> _history;

    internal NmfView(
        string summary, IReadOnlyList<float[]> components, IReadOnlyList<string> names, IReadOnlyList<double> shares,
        IReadOnlyList<ObjectivePoint> history, IReadOnlyList<string>? featureNames)
        => (_summary, _components, _names, _shares, _history, FeatureNames) = (
            summary, components, names, shares, history, featureNames);

    /// <summary>Names of the features, or null for numbers.</summary>
    public IReadOnlyList<string>? FeatureNames { get; init; }

    /// <summary>Number of features that are shown of a component. 10 by default.</summary>
    public int Features { get; init; } = 10;

    /// <summary>Most components that are shown, the first ones. 50 by default.</summary>
    public int Components { get; init; } = 50;

    /// <summary>Rows and columns of a component that is a picture, row by row, dark where it is large; or null. One of
    /// more than 384 rows or columns is shown smaller.</summary>
    public (int Rows, int Columns)? Shape { get; init; }

    /// <summary>The view as a piece of HTML.</summary>
    /// <exception cref="InvalidOperationException">There are more or fewer names, or places in the shape, than
    /// features, or a number of things to show is negative.</exception>
    public string ToHtml()
    {
        var features = _components.Count > 0 ? _components[0].Length : 0;
        Require(
            FeatureNames is null || FeatureNames.Count == features,
            $"There are {FeatureNames?.Count} names of features, but the components have {features} features.");
        Require(
            Shape is not { } shape
                || (shape.Rows > 0 && shape.Columns > 0 && (long)shape.Rows * shape.Columns == features),
            $"The shape is {Shape?.Rows} x {Shape?.Columns}, but the components have {features} features.");
        Require(Features >= 0 && Components >= 0, "Numbers of features and components must not be negative.");
        var html = new StringBuilder($"""<div class="mlnmf">{Style}<p>{Text(_summary)}</p>""");
        var shown = Math.Min(Components, _components.Count);
        html.Append("<table><thead><tr><th>component</th><th>share</th><th>largest features</th></tr></thead><tbody>");
        var largest = _shares.DefaultIfEmpty(0).Max();
        for (var k = 0; k < shown; k++)
        {
            var share = k < _shares.Count ? _shares[k] : 0;
            var width = largest > 0 ? BarWidth * share / largest : 0;
            html.Append(
                CultureInfo.InvariantCulture,
                $"""<tr><td dir="auto">{Text(_names[k])}</td><td class="share"><i class="bar" """)
                .Append(CultureInfo.InvariantCulture, $"""style="width:{width:0}px"></i>{share:P1}</td>""")
                .Append(CultureInfo.InvariantCulture, $"""<td dir="auto">{Text(LargestFeatures(k))}</td></tr>""");
        }

        html.Append("</tbody></table>");
        if (shown < _components.Count)
            html.Append(CultureInfo.InvariantCulture, $"<p>The first {shown} of {_components.Count} components.</p>");
        if (Shape is { } size)
        {
            for (var k = 0; k < shown; k++)
                html.Append(Picture(k, size.Rows, size.Columns));
        }

        return html.Append(History()).Append("</div>").ToString();
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new InvalidOperationException(message);
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private string LargestFeatures(int component)
    {
        var weights = _components[component];
        return string.Join(", ", Enumerable.Range(0, weights.Length).Where(f => weights[f] > 0)
            .OrderByDescending(f => weights[f]).ThenBy(f => f).Take(Features)
            .Select(f => FeatureNames?[f] ?? f.ToString(CultureInfo.InvariantCulture)));
    }

    private string Picture(int component, int rows, int columns)
    {
        var scale = PictureSize / (double)Math.Max(rows, columns);
        // More than a screen shows would only make the notebook larger.
        var (values, down, across) = Reduced(_components[component], rows, columns, 4 * PictureSize);
        var data = Convert.ToBase64String(GrayBitmap.Of(values, down, across));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <figure><img alt="{Text(_names[component])}" src="data:image/bmp;base64,{data}"
            width="{Math.Max(1, columns * scale):0}" height="{Math.Max(1, rows * scale):0}">
            <figcaption dir="auto">{Text(_names[component])}</figcaption></figure>
            """);
    }

    // Means of blocks, where a picture has more rows or columns than wanted.
    private static (float[] Values, int Rows, int Columns) Reduced(float[] values, int rows, int columns, int most)
    {
        var block = (Math.Max(rows, columns) + most - 1) / most;
        if (block == 1)
            return (values, rows, columns);
        var (down, across) = ((rows + block - 1) / block, (columns + block - 1) / block);
        var (sums, counts) = (new double[down * across], new int[down * across]);
        for (var i = 0; i < values.Length; i++)
        {
            var at = (i / columns / block * across) + (i % columns / block);
            sums[at] += values[i];
            counts[at]++;
        }

        return ([.. sums.Select((sum, at) => (float)(sum / counts[at]))], down, across);
    }

    // The first check is far above the others; logarithms would be of no use where objectives are near zero.
    private string History()
    {
        const int width = 420, height = 140, left = 70, bottom = 24, top = 8, right = 10;
        var points = _history.Where(point => double.IsFinite(point.Objective)).ToArray();
        if (points.Length < 2)
            return "";
        var (low, high) = (points.Min(point => point.Objective), points.Max(point => point.Objective));
        var (first, last) = (points[0].Iteration, points[^1].Iteration);
        var path = string.Join(' ', points.Select((point, i) => string.Create(
            CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{X(point.Iteration):0.0} {Y(point.Objective):0.0}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg role="img" aria-label="Objective by iteration" width="{width}" height="{height}"
            viewBox="0 0 {width} {height}">
            <line x1="{left}" x2="{width - right}" y1="{Y(low):0.0}" y2="{Y(low):0.0}"/>
            <line x1="{left}" x2="{width - right}" y1="{Y(high):0.0}" y2="{Y(high):0.0}"/>
            <text x="{left - 6}" y="{Y(high) + 4:0.0}" text-anchor="end">{high:G4}</text>
            <text x="{left - 6}" y="{Y(low) + 4:0.0}" text-anchor="end">{low:G4}</text>
            <text x="{left}" y="{height - 6}">{first}</text>
            <text x="{width - right}" y="{height - 6}" text-anchor="end">iteration {last}</text>
            <path d="{path}"/></svg>
            """);

        double X(int iteration)
            => left + ((width - left - right) * (iteration - first) / (double)Math.Max(1, last - first));

        double Y(double objective)
            => high > low ? top + ((height - top - bottom) * (high - objective) / (high - low)) : height - bottom;
    }
}
