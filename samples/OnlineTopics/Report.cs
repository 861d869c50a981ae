namespace OnlineTopics;

/// <summary>The report.</summary>
internal static class Report
{
    public static HtmlPage Page(
        TextStream texts, StreamedFits fits, MemoryGrowth memory, Updating updating, CommandLine options,
        TimeSpan elapsed)
    {
        var (first, last) = (updating.Curves[0].Points[0], updating.Curves[0].Points[^1]);
        var page = new HtmlPage(
            "Topics from a stream",
            $"{Format.Count(texts.Earlier.Samples)} texts to begin with ({texts.Source}), "
            + $"{Format.Count(texts.Later.Samples)} that come later ({texts.LaterAre}), "
            + $"{Format.Count(texts.Words)} words, {options.Topics} topics.")
        {
            Footer = $"Made by samples/OnlineTopics with seed {options.Seed} in {Format.Seconds(elapsed)}.",
        };
        page.Tiles(
            (fits.SameBits ? "the same bits" : "other bits", "of a fit that was killed and went on"),
            ($"{Format.Figure(first.Later, 0)} → {Format.Figure(last.Later, 0)}",
                "perplexity of kinds of text that came later, before and after they were learnt"),
            ($"{Format.Figure(first.Earlier, 0)} → {Format.Figure(last.Earlier, 0)}",
                "perplexity of the kinds to begin with"),
            (Format.Size(memory.Measurements[1].Peak),
                $"peak of a process that learns from {Format.Count(memory.Measurements[1].Texts)} texts"));
        page.Section(
            "Killed, and begun again",
            Html.Paragraph(
                "The texts are in a file of word counts that is read once in each pass, in batches. The state is saved "
                + "after every batch. A second process with the same fit is killed without warning in its third pass; "
                + "begun again, it goes on after the last batch that was saved, which may be the one before the last "
                + "that it told of, and has to end with the dictionary of the first."),
            fits.Table().ToHtml());
        page.Section(
            "What comes later",
            Html.Paragraph(
                "The dictionary of the stream then learns kinds of text that it has not seen, once each, in batches, "
                + "with PartialFit. Texts that no fit sees judge it after every batch: the topics of each are inferred "
                + "from half of its words, and the perplexity is that of the other half. "
                + "Lower is better; the vocabulary was decided beforehand. Dashed: a fit in memory to everything."),
            Html.WideChart(
                Curve(updating), "Perplexity of held-out texts",
                "Perplexities of both kinds of texts against the number of later texts learnt, "
                + "with the fits in memory as dashed lines"),
            updating.Table().ToHtml());
        page.Section(
            "Memory",
            Html.Paragraph(
                "Peak memory of whole processes, the runtime and ML.NET included, for the texts once and for "
                + "as many times more. The stream holds two batches and statistics of the dictionary's size, "
                + "whatever the number of texts."),
            memory.Table().ToHtml());
        return page;
    }

    private static string Curve(Updating updating)
    {
        using var plot = Chart.New("later texts learnt", "perplexity");
        var (remembers, forgets) = (updating.Curves[0], updating.Curves[1]);
        Add("later kinds", remembers, point => point.Later, 1, ScottPlot.LinePattern.Solid);
        Add("later kinds, with forgetting", forgets, point => point.Later, 1, ScottPlot.LinePattern.Dotted);
        Add("earlier kinds", remembers, point => point.Earlier, 0, ScottPlot.LinePattern.Solid);
        Add("earlier kinds, with forgetting", forgets, point => point.Earlier, 0, ScottPlot.LinePattern.Dotted);
        var everything = updating.References[^1].At;
        foreach (var (y, color, kinds) in new[] { (everything.Later, 1, "later"), (everything.Earlier, 0, "earlier") })
        {
            var line = plot.Add.HorizontalLine(y);
            line.Color = Chart.Series(color);
            line.LinePattern = ScottPlot.LinePattern.Dashed;
            line.LineWidth = 1;
            line.LegendText = $"{kinds} kinds, a fit in memory to everything";
        }

        Chart.ShowLegend(plot);
        return Chart.RenderWide(plot, 380);

        void Add(
            string name, Updating.Curve curve, Func<Updating.Point, double> perplexity, int color,
            ScottPlot.LinePattern pattern)
        {
            var line = plot.Add.Scatter(
                curve.Points.Select(point => (double)point.Texts).ToArray(), [.. curve.Points.Select(perplexity)]);
            line.Color = Chart.Series(color);
            line.LineWidth = 2;
            line.LinePattern = pattern;
            line.MarkerSize = 0;
            line.LegendText = name;
        }
    }
}
