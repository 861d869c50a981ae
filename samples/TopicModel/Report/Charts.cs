using ScottPlot;
using SkiaSharp;
using TopicModel.Evaluation;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>The charts of the report, as PNG data URIs at twice the size at which they are shown.</summary>
internal static class Charts
{
    private const int Width = 560;
    private const int Sharpness = 2;

    private static readonly Color Blue = Color.FromHex("#2a6fb0");
    private static readonly Color Grey = Color.FromHex("#9aa5b1");

    private static readonly string[] SansSerifFonts = ["Segoe UI", "Helvetica Neue", "Open Sans", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];
    private static readonly string Font = SansSerif();

    /// <summary>Whether there are fonts to write the text of the charts with.</summary>
    public static bool HaveText => SKFontManager.Default.FontFamilyCount > 0;

    /// <summary>The share of every topic, largest at the top.</summary>
    public static string Sizes(IReadOnlyList<Topic> topics)
    {
        using var plot = NewPlot();
        var bars = topics.Select((t, i) => HorizontalBar(topics.Count - 1 - i, 100 * t.Share, Blue)).ToList();
        plot.Add.Bars(bars);
        NameBars(plot, [.. topics.Select(t => $"{t.Number}  {t.Title}")]);
        plot.XLabel("share of all words (%)");
        return Render(plot, Math.Max(240, 60 + (18 * topics.Count)));
    }

    /// <summary>The objective after every so many iterations.</summary>
    public static string Objective(IReadOnlyList<Nmf.ObjectivePoint> history)
    {
        using var plot = NewPlot();
        // The start is far above everything else and would flatten the curve.
        var points = history.Count > 3 ? history.Skip(1).ToList() : [.. history];
        var line = plot.Add.Scatter(points.Select(p => (double)p.Iteration).ToArray(), points.Select(p => p.Objective / 1000).ToArray());
        line.Color = Blue;
        line.LineWidth = 2;
        line.MarkerSize = 4;
        plot.XLabel("iteration");
        plot.YLabel("divergence (thousands)");
        return Render(plot, 320);
    }

    /// <summary>Accuracy on the test part, in the order of the table.</summary>
    public static string Accuracy(Comparison comparison)
    {
        using var plot = NewPlot();
        (string Name, double Value, Color Color)[] rows =
        [
            .. comparison.Scores.Select((s, i) => (s.Features, 100 * s.Accuracy, i == 0 ? Blue : Grey)),
            ("largest class", 100 * comparison.LargestClass, Grey),
        ];
        plot.Add.Bars(rows.Select((r, i) => HorizontalBar(rows.Length - 1 - i, r.Value, r.Color)).ToList());
        NameBars(plot, [.. rows.Select(r => r.Name)]);
        plot.Axes.SetLimitsX(0, 100);
        plot.XLabel("accuracy on the test texts (%)");
        return Render(plot, 230);
    }

    private static Plot NewPlot()
    {
        var plot = new Plot { ScaleFactor = Sharpness };
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.Label.FontSize = 13;
        plot.Axes.Left.Label.FontSize = 13;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#e4e8ec");
        return plot;
    }

    private static Bar HorizontalBar(int position, double value, Color color)
        => new() { Position = position, Value = value, FillColor = color, LineWidth = 0, Orientation = Orientation.Horizontal, Size = 0.7 };

    private static void NameBars(Plot plot, IReadOnlyList<string> names)
    {
        var ticks = names.Select((name, i) => new Tick(names.Count - 1 - i, name)).ToArray();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(ticks);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Margins(left: 0, bottom: 0.02, top: 0.02);
    }

    private static string Render(Plot plot, int height)
    {
        plot.Font.Set(Font);
        return "data:image/png;base64," + Convert.ToBase64String(plot.GetImageBytes(Width * Sharpness, height * Sharpness, ImageFormat.Png));
    }

    /// <summary>The first of these that the machine has; without any, Skia takes what it finds.</summary>
    private static string SansSerif()
    {
        var installed = SKFontManager.Default.FontFamilies.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Array.Find(SansSerifFonts, installed.Contains) ?? Fonts.Default;
    }
}
