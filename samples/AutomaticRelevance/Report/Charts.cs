using Nmf;
using ScottPlot;
using SkiaSharp;

namespace AutomaticRelevance.Report;

/// <summary>The charts of the report, as PNG data URIs at twice the size at which they are shown.</summary>
internal static class Charts
{
    private const int Width = 560;
    private const int Height = 300;
    private const int Sharpness = 2;

    private static readonly Color Blue = Color.FromHex("#2a6fb0");
    private static readonly Color Grey = Color.FromHex("#9aa5b1");
    private static readonly int[] RelevanceTicks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    private static readonly string[] SansSerifFonts = ["Segoe UI", "Helvetica Neue", "Open Sans", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];

    /// <summary>λ/B of all components at the start, on a logarithmic scale: relevant ones blue, dead ones at 1.</summary>
    public static string Relevances(ComponentRelevance relevance)
    {
        using var plot = NewPlot();
        plot.Add.Bars(relevance.SortedWeights.Select((weight, k) => new Bar
        {
            Position = k + 1,
            Value = Math.Log10(weight / relevance.Parameters.Floor),
            FillColor = k < relevance.EffectiveRank ? Blue : Grey,
            LineWidth = 0,
            Size = 0.8,
        }).ToList());
        var top = Math.Log10(relevance.SortedWeights[0] / relevance.Parameters.Floor);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. RelevanceTicks.Where(t => Math.Log10(t) <= top + 0.1).Select(t => new Tick(Math.Log10(t), $"{t}"))]);
        plot.Axes.Margins(bottom: 0);
        plot.XLabel("component, by relevance");
        plot.YLabel("relevance / that of a dead component");
        return Render(plot);
    }

    /// <summary>The objective after every so many iterations.</summary>
    public static string Objective(IReadOnlyList<ObjectivePoint> history)
    {
        using var plot = NewPlot();

        // The start is far above everything else and would flatten the curve.
        var points = history.Count > 3 ? history.Skip(1).ToList() : [.. history];
        var line = plot.Add.Scatter(points.Select(p => (double)p.Iteration).ToArray(), points.Select(p => p.Objective / 1000).ToArray());
        line.Color = Blue;
        line.LineWidth = 2;
        line.MarkerSize = 0;
        plot.XLabel("iteration");
        plot.YLabel("objective (thousands)");
        return Render(plot);
    }

    /// <summary>Standard deviations of component signals, decreasing, on a logarithmic scale; those of the kept components blue.</summary>
    /// <param name="deviations">Standard deviations.</param>
    /// <param name="kept">Number of components that are kept, taken to be the loudest: what has died out is softer.</param>
    /// <param name="least">The power of ten at which the axis begins; charts that are to be compared have the same.</param>
    /// <param name="greatest">The power of ten at which it ends.</param>
    public static string Deviations(IReadOnlyList<double> deviations, int kept, int least, int greatest)
    {
        using var plot = NewPlot();
        plot.Add.Bars(deviations.Select((deviation, k) => new Bar
        {
            Position = k + 1,
            Value = Math.Log10(deviation),
            ValueBase = least,
            FillColor = k < kept ? Blue : Grey,
            LineWidth = 0,
            Size = 0.8,
        }).ToList());
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(least, greatest - least + 1).Select(power => new Tick(power, FormattableString.Invariant($"{Math.Pow(10, power):0.######}")))]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. Enumerable.Range(1, deviations.Count).Select(k => new Tick(k, $"{k}"))]);
        plot.Axes.SetLimits(0, deviations.Count + 1, least, greatest);
        plot.XLabel("component, by loudness");
        plot.YLabel("standard deviation of its signal");
        return Render(plot);
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

    private static string Render(Plot plot)
    {
        var installed = SKFontManager.Default.FontFamilies.ToHashSet(StringComparer.OrdinalIgnoreCase);
        plot.Font.Set(Array.Find(SansSerifFonts, installed.Contains) ?? Fonts.Default);
        return "data:image/png;base64," + Convert.ToBase64String(plot.GetImageBytes(Width * Sharpness, Height * Sharpness, ImageFormat.Png));
    }
}
