using ScottPlot;

namespace Penalties;

/// <summary>The findings as an HTML page.</summary>
internal static class PenaltyReport
{
    // Weights are spread over decades, and 0 is among them: it is drawn this much to the left of the least.
    private const double StepToZero = 0.7;

    public static HtmlPage Create(
        IReadOnlyList<SparsityPath> readings, IReadOnlyList<SparsityPath> counts, IReadOnlyList<SourcePoint> sources,
        SmoothPath smooth)
    {
        var grouped = sources.Skip(1).MaxBy(point => point.Accuracy)!;
        var page = new HtmlPage(
            "What penalties do",
            "Data whose truth is known, fitted without a penalty and with more and more of it: "
            + "what gets better, and where it is too much.")
            .Tiles(
                (Format.Figure(readings[0].Points[0].Agreement, 3) + " → " + Format.Figure(
                    readings.Max(path => path.Best.Agreement), 2),
                    "agreement on which parts are in which samples, readings"),
                (Format.Figure(counts[0].Points[0].Agreement, 3) + " → " + Format.Figure(
                    counts.Max(path => path.Best.Agreement), 2), "the same, counts"),
                (Format.Percent(sources[0].Accuracy) + " → " + Format.Percent(grouped.Accuracy),
                    "samples whose active source is found"),
                (Format.Percent(smooth.Points[0].Error) + " → " + Format.Percent(smooth.Chosen.Error),
                    "error of activations, weight chosen without the truth"));
        AddSparse(page, readings, counts);
        AddGroups(page, sources, grouped);
        AddSmooth(page, smooth);
        page.Footer = "Weights are drawn on a logarithmic axis, with 0 at its left end. "
            + "Objectives are those that the fits minimised: the divergence and the penalty. A logarithm of less than "
            + "1 is negative: where activations are small, an objective can lie below its divergence. "
            + "Penalties apply to activations that go with dictionary columns of sum one.";
        return page;
    }

    private static void AddSparse(
        HtmlPage page, IReadOnlyList<SparsityPath> readings, IReadOnlyList<SparsityPath> counts) => page.Section(
            "Sparse parts",
            Html.Paragraph(
                "Every sample is made of one or two of six overlapping parts. The plain fit gives it some of most of "
                + "them, because that fits the noise a little better. A part counts as present where it has at least 5 "
                + "% of the largest activation of the sample; the best weight of each penalty:"),
            PenaltyTables.Sparse(readings, counts).ToHtml(),
            Html.SideBySide(
                Html.Chart(
                    Lines("agreement (F1)", readings, point => point.Agreement), "Readings with Gaussian noise, β = 2",
                    "Agreement over the weight of three penalties, β = 2."),
                Html.Chart(
                    Lines("agreement (F1)", counts, point => point.Agreement), "Poisson counts, β = 1",
                    "Agreement over the weight of three penalties, β = 1."),
                Html.Chart(
                    Lines("penalised objective", readings, point => point.Objective), "What was minimised, β = 2",
                    "Objective over the weight, β = 2."),
                Html.Chart(
                    Lines("angle to true parts (degrees)", counts, point => point.Angle),
                    "How far the parts are from the true ones, β = 1", "Angle over the weight, β = 1.")),
            Html.Paragraph(
                "ℓ1 is the usual advice, and helps for β = 2. For β = 1 it can do nothing: "
                + "the activations of columns of sum one add up to the sum of the model, so the penalty is λ ΣWH, "
                + "and what minimises is the plain fit divided by 1 + λ. ℓ2 does not thin out, it evens out. "
                + "The logarithm takes small activations away and leaves large ones almost as they are, "
                + "for both divergences; its second parameter says what small is."));

    private static void AddGroups(HtmlPage page, IReadOnlyList<SourcePoint> sources, SourcePoint best) => page.Section(
        "Groups: who is active?",
        Html.Paragraph(
            "Three sources of two components each; one is active at a time, "
            + "and the data are powers with multiplicative noise (β = 0). The plain fit finds the components, "
            + "but not which belong together: in the order in which it leaves them, a group is a mixture of sources. "
            + "Cut into groups by who knows the truth, they are right. The group penalty finds the groups without."),
        PenaltyTables.Groups(sources).ToHtml(),
        Html.SideBySide(
            Html.Chart(
                Activity(sources[0]), "Shares of the groups in the first samples, without a penalty",
                "Shares of three groups over the samples; no pattern."),
            Html.Chart(
                Activity(best), $"With weight {best.Weight}",
                "Shares of three groups over the samples; one at a time."),
            Html.Chart(
                OverWeights(
                    "part of the samples",
                    ("right source", Values(sources, p => p.Weight), Values(sources, p => p.Accuracy)),
                    ("share of the loudest group", Values(sources, p => p.Weight), Values(sources, p => p.Dominance))),
                "The path over the weight", "Accuracy and dominance over the weight.")),
        Html.Paragraph(
            "A high share of the loudest group is no proof: with too much weight one group is alone in every sample, "
            + "and often the wrong one. Ten random starts are fitted, "
            + "because the groups are easily stuck in a local minimum; more components in a source make that worse."));

    private static void AddSmooth(HtmlPage page, SmoothPath smooth) => page.Section(
        "Smoothness: slow changes seen through few counts",
        Html.Paragraph(
            "Three parts whose amounts change slowly, and about one count in an entry. "
            + "The weight with the smallest error needs the truth; that which predicts held-out entries best does not; "
            + "here it asks for somewhat more smoothing than is best, and still brings most of the gain."),
        PenaltyTables.Smooth(smooth).ToHtml(),
        Html.SideBySide(
            Html.Chart(
                Activations(smooth, smooth.Points[0]), "Activations of the first part without a penalty (true: grey)",
                "Noisy activations around the true curve."),
            Html.Chart(
                Activations(smooth, smooth.Chosen), $"With weight {smooth.Chosen.Weight}, chosen by held-out entries",
                "Smooth activations near the true curve."),
            Html.Chart(
                OverWeights(
                    "error of the activations",
                    ("", Values(smooth.Points, p => p.Weight), Values(smooth.Points, p => p.Error))),
                "Error over the weight", "The error falls and rises again."),
            Html.Chart(
                OverWeights(
                    "held-out divergence per entry",
                    ("", Values(smooth.Points, p => p.Weight), Values(smooth.Points, p => p.HeldOut))),
                "Held-out divergence over the weight", "The held-out divergence falls and rises again.")));

    private static string Lines(string yLabel, IReadOnlyList<SparsityPath> paths, Func<SparsityPoint, double> value)
        => OverWeights(
            yLabel,
            [.. paths.Select(path => (path.Name, Values(path.Points, p => p.Weight), Values(path.Points, value)))]);

    private static string OverWeights(
        string yLabel, params IReadOnlyList<(string Name, double[] Weights, double[] Values)> lines)
    {
        var positive = lines.SelectMany(line => line.Weights).Where(weight => weight > 0).Select(Math.Log10).ToArray();
        var zero = positive.Min() - StepToZero;
        using var plot = Chart.New("weight λ", yLabel);
        foreach (var (i, (name, weights, values)) in lines.Index())
        {
            var line = plot.Add.Scatter(
                Array.ConvertAll(weights, weight => weight > 0 ? Math.Log10(weight) : zero), values);
            (line.Color, line.LineWidth, line.MarkerSize, line.LegendText) = (Chart.Series(i), 2, 5, name);
        }

        Chart.LabelByValues(plot.Axes.Bottom, positive.Min(), positive.Max(), zero);
        if (lines.Count > 1)
            Chart.ShowLegend(plot);
        return Chart.Render(plot);
    }

    private static double[] Values<TPoint>(IReadOnlyList<TPoint> points, Func<TPoint, double> value)
        => [.. points.Select(value)];

    private static string Activity(SourcePoint point)
    {
        const int shown = 80;
        using var plot = Chart.New("sample", "share of the activations");
        for (var g = 0; g < point.Activity.Count; g++)
            AddLine(
                plot, Array.ConvertAll(point.Activity[g][..shown], v => (double)v), Chart.Series(g), 2,
                $"group {g + 1}");
        Chart.ShowLegend(plot);
        return Chart.Render(plot);
    }

    private static string Activations(SmoothPath path, SmoothPoint point)
    {
        using var plot = Chart.New("sample", "activation");
        AddLine(plot, path.Truth[0], Chart.Grey, 5);
        AddLine(plot, point.Activations[0], Chart.Blue, 2);
        return Chart.Render(plot);
    }

    private static void AddLine(Plot plot, double[] y, Color color, float width, string name = "")
    {
        var line = plot.Add.Scatter(Enumerable.Range(0, y.Length).Select(i => (double)i).ToArray(), y);
        line.Color = color;
        line.LineWidth = width;
        line.MarkerSize = 0;
        line.LegendText = name;
    }
}
