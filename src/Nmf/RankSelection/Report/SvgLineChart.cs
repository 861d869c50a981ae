using System.Net;

namespace Nmf;

/// <summary>A line chart over ranks as SVG text.</summary>
/// <param name="label">What the vertical axis shows.</param>
internal sealed class SvgLineChart(string label)
{
    private const double Width = 520;
    private const double Height = 300;
    private const double Left = 62;
    private const double Right = 14;
    private const double Top = 14;
    private const double Bottom = 42;

    private readonly List<Series> _series = [];
    private readonly List<(int Rank, string Color)> _marks = [];

    public bool IsEmpty => _series.All(s => s.Points.Length == 0);

    /// <summary>Adds a line; ranks without a value are left out.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="points">Rank, value and half the length of its error bar.</param>
    /// <param name="dashed">Whether it is a line to compare with.</param>
    public void Add(
        string name, string color, IEnumerable<(int Rank, double? Value, double Error)> points, bool dashed = false)
        => _series.Add(new Series(
            name, color, [.. points.Where(p => p.Value is { } v && double.IsFinite(v)).Select(
                p => (p.Rank, p.Value!.Value, p.Error))], dashed));

    /// <summary>Marks a rank with a vertical line.</summary>
    public void Mark(int? rank, string color)
    {
        if (rank is { } known)
            _marks.Add((known, color));
    }

    public string Render()
    {
        var points = _series.SelectMany(s => s.Points).ToArray();
        var (first, last) = (points.Min(p => p.Rank), points.Max(p => p.Rank));
        var ticks = Ticks(points.Min(p => p.Value - p.Error), points.Max(p => p.Value + p.Error));
        double X(double rank) => first == last
            ? (Left + Width - Right) / 2
            : Left + ((rank - first) / (last - first) * (Width - Left - Right));
        double Y(double value)
            => Height - Bottom - ((value - ticks[0]) / (ticks[^1] - ticks[0]) * (Height - Top - Bottom));

        var svg = new List<string>();
        var name = WebUtility.HtmlEncode(label);
        svg.Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{name} by rank\">");
        foreach (var tick in ticks)
        {
            svg.Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" {Vertical(Y(tick), Y(tick))}/>");
            svg.Add($"{Text("end", Left - 6, Y(tick) + 4)}{tick:G4}</text>");
        }

        var step = Math.Max(1, (int)Math.Ceiling((last - first) / 12.0));
        foreach (var rank in points.Select(p => p.Rank).Distinct().Where(rank => (rank - first) % step == 0))
            svg.Add($"{Text("middle", X(rank), Height - Bottom + 16)}{rank}</text>");
        svg.Add($"{Text("middle", (Left + Width - Right) / 2, Height - 8)}rank</text>");
        foreach (var (rank, color) in _marks)
        {
            var line = $"{Horizontal(X(rank))} {Vertical(Top, Height - Bottom)}";
            svg.Add($"<line {line} stroke=\"{color}\" stroke-width=\"9\" opacity=\"0.15\"/>");
        }

        foreach (var series in _series.Where(s => s.Points.Length > 0))
            Append(svg, series, X, Y);
        svg.Add("</svg><div class=\"legend\">");
        foreach (var series in _series.Where(s => s.Points.Length > 0))
            svg.Add($"<span><i style=\"background:{series.Color}\"></i>{WebUtility.HtmlEncode(series.Name)}</span>");
        return string.Concat(svg) + "</div>";
    }

    private static void Append(List<string> svg, Series series, Func<double, double> x, Func<double, double> y)
    {
        var path = string.Join(' ', series.Points.Select(p => $"{x(p.Rank):0.#},{y(p.Value):0.#}"));
        var color = $"stroke=\"{series.Color}\"";
        var dashes = series.Dashed ? " stroke-dasharray=\"5 4\"" : "";
        svg.Add($"<polyline points=\"{path}\" fill=\"none\" {color} stroke-width=\"2\"{dashes}/>");
        foreach (var (rank, value, error) in series.Points)
        {
            if (error > 0)
                svg.Add($"<line {Horizontal(x(rank))} {Vertical(y(value - error), y(value + error))} {color}/>");
            if (series.Dashed)
                continue;
            svg.Add($"<circle cx=\"{x(rank):0.#}\" cy=\"{y(value):0.#}\" r=\"3.2\" fill=\"{series.Color}\">");
            svg.Add($"<title>rank {rank}: {value:G5}</title></circle>");
        }
    }

    private static string Horizontal(double x) => $"x1=\"{x:0.#}\" x2=\"{x:0.#}\"";

    private static string Vertical(double from, double to) => $"y1=\"{from:0.#}\" y2=\"{to:0.#}\"";

    private static string Text(string anchor, double x, double y)
        => $"<text class=\"tick\" text-anchor=\"{anchor}\" x=\"{x:0.#}\" y=\"{y:0.#}\">";

    // Four to eight round numbers that span the values.
    private static double[] Ticks(double low, double high)
    {
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            var around = low == 0 ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - around, high + around);
        }

        var rough = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * ((rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        var (from, to) = (Math.Floor((low / step) + 1e-9), Math.Ceiling((high / step) - 1e-9));
        return [.. Enumerable.Range(0, (int)(to - from) + 1).Select(i => Math.Round((from + i) * step, 12))];
    }

    private sealed record Series(
        string Name, string Color, (int Rank, double Value, double Error)[] Points, bool Dashed);
}
