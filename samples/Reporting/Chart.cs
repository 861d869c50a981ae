using ScottPlot;
using SkiaSharp;

namespace Reporting;

/// <summary>Charts for reports, as PNG data URIs at twice the size at which they are shown. A plot of one's own begins
/// with <see cref="New"/> and ends with <see cref="Render"/>.</summary>
public static class Chart
{
    private const int Width = 560;
    private const int FullWidth = 1120;
    private const int Sharpness = 2;

    private static readonly string[] SansSerifFonts = [
        "Segoe UI", "Helvetica Neue", "Open Sans", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];
    private static readonly string Font = SansSerif();
    private static readonly Color[] Colors = [.. new[] { "#2a6fb0", "#c2571a", "#3c8d5a", "#8a5aa8", "#b8860b",
        "#5a6875", "#c2413a", "#1b9aaa" }.Select(Color.FromHex)];

    /// <summary>The colour of what matters.</summary>
    public static Color Blue { get; } = Color.FromHex("#2a6fb0");

    /// <summary>The colour of what it is compared with.</summary>
    public static Color Grey { get; } = Color.FromHex("#9aa5b1");

    /// <summary>Whether a chart was drawn on a machine without fonts.</summary>
    internal static bool WasDrawnWithoutText { get; private set; }

    /// <summary>The colour of a series: eight that are told apart well, then the same again.</summary>
    public static Color Series(int index) => Colors[index % Colors.Length];

    /// <summary>An empty plot in the style of the reports.</summary>
    /// <param name="xLabel">What runs to the right.</param>
    /// <param name="yLabel">What runs upwards.</param>
    public static Plot New(string xLabel, string yLabel = "")
    {
        var plot = new Plot { ScaleFactor = Sharpness };
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.Label.FontSize = 13;
        plot.Axes.Left.Label.FontSize = 13;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#e4e8ec");
        plot.XLabel(xLabel);
        if (yLabel.Length > 0)
            plot.YLabel(yLabel);
        return plot;
    }

    /// <summary>A plot as a data URI.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="height">Height in pixels, for a width of 560.</param>
    public static string Render(Plot plot, int height = 300) => Render(plot, Width, height);

    /// <summary>A plot as wide as a box, as a data URI.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="height">Height in pixels, for a width of 1,120.</param>
    public static string RenderWide(Plot plot, int height = 300) => Render(plot, FullWidth, height);

    /// <summary>Labels an axis, on which logarithms to base 10 are drawn, by the values.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="least">Logarithm of the least value.</param>
    /// <param name="greatest">Logarithm of the greatest.</param>
    /// <param name="zero">Where a value of zero is drawn, or NaN.</param>
    public static void LabelByValues(IAxis axis, double least, double greatest, double zero = double.NaN)
    {
        var from = (int)Math.Ceiling(least - 1e-9);
        var to = (int)Math.Floor(greatest + 1e-9);
        var step = Math.Max(1, (to - from + 5) / 6);
        var ticks = Enumerable.Range(0, Math.Max(0, ((to - from) / step) + 1)).Select(i => from + (i * step)).Select(
            power => new Tick(power, Math.Abs(power) < 5 ? Math.Pow(10, power).ToString("0.####") : $"1e{power}"));
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. double.IsNaN(zero) ? [] : new[] { new Tick(zero, "0") }, .. ticks]);
    }

    /// <summary>A plot of any size as a data URI.</summary>
    public static string Render(Plot plot, int width, int height)
    {
        WasDrawnWithoutText |= SKFontManager.Default.FontFamilyCount == 0;
        plot.Font.Set(Font);
        return "data:image/png;base64,"
            + Convert.ToBase64String(plot.GetImageBytes(width * Sharpness, height * Sharpness, ImageFormat.Png));
    }

    /// <summary>Lines over common or different abscissas, with a legend where there are several.</summary>
    /// <param name="xLabel">What runs to the right.</param>
    /// <param name="yLabel">What runs upwards.</param>
    /// <param name="lines">The lines.</param>
    public static string Lines(
        string xLabel, string yLabel, params IReadOnlyList<(string Name, double[] X, double[] Y)> lines)
    {
        using var plot = New(xLabel, yLabel);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = plot.Add.Scatter(lines[i].X, lines[i].Y);
            line.Color = Series(i);
            line.LineWidth = 2;
            line.MarkerSize = 0;
            line.LegendText = lines[i].Name;
        }

        if (lines.Count > 1)
            ShowLegend(plot);
        return Render(plot);
    }

    /// <summary>A legend above the plot's area, where it hides nothing.</summary>
    public static void ShowLegend(Plot plot)
    {
        plot.ShowLegend(Edge.Top);
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
        plot.Legend.BackgroundColor = ScottPlot.Colors.Transparent;
    }

    /// <summary>Horizontal bars with their names at the left, the first at the top.</summary>
    /// <param name="xLabel">What their length means.</param>
    /// <param name="bars">The bars; those that are highlighted blue, the others grey.</param>
    /// <param name="greatest">Where the axis ends; NaN for where the longest does.</param>
    public static string Bars(
        string xLabel, IReadOnlyList<(string Name, double Value, bool Highlighted)> bars, double greatest = double.NaN)
    {
        using var plot = New(xLabel);
        plot.Add.Bars(bars.Select((bar, i) => new Bar
        {
            Position = bars.Count - 1 - i,
            Value = bar.Value,
            FillColor = bar.Highlighted ? Blue : Grey,
            LineWidth = 0,
            Orientation = Orientation.Horizontal,
            Size = 0.7,
        }).ToList());
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. bars.Select((bar, i) => new Tick(bars.Count - 1 - i, bar.Name))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Margins(left: 0, bottom: 0.02, top: 0.02);
        if (!double.IsNaN(greatest))
            plot.Axes.SetLimitsX(0, greatest);
        return Render(plot, Math.Max(200, 60 + (18 * bars.Count)));
    }

    /// <summary>The objective after every so many iterations, without its start, which is far above everything else and
    /// would flatten the curve.</summary>
    /// <param name="history">Iterations and objectives.</param>
    /// <param name="yLabel">What the objective is.</param>
    public static string Objective(
        IReadOnlyList<(int Iteration, double Objective)> history, string yLabel = "objective")
    {
        var points = history.Count > 3 ? history.Skip(1).ToArray() : [.. history];
        return Lines(
            "iteration", yLabel,
            ("", [.. points.Select(p => (double)p.Iteration)], [.. points.Select(p => p.Objective)]));
    }

    /// <summary>The first of these that the machine has; without any, Skia takes what it finds.</summary>
    private static string SansSerif()
    {
        var installed = SKFontManager.Default.FontFamilies.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Array.Find(SansSerifFonts, installed.Contains) ?? Fonts.Default;
    }
}
