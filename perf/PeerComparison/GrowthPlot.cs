using ScottPlot;

namespace PeerComparison;

/// <summary>Time per iteration of one axis: sizes relative to the smallest, and seconds.</summary>
internal sealed record GrowthCurve(string Label, int[] Sizes, double[] Seconds);

/// <summary>
/// The picture of growth: time per iteration over size, both relative to the smallest and both logarithmic,
/// beside the straight line.
/// </summary>
internal static class GrowthPlot
{
    public static void Save(IReadOnlyList<GrowthCurve> curves, string path)
    {
        var plot = new Plot();
        foreach (var curve in curves)
        {
            var line = plot.Add.Scatter(
                Log2(curve.Sizes.Select(s => (double)s)), Log2(curve.Seconds.Select(s => s / curve.Seconds[0])));
            line.LegendText = curve.Label;
            line.LineWidth = 2;
        }

        var exact = Log2(curves[0].Sizes.Select(s => (double)s));
        var linear = plot.Add.Scatter(exact, exact);
        linear.LegendText = "linear";
        linear.LinePattern = LinePattern.Dashed;
        linear.MarkerSize = 0;
        linear.Color = Colors.Black;
        var ticks = curves[0].Sizes.Select(s => s.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();
        plot.Axes.Bottom.SetTicks(exact, ticks);
        plot.Axes.Left.SetTicks(exact, ticks);
        plot.XLabel("size, relative to the smallest");
        plot.YLabel("time per iteration, relative");
        plot.Legend.Alignment = Alignment.UpperLeft;
        plot.SavePng(path, 640, 480);
    }

    private static double[] Log2(IEnumerable<double> values) => [.. values.Select(Math.Log2)];
}
