using Microsoft.ML.Transforms;
using Nmf;
using ScottPlot;

namespace Anomalies;

/// <summary>The findings as a table and as an HTML page.</summary>
internal static class AnomalyReport
{
    private const int Shown = 4;

    public static Table ComparisonTable(Comparison[] comparisons)
    {
        var table = new Table(
            "score", ">precision", ">area under curve", ">angle to the sounds", ">error of the loads");
        foreach (var c in comparisons)
            table.Add(
                c.Name, Format.Percent(c.Precision), Format.Figure(c.Area, 4), Format.Figure(c.Angle, 1) + "°",
                Format.Percent(c.LoadError));
        return table;
    }

    /// <summary>What the numbers say, whichever way they fell out.</summary>
    public static string Conclusion(Comparison[] comparisons)
    {
        var (robust, plain) = (comparisons[0], comparisons[1]);
        var finding = Math.Abs(robust.Area - plain.Area) < 0.005
            ? "Both scores find the damaged measurements about equally well"
            : robust.Area > plain.Area ? "The robust score finds more of the damaged measurements"
            : "The plain score finds more of the damaged measurements";
        return robust.Angle < plain.Angle
            ? finding + "; what differs is the rest: the plain fit has spent components on the loudest damage, "
                + "and says wrong things about the machine."
            : finding + "; the plain fit has the better components.";
    }

    public static HtmlPage Create(
        Comparison[] comparisons, double lambda, Spectrum[] spectra, Verdict[] verdicts, NmfModelParameters robust,
        NmfModelParameters plain)
    {
        var scores = verdicts.Select(verdict => (double)verdict.Score).ToArray();
        var page = new HtmlPage(
            "Damaged bearings",
            $"{spectra.Count(s => s.IsAnomalous)} of {spectra.Length} spectra have a few sharp lines besides the "
            + "sounds of the machine, from as loud as the machine to many times louder. No label was used.");
        page.Section(
            "What the fits find",
            ComparisonTable(comparisons).ToHtml(),
            Html.Paragraph(Conclusion(comparisons)),
            Html.Note(
                "Precision: of the highest scores, as many as there are damaged measurements. "
                + "Angle: between the sounds of the machine and the components, 0 for the same. "
                + "Loads: of undamaged measurements, as a part of their size."));
        page.Section(
            "The sounds of the machine",
            Html.SideBySide(
                Html.Chart(Components(robust), "Robust", "Three humps and three components upon them."),
                Html.Chart(Components(plain), "Plain", "Three humps and three components elsewhere.")),
            Html.Note(
                "Grey: the true sounds. Coloured: the components, in the order of their contribution. "
                + "All sum to one."));
        page.Section(
            "Scores in the order of the measurements",
            Html.WideChart(
                Scores(scores, spectra), $"Size of the outlier part, λ = {Format.Figure(lambda, 2)}",
                "Score of every measurement; damaged ones stand out."),
            Html.Note(
                "Blue: a damaged bearing; the score of the others is next to nothing. "
                + "λ is twice the median of what a fit leaves over: the length of the positive part of its residual. "
                + "Where the lines show at all, half of this gives much the same."));
        var loudest = Enumerable.Range(0, scores.Length).OrderByDescending(n => scores[n]).Take(Shown);
        page.Section(
            "The highest scores",
            Html.SideBySide(loudest.Select(n => Html.Chart(
                Lines(spectra[n], verdicts[n]),
                $"Measurement {n}: power in each band (grey), and what the sources do not explain (blue)",
                "Power and outlier part by band."))));
        return page;
    }

    private static string Components(NmfModelParameters model)
    {
        using var plot = Chart.New("band", "part of the power");
        for (var k = 0; k < Machine.Sources; k++)
            AddLine(plot, Machine.Sound(k), Chart.Grey, 5);
        for (var k = 0; k < model.Rank; k++)
            AddLine(plot, [.. model.GetComponent(k).ToArray().Select(w => (double)w)], Chart.Series(k), 2);
        return Chart.Render(plot);
    }

    private static void AddLine(Plot plot, double[] y, Color color, float width)
    {
        var sum = y.Sum();
        var line = plot.Add.Scatter(
            Enumerable.Range(0, y.Length).Select(i => (double)i).ToArray(), Array.ConvertAll(y, v => v / sum));
        line.Color = color;
        line.LineWidth = width;
        line.MarkerSize = 0;
    }

    private static string Scores(double[] scores, Spectrum[] spectra)
    {
        using var plot = Chart.New("measurement", "score (power)");
        plot.Add.Bars(
            scores.Select((score, n) => Bar(n, score, spectra[n].IsAnomalous ? Chart.Blue : Chart.Grey)).ToList());
        plot.Axes.SetLimitsX(-1, scores.Length);
        plot.Axes.Margins(bottom: 0);
        return Chart.RenderWide(plot);
    }

    private static string Lines(Spectrum spectrum, Verdict verdict)
    {
        using var plot = Chart.New("band", "power");
        plot.Add.Bars(spectrum.Power.Select((power, band) => Bar(band, power, Chart.Grey)).ToList());
        plot.Add.Bars(verdict.Unexplained.Select((part, band) => Bar(band, part, Chart.Blue)).ToList());
        return Chart.Render(plot);
    }

    private static Bar Bar(int position, double value, Color color)
        => new() { Position = position, Value = value, FillColor = color, LineWidth = 0, Size = 0.8 };
}
