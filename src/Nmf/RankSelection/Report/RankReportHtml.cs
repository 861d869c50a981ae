using System.Net;

namespace Nmf;

/// <summary>Renders a report of ranks as one HTML page.</summary>
internal static class RankReportHtml
{
    private const string Blue = "#2a6fb0";
    private const string Orange = "#d0762c";
    private const string Green = "#3a8f5c";
    private const string Purple = "#7a5aa6";
    private const string Grey = "#8a96a3";

    private const string Css = """
        :root { color: #1c2733; background: #f4f6f8; }
        :root { font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        body { max-width: 1180px; margin: 0 auto; padding: 24px; }
        header p, .note, figcaption span { color: #5a6875; }
        h1 { margin: 0; font-size: 28px; } h2 { margin: 0 0 12px; font-size: 19px; }
        section { background: #fff; border: 1px solid #dde3e8; border-radius: 8px; overflow-x: auto; }
        section { padding: 20px; margin: 18px 0; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: #5a6875; white-space: nowrap; }
        th { border-bottom: 2px solid #dde3e8; }
        th, td { padding: 6px 14px 6px 0; vertical-align: top; } td { border-bottom: 1px solid #edf0f3; }
        .figures { font-size: 14px; } .figures th, .figures td { text-align: right; padding-right: 9px; }
        .figures td:first-child, .rank { font-weight: 700; }
        .charts { display: flex; flex-wrap: wrap; gap: 26px; }
        figure { margin: 0; } .charts figure { flex: 1 1 460px; max-width: 540px; }
        figcaption { font-weight: 600; margin-bottom: 6px; } figcaption span { font-weight: 400; }
        svg { width: 100%; } .grid { stroke: #e4e8ec; } .tick { font-size: 12px; fill: #5a6875; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: #5a6875; padding-left: 62px; }
        .legend i { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin: 0 6px 3px 0; }
        .maps { display: flex; flex-wrap: wrap; gap: 20px; } .maps img { width: 205px; height: 205px; }
        .maps img { image-rendering: pixelated; border: 1px solid #dde3e8; }
        @media print { :root { background: #fff; } section { break-inside: avoid; border: 0; padding: 0; } }
        """;

    public static string Render(RankReport report, string title, string? description, bool leafOrder) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{Text(title)}}</title>
        <style>
        {{Css}}
        </style>
        </head>
        <body>
        <header>
        <h1>{{Text(title)}}</h1>
        <p>{{Text(description ?? Size(report))}}</p>
        </header>
        <section>
        <h2>What each index suggests</h2>
        <table>
        <thead><tr><th>Question</th><th>Index</th><th>Rank</th><th>Because</th></tr></thead>
        <tbody>
        {{string.Concat(report.Suggestions.Select(Row))}}
        </tbody>
        </table>
        <p class="note">The indices answer different questions and need not agree.
        Prediction speaks for the data, stability for what can be interpreted.</p>
        </section>
        {{Figures(report)}}
        {{Charts(report)}}
        {{Consensus(report, leafOrder)}}
        </body>
        </html>

        """;

    private static string Row(RankSuggestion suggestion)
    {
        var rank = suggestion.Rank is { } known ? $"{known}" : "–";
        return $"<tr><td>{Text(suggestion.Question)}</td><td>{Text(suggestion.Index)}</td>"
            + $"<td class=\"rank\">{rank}</td><td>{Text(suggestion.Reason)}</td></tr>\n";
    }

    private static string Size(RankReport report)
        => report.Survey is { } s ? $"{s.Samples} samples x {s.Features} features, "
            + $"ranks {report.Ranks[0]} to {report.Ranks[^1]}, {s.Options.Starts} starts each." : "";

    private static string Figures(RankReport report)
    {
        RankColumn[] columns = [.. RankColumn.All.Where(c => c.Exists(report))];
        if (columns.Length == 0)
            return "";
        return $$"""
            <section>
            <h2>The figures</h2>
            <table class="figures">
            <thead><tr><th>rank</th>{{string.Concat(columns.Select(Head))}}</tr></thead>
            <tbody>
            {{string.Concat(report.Ranks.Select(Row))}}
            </tbody>
            </table>
            <p class="note">{{string.Join("; ", columns.Select(c => $"<b>{Text(c.Name)}</b>: {Text(c.Meaning)}"))}}.</p>
            </section>
            """;

        static string Head(RankColumn column) => $"<th title=\"{Text(column.Meaning)}\">{Text(column.Name)}</th>";

        string Row(int rank)
        {
            var cells = columns.Select(column => $"<td>{Text(column.Cell(report, rank))}</td>");
            return $"<tr><td>{rank}</td>{string.Concat(cells)}</tr>\n";
        }
    }

    private static string Charts(RankReport report)
    {
        var held = new SvgLineChart("divergence per entry");
        held.Add(
            "held-out entries, mean and standard error of the folds", Blue,
            report.CrossValidation?.Entries.Select(e => (e.Rank, (double?)e.Error, e.StandardError ?? 0)) ?? []);
        held.Add(
            "entries of the fits", Grey,
            report.CrossValidation?.Entries.Select(e => (e.Rank, (double?)e.TrainingError, 0.0)) ?? []);
        held.Mark(report.CrossValidation?.BestRank, Blue);

        var fit = new SvgLineChart("divergence per entry");
        fit.Add("lowest divergence per entry", Blue, Column(report, e => e.ObjectivePerEntry));
        fit.Add("noise floor", Orange, Column(report, e => e.NoiseFloorPerEntry), dashed: true);

        var stability = new SvgLineChart("stability");
        stability.Add("cophenetic correlation", Blue, Column(report, e => e.CopheneticCorrelation));
        stability.Add("dispersion", Orange, Column(report, e => e.Dispersion));
        stability.Add("silhouette of the consensus", Green, Column(report, e => e.ConsensusSilhouette));
        stability.Add("silhouette of the components", Purple, Column(report, e => e.ComponentSilhouette));

        var parts = new SvgLineChart("part");
        parts.Add("explained part of the divergence", Blue, Column(report, e => e.Best.ExplainedPart));
        parts.Add("explained part of ‖V‖²", Green, Column(report, e => e.Best.ExplainedVariance));
        parts.Add("sparseness of W", Orange, Column(report, e => e.Best.DictionarySparseness));
        parts.Add("sparseness of H", Purple, Column(report, e => e.Best.ActivationSparseness));

        (SvgLineChart Chart, string Caption, string Explanation)[] all =
        [
            (held, "Prediction", "divergence of entries that the fit did not see: it rises where noise is learnt"),
            (fit, "Fit", "always falls; below the noise floor it describes noise"),
            (stability, "Stability", "agreement of random starts, 1 is best"),
            (parts, "Explanation and sparseness", "of the best fit of each rank"),
        ];
        var shown = all.Where(c => !c.Chart.IsEmpty).ToArray();
        return shown.Length == 0 ? "" : $"""
            <section class="charts">
            {string.Concat(shown.Select(c => $"{Caption(c.Caption, c.Explanation)}{c.Chart.Render()}</figure>\n"))}
            </section>
            """;

        static string Caption(string caption, string explanation)
            => $"<figure><figcaption>{Text(caption)} <span>{Text(explanation)}</span></figcaption>";
    }

    private static string Consensus(RankReport report, bool leafOrder)
    {
        var entries = report.Survey?.Entries.Where(e => e.Consensus is not null && e.Rank > 1).ToArray() ?? [];
        return entries.Length == 0 ? "" : $"""
            <section>
            <h2>Consensus of {report.Survey!.Options.Starts} starts</h2>
            <div class="maps">
            {string.Concat(entries.Select(Figure))}
            </div>
            <p class="note">Blue where two samples share their dominant component in every run, white where in none.
            Samples are in the order of {(leafOrder ? "the tree that groups them" : "the data")}.</p>
            </section>
            """;

        string Figure(RankSurveyEntry entry)
        {
            var picture =
                $"alt=\"Consensus matrix of rank {entry.Rank}\" src=\"{Map(entry.Consensus!, leafOrder)}\"";
            return $"<figure><figcaption>rank {entry.Rank}</figcaption><img {picture}></figure>\n";
        }
    }

    private static string Map(ConsensusMatrix consensus, bool leafOrder)
    {
        var order = leafOrder ? consensus.LeafOrder() : [.. Enumerable.Range(0, consensus.Count)];
        var pixels = new byte[3 * consensus.Count * consensus.Count];
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = 0; j < order.Length; j++)
            {
                // From white to the blue of the charts.
                var value = consensus[order[i], order[j]];
                var at = 3 * ((i * order.Length) + j);
                pixels[at] = (byte)(255 - (value * (255 - 0x1f)));
                pixels[at + 1] = (byte)(255 - (value * (255 - 0x5a)));
                pixels[at + 2] = (byte)(255 - (value * (255 - 0x96)));
            }
        }

        using var png = new MemoryStream();
        Png.Write(png, order.Length, order.Length, pixels);
        return "data:image/png;base64," + Convert.ToBase64String(png.ToArray());
    }

    private static IEnumerable<(int Rank, double? Value, double Error)> Column(
        RankReport report, Func<RankSurveyEntry, double?> value)
        => report.Survey?.Entries.Select(e => (e.Rank, value(e), 0.0)) ?? [];

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
